package fetch

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// acceptEncoding is what a request says it can have decoded, unless the script says something else.
const acceptEncoding = "gzip, deflate, br, zstd"

const (
	// codingsMax is how many encodings may lie on top of each other.
	codingsMax = 5
	// zstdWindow is the largest window that a zstd body may ask for (RFC 9659).
	zstdWindow = 8 << 20
)

// decoders make a decoder of a content coding (RFC 9110, section 8.4.1). They are asked once the first byte is there.
var decoders = map[string]func(*bufio.Reader) (io.Reader, error){
	"gzip":    newGzip,
	"x-gzip":  newGzip,
	"deflate": newDeflate,
	"br":      func(r *bufio.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	"zstd": func(r *bufio.Reader) (io.Reader, error) {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	},
}

func newGzip(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }

// newDeflate decodes zlib's format, or the bare deflate data that some servers send in its place.
func newDeflate(r *bufio.Reader) (io.Reader, error) {
	head, err := r.Peek(2)
	if err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}

// decoded undoes the codings of a Content-Encoding header. With one among them that is unknown, the body stays as it is.
func decoded(body io.ReadCloser, contentEncoding []string) (io.ReadCloser, error) {
	var chain []func(*bufio.Reader) (io.Reader, error)
	for name := range strings.SplitSeq(strings.Join(contentEncoding, ","), ",") {
		name = strings.ToLower(strings.Trim(name, "\t "))
		if name == "" || name == "identity" {
			continue
		}
		d := decoders[name]
		if d == nil {
			return body, nil
		}
		chain = append(chain, d)
	}
	if len(chain) > codingsMax {
		return nil, errors.New("the response is encoded too many times")
	}
	for i := len(chain) - 1; i >= 0; i-- {
		body = &decoder{from: body, open: chain[i]}
	}
	return body, nil
}

// decoder opens its decoder at the first read, for a decoder reads the head of its input when it is made.
type decoder struct {
	from io.ReadCloser
	open func(*bufio.Reader) (io.Reader, error)
	r    io.Reader
	err  error
}

func (d *decoder) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if d.r == nil {
		in := bufio.NewReader(d.from)
		if _, d.err = in.Peek(1); d.err != nil {
			return 0, d.err // an empty body, which needs no decoding, or a broken one
		}
		r, err := d.open(in)
		if err != nil {
			d.err = err
			return 0, err
		}
		d.r = r
	}
	n, err := d.r.Read(p)
	d.err = err
	return n, err
}

// Close ends the decoder and the body below it. Not to be called during a Read.
func (d *decoder) Close() error {
	if c, ok := d.r.(io.Closer); ok {
		c.Close()
	}
	return d.from.Close()
}
