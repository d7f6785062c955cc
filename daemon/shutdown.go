package daemon

import (
	"context"
	"fmt"
	"time"

	"rowan/daemon/front"
)

// drained is a connection that is told that the server ends: a session, or a socket of channels.
type drained interface {
	// drain begins the closing handshake.
	drain()
	// cut ends the connection at once.
	cut()
}

const endReason = "server is shutting down"

func (s *session) drain() { s.conn.Close(front.StatusGoingAway, endReason) }
func (s *session) cut()   { s.conn.Terminate() }

func (n *channelSocket) drain() {
	n.End(0, "shutdown")
	n.link.Close(front.StatusServiceRestart, endReason)
}

func (n *channelSocket) cut() { n.link.Terminate() }

// cutTime is how long connections that were cut off have to end, and their scripts to hear of it.
const cutTime = time.Second

// Shutdown stops to accept connections, waits for the requests on those that have just come, closes the sessions with 1001 and the sockets of channels with 1012, in batches, so that
// their clients come back spread out, ends server-sent events, waits for other requests, and ends the server. What has not gone
// when ctx is done is cut off. A second call does nothing.
func (s *Server) Shutdown(ctx context.Context) error {
	if s.stopping.Swap(true) {
		return nil
	}
	s.stopAccepting(ctx)
	if s.isReplaced() { // what is asked of the admin side is for the other process
		s.closeAdmin()
	}
	s.closing.Store(true)
	s.end()
	s.awaitReload() // none follows: the server is closing
	s.closeRedirect()
	s.watching.Wait()
	closed := make(chan error, 1)
	go func() { closed <- s.http.Shutdown(ctx) }()
	s.fresh.close()
	s.drain(ctx)
	err := <-closed
	if err != nil { // requests are still under way
		close(s.cut)
		s.http.Close()
		s.serving.Wait()
	} else {
		s.drain(ctx) // what the last requests have opened
	}
	s.closeAdmin()
	s.closeContexts(ctx)
	return err
}

// stopAccepting closes the listeners, but not the connections that have come, whose requests are still answered: behind them another
// process may accept, and nobody is to notice.
func (s *Server) stopAccepting(ctx context.Context) {
	for name, l := range s.Listeners() {
		if name != "admin" {
			l.Close()
		}
	}
	s.fresh.wait(ctx)
}

// drain closes the sessions and the sockets of channels, and cuts off those that are left when ctx is done.
func (s *Server) drain(ctx context.Context) {
	sessions, sessionsGone := s.sessions.all()
	sockets, socketsGone := s.sockets.all()
	list := make([]drained, 0, len(sessions)+len(sockets))
	for _, n := range sessions {
		list = append(list, n)
	}
	for _, n := range sockets {
		list = append(list, n)
	}
	if len(list) > 0 {
		s.log.Info(fmt.Sprintf("closing %d sessions and %d sockets of channels", len(sessions), len(sockets)))
	}
	s.closeInBatches(ctx, list)
	if bothClosed(ctx.Done(), sessionsGone, socketsGone) {
		return
	}
	s.log.Warn(fmt.Sprintf("cutting off %d sessions and %d sockets of channels, which have not ended in time", s.sessions.len(), s.sockets.len()))
	for _, n := range list {
		n.cut()
	}
	bothClosed(time.After(cutTime), sessionsGone, socketsGone)
}

// bothClosed waits for two channels to be closed; false if the limit comes first.
func bothClosed[T any](limit <-chan T, a, b <-chan struct{}) bool {
	for _, c := range []<-chan struct{}{a, b} {
		select {
		case <-c:
		case <-limit:
			select {
			case <-c:
			default:
				return false
			}
		}
	}
	return true
}

// closeInBatches closes connections, so many at a time. Where ctx ends before the last batch would be due they follow each other
// faster: three quarters of the time are for closing, the rest for the last ones to answer.
func (s *Server) closeInBatches(ctx context.Context, list []drained) {
	c := s.settings().Shutdown
	batch, interval := int(c.Batch), time.Duration(c.Interval)
	if pauses := (len(list) - 1) / batch; pauses > 0 {
		if end, ok := ctx.Deadline(); ok {
			interval = min(interval, time.Until(end)*3/4/time.Duration(pauses))
		}
	}
	next := time.Now()
	for i, n := range list {
		if i > 0 && i%batch == 0 {
			next = next.Add(interval)
			select {
			case <-time.After(time.Until(next)):
			case <-ctx.Done():
			}
		}
		n.drain()
	}
}
