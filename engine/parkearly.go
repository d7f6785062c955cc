package engine

// changesExpected is after how many changes of context in a row a window's next turn is expected to be another one's again.
const changesExpected = 4

// LeavesSoon reports whether c is resident in a window whose turns have each been another context's for a while. To be asked by who may run a
// turn of c.
func (c *Context) LeavesSoon() bool { return c.Resident() && c.Window().changes >= changesExpected }

// ParkEarly parks a context that leaves soon, so that the next one does not wait for that. It is for the time in which a thread has nothing
// else to do; the answers of the last turn are best on their way by then. A context whose memory is found broken is lost, which its next turn
// tells.
func (th *Thread) ParkEarly(c *Context) {
	if !c.LeavesSoon() || c.running {
		return
	}
	done := false
	defer func() {
		if !done {
			th.broken(c, recover())
		}
	}()
	w := c.Window()
	w.usedBy(th)
	w.park()
	done = true
}
