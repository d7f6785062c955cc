//go:build !linux

package front

import (
	"errors"
	"time"
)

// poller is not there: connections have a goroutine each.
type poller struct{}

var errAgain = errors.New("try again")

func newPoller() (*poller, error)                    { return nil, errors.ErrUnsupported }
func (*poller) close()                               {}
func (*poller) wake()                                {}
func (*poller) wait(time.Duration)                   {}
func (*poller) pending() bool                        { return false }
func (*poller) handle(func(int, bool, bool))         {}
func (*poller) change(int, interest, interest) error { return errors.ErrUnsupported }
func detach(socket) (int, bool)                      { return 0, false }
func readFD(int, []byte) (int, error)                { return 0, errors.ErrUnsupported }
func writeFD(int, []byte) (int, error)               { return 0, errors.ErrUnsupported }
func shutdownFD(int, bool)                           {}
func closeFD(int)                                    {}
