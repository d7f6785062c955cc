package engine

import "time"

// CPU is the time for which the thread has computed since it was made, turns and all else. ok is false on systems that do not
// tell. It may be called from any goroutine until Close.
func (th *Thread) CPU() (d time.Duration, ok bool) {
	if !threadClocks {
		return 0, false
	}
	return time.Duration(timeOfThread(th.clock) - th.began), true
}
