package compression

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pack compresses by an encoder, in chunks of that size.
func pack(t *testing.T, f format, input []byte, size int) []byte {
	t.Helper()
	e := newEncoder(f)
	var packed []byte
	for len(input) > 0 {
		n := min(size, len(input))
		o, err := e.write(input[:n])
		if err != nil {
			t.Fatal(err)
		}
		packed, input = append(packed, o.piece...), input[n:]
		for o.more {
			o, _ = e.write(nil)
			packed = append(packed, o.piece...)
		}
	}
	for {
		o, err := e.finish()
		if err != nil {
			t.Fatal(err)
		}
		packed = append(packed, o.piece...)
		if !o.more {
			return packed
		}
	}
}

// unpack decompresses.
func unpack(d *decoder, input []byte, size int) (got []byte, err error) {
	take := func(o output, err error) error {
		for {
			got = append(got, o.piece...)
			if err != nil || !o.more {
				return err
			}
			o, err = d.write(nil)
		}
	}
	for len(input) > 0 {
		n := min(size, len(input))
		if err := take(d.write(input[:n])); err != nil {
			return got, err
		}
		input = input[n:]
	}
	for {
		o, err := d.finish()
		got = append(got, o.piece...)
		if err != nil || !o.more {
			return got, err
		}
	}
}

func TestRoundTrip(t *testing.T) {
	input := bytes.Repeat([]byte("all work and no play makes jack a dull boy\n"), 10_000)
	for name, f := range formats {
		for _, size := range []int{1000, pieceMax, len(input)} {
			packed := pack(t, f, input, size)
			for _, size := range []int{1, 100, len(packed)} {
				got, err := unpack(newDecoder(f), packed, size)
				if err != nil || !bytes.Equal(got, input) {
					t.Errorf("%s in chunks of %d: %d bytes, %v", name, size, len(got), err)
				}
			}
		}
	}
}

// A piece is bounded however much a chunk stands for, and a decoder that is left in the middle ends with Close.
func TestBomb(t *testing.T) {
	for name, f := range formats {
		packed := pack(t, f, make([]byte, 64<<20), 1<<20)
		d := newDecoder(f)
		o, err := d.write(packed)
		for range 10 {
			if err != nil || len(o.piece) == 0 || len(o.piece) > pieceMax || !o.more {
				t.Fatalf("%s: a piece of %d bytes, more: %t, %v", name, len(o.piece), o.more, err)
			}
			o, err = d.write(nil)
		}
		d.Close()
		d.Close()
		if _, err := d.write(nil); !errors.Is(err, errClosed) {
			t.Errorf("%s: after Close: %v", name, err)
		}
	}
}

func TestOutputMax(t *testing.T) {
	f := formats["gzip"]
	packed := pack(t, f, make([]byte, 1<<20), 1<<20)
	d := newDecoder(f)
	d.given = OutputMax - 100
	if _, err := unpack(d, packed, len(packed)); err == nil || err.Error() == "" {
		t.Error("more than the bound was given")
	}
}

// What follows the end is an error, in the same chunk and in a later one.
func TestTrailing(t *testing.T) {
	for name, f := range formats {
		packed := pack(t, f, []byte("hello"), 5)
		for _, size := range []int{len(packed), len(packed) + 1} {
			d := newDecoder(f)
			got, err := unpack(d, append(packed[:len(packed):len(packed)], 0), size)
			if err == nil || err == io.EOF || string(got) != "hello" {
				t.Errorf("%s in chunks of %d: %q, %v", name, size, got, err)
			}
			d.Close()
		}
	}
}
