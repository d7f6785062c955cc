//go:build !unix

package daemon

import (
	"errors"
	"net"
)

// descriptors is not there: the system has no such limit.
func descriptors() (limit, open int, err error) { return 0, 0, errors.ErrUnsupported }

func descriptorOf(net.Conn) int { return 0 }

func freeDescriptor() int { return 0 }
