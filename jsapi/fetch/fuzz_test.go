package fetch

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// FuzzDecoded reads bodies of other servers, encoded in whatever way their header says.
func FuzzDecoded(f *testing.F) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, "hello")
	z.Close()
	f.Add("gzip", zipped.Bytes())
	f.Add("deflate, br", []byte("x\x9c\x03\x00"))
	f.Add("zstd", []byte("\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00"))
	f.Add("Identity ,GZIP,gzip", []byte{})
	f.Fuzz(func(t *testing.T, encodings string, sent []byte) {
		body, err := decoded(io.NopCloser(bytes.NewReader(sent)), []string{encodings})
		if err != nil {
			return
		}
		_, err = io.CopyN(io.Discard, body, 1<<20)
		if err != nil && err != io.EOF {
			if n, again := body.Read(make([]byte, 1)); n > 0 || again == nil {
				t.Errorf("after %v another read brings %d bytes, %v", err, n, again)
			}
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	})
}
