//go:build !unix

package bench

import (
	"errors"
	"time"
)

func openFiles() (uint64, bool) { return 0, false }

func ownTime() time.Duration { return 0 }

func collect(int) error { return errors.ErrUnsupported }
