package engine

import (
	"fmt"
	"time"
)

// Limits bounds what a context may use. The zero value of a field means its default.
type Limits struct {
	// HeapBytes is how much heap a context may hold above its template's image, with the frames of a turn's calls where those
	// lie in a segment, see Frames. Default 32 MB.
	HeapBytes int
	// Turn is the CPU time of its thread that one turn may use (wall time where the platform has no such clock).
	// Default 50 ms.
	Turn time.Duration
	// Jobs is how many microtasks one turn may run. Default 1,000,000.
	Jobs int
	// ValueBytes is the size of one value, or of one call's arguments, across the border. Default 16 MB.
	ValueBytes int
}

const (
	defaultHeapBytes  = 32 << 20
	defaultTurn       = 50 * time.Millisecond
	defaultJobs       = 1_000_000
	defaultValueBytes = 16 << 20

	// A request beyond the heap limit is refused from an eighth of the limit on, or from largeBytes if that is more;
	// smaller ones go on until the next poll ends the turn.
	largeBytes = 64 << 10

	// reserveBytes is what smaller requests may take beyond the heap limit before the next poll. A native function that
	// takes more, such as JSON.parse of a text that fills the heap by itself, costs its context.
	reserveBytes = 16 << 20

	// graceBytes is what a turn may add when its context begins it beyond the limit: enough to clean up.
	graceBytes = 64 << 10

	// gcSlack is how much garbage may gather before the collector looks for cycles.
	gcSlack = 32 << 10

	// debtMax is how many turns in a row a context may begin beyond its limit before it is lost.
	debtMax = 32

	// stackSlots is the default of Spec.StackSlots; compilers use it too.
	stackSlots    = 1000
	stackSlotsMax = 5000

	// frameSlots is the most parameters, variables and stack entries together that one function may have. Frames
	// do not lie in the window, so stackSlots of them must stay small.
	frameSlots = 4096
)

func (l Limits) withDefaults() Limits {
	if l.HeapBytes <= 0 {
		l.HeapBytes = defaultHeapBytes
	}
	if l.Turn <= 0 {
		l.Turn = defaultTurn
	}
	if l.Jobs <= 0 {
		l.Jobs = defaultJobs
	}
	if l.ValueBytes <= 0 {
		l.ValueBytes = defaultValueBytes
	}
	return l
}

// Limit names what a turn exceeded.
type Limit uint8

const (
	LimitTime Limit = iota + 1
	LimitHeap
	LimitJobs

	ended Limit = 1<<8 - 1 // by Turn.End
)

// LimitError reports that a turn was ended because it exceeded a limit of its context. The context lives; what was
// left of the turn, its microtasks included, is gone.
type LimitError struct {
	Limit Limit
	// Max and Used are in nanoseconds, bytes or microtasks.
	Max, Used int64
	// Stack is where the script was, if it was ended in mid-call.
	Stack string
}

func (e *LimitError) Error() string {
	switch e.Limit {
	case LimitTime:
		return fmt.Sprintf("turn ended: it ran longer than its budget of %v", time.Duration(e.Max))
	case LimitJobs:
		return fmt.Sprintf("turn ended: more than %d microtasks", e.Max)
	default:
		return fmt.Sprintf("turn ended: heap limit of %s exceeded (%s in use)", byteCount(e.Max), byteCount(e.Used))
	}
}

// LostError reports that a context is lost: its memory could no longer be trusted, or was taken away. Only Reset
// and Close are of use.
type LostError struct {
	Reason string
	// Killed says that the watchdog took its window away, to end a loop that reaches no poll.
	Killed bool
	// Err is how the turn ended otherwise, if it came to its end.
	Err error
	// Fault is the panic value, if there was one; Stack is where.
	Fault any
	Stack []byte
}

func (e *LostError) Error() string { return "context lost: " + e.Reason }

// Unwrap returns Err.
func (e *LostError) Unwrap() error { return e.Err }

func byteCount(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}
