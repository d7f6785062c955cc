package terminal

import (
	"io"
	"sync"
)

// typed is what a person types, read ahead, so that Ctrl-C is seen while nobody reads a line: it is an io.Reader.
type typed struct {
	chunks chan []byte // closed where the input ends
	rest   []byte      // of the chunk that is being read

	mu        sync.Mutex
	interrupt func() // what Ctrl-C does while code runs; nil: it is a key
}

const (
	keyCtrlC = 0x03
	// keyInterrupt is what a reader gets for Ctrl-C, which term.Terminal takes for the end of the input.
	keyInterrupt = 0x1c
	// typedAhead is how many chunks may wait; those that do not fit wait in the terminal.
	typedAhead = 64
)

// newTyped reads what is typed, until the input ends or the process does.
func newTyped(in io.Reader) *typed {
	k := &typed{chunks: make(chan []byte, typedAhead)}
	go func() {
		defer close(k.chunks)
		for {
			b := make([]byte, 256)
			n, err := in.Read(b)
			if b = k.take(b[:n]); len(b) > 0 {
				k.chunks <- b
			}
			if err != nil {
				return
			}
		}
	}()
	return k
}

// take makes of what was read what a reader gets.
func (k *typed) take(b []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept := b[:0]
	for _, c := range b {
		switch {
		case c != keyCtrlC:
			kept = append(kept, c)
		case k.interrupt != nil:
			k.interrupt()
		default:
			kept = append(kept, keyInterrupt)
		}
	}
	return kept
}

// onInterrupt says what Ctrl-C does from now on; nil makes it a key.
func (k *typed) onInterrupt(f func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.interrupt = f
}

func (k *typed) Read(b []byte) (int, error) {
	if len(k.rest) == 0 {
		chunk, ok := <-k.chunks
		if !ok {
			return 0, io.EOF
		}
		k.rest = chunk
	}
	n := copy(b, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}
