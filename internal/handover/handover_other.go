//go:build !unix

package handover

import (
	"context"
	"errors"
	"net"
)

// Inherit returns nothing: this system passes no sockets.
func Inherit() (*Inherited, error) { return &Inherited{}, nil }

// Start fails with errors.ErrUnsupported.
func Start(context.Context, string, []string, map[string]net.Listener) (pid int, err error) {
	return 0, errors.ErrUnsupported
}
