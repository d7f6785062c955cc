package front

import "sync/atomic"

// Stats counts what happens on the connections that share it. Its methods may
// be called from any goroutine; the zero value is ready.
type Stats struct{ tallies [tallies]tally }

// tallies is how many loops count without writing to each other's memory.
const tallies = 32

// tally is a part of a Stats, which fills cache lines of its own: 256 bytes.
type tally struct {
	open, opened                    atomic.Int64
	framesIn, messagesIn, bytesIn   atomic.Int64
	framesOut, messagesOut, dropped atomic.Int64
	bytesOut                        atomic.Int64
	overMessages, overBytes         atomic.Int64
	closed                          [closeSlots]atomic.Int64
	_                               [3]int64
}

// tally returns the part for the loop of a number, or for no loop: 0.
func (s *Stats) tally(loop uint32) *tally { return &s.tallies[loop%tallies] }

// Counts is what a Stats had counted at one time. Bytes are those on the wire,
// frame headers included, the handshake not.
type Counts struct {
	Open        int64 // connections now
	Opened      int64 // connections ever
	FramesIn    int64 // control frames included
	MessagesIn  int64
	BytesIn     int64
	FramesOut   int64 // accepted for sending, control frames included
	MessagesOut int64 // accepted for sending
	BytesOut    int64 // written
	Dropped     int64 // messages that found the send queue full

	// Connections that were closed for more messages, or bytes, than Options.Rates.
	OverMessages, OverBytes int64

	// Closed is how many connections ended with each close code. Codes from
	// 3000 to 3999 are counted as 3000, those from 4000 as 4000.
	Closed map[int]int64
}

// Close codes are counted in slots: the registered ones from 1000, then
// libraries' (3000) and applications' (4000).
const (
	closeSlotsProtocol = 16
	closeSlot3000      = closeSlotsProtocol
	closeSlot4000      = closeSlotsProtocol + 1
	closeSlots         = closeSlotsProtocol + 2
)

// Counts returns the counts. They are read one by one: under traffic they may
// be some messages apart.
func (s *Stats) Counts() Counts {
	c := Counts{Closed: make(map[int]int64)}
	for i := range s.tallies {
		t := &s.tallies[i]
		c.Open += t.open.Load()
		c.Opened += t.opened.Load()
		c.FramesIn += t.framesIn.Load()
		c.MessagesIn += t.messagesIn.Load()
		c.BytesIn += t.bytesIn.Load()
		c.FramesOut += t.framesOut.Load()
		c.MessagesOut += t.messagesOut.Load()
		c.BytesOut += t.bytesOut.Load()
		c.Dropped += t.dropped.Load()
		c.OverMessages += t.overMessages.Load()
		c.OverBytes += t.overBytes.Load()
		for slot := range t.closed {
			if n := t.closed[slot].Load(); n > 0 {
				c.Closed[slotCode(slot)] += n
			}
		}
	}
	return c
}

func closeSlot(code int) int {
	switch {
	case code >= 4000:
		return closeSlot4000
	case code >= 3000:
		return closeSlot3000
	default:
		return code - 1000
	}
}

func slotCode(slot int) int {
	switch slot {
	case closeSlot4000:
		return 4000
	case closeSlot3000:
		return 3000
	default:
		return 1000 + slot
	}
}
