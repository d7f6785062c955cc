//go:build !unix

package daemon

import "errors"

// descriptors is not there: the system has no such limit.
func descriptors() (limit uint64, open int, err error) { return 0, 0, errors.ErrUnsupported }
