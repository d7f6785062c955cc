package fetch

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadAhead(t *testing.T) {
	broken := errors.New("broken off")
	for _, test := range []struct {
		name string
		body io.Reader
		want string
		err  error
	}{
		{"empty", strings.NewReader(""), "", nil},
		{"whole", strings.NewReader("text"), "text", nil},
		{"byte by byte", iotest.OneByteReader(strings.NewReader("text")), "text", nil},
		{"with its end", iotest.DataErrReader(strings.NewReader("text")), "text", nil},
		{"broken off", io.MultiReader(strings.NewReader("te"), iotest.ErrReader(broken)), "te", broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			done := make(chan bool)
			a := readAhead(io.NopCloser(test.body), func() { close(done) })
			<-done // though nobody has read
			got, err := io.ReadAll(a)
			if string(got) != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, test.want, test.err)
			}
		})
	}
}
