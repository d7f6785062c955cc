package compression

import (
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// format is how a kind of compressed data is written and read.
type format struct {
	writer func(w io.Writer) io.WriteCloser
	// reader may read its source no further than to the end of the data if that is an io.ByteReader.
	reader func(r io.Reader) (io.Reader, error)
}

// level is what zlib's users get by default, too.
const level = 6

// brotliLevel is where brotli compresses better than gzip in less time; 11, which other runtimes take, is a hundred times slower.
const brotliLevel = 5

var formats = map[string]format{
	"gzip": {
		writer: func(w io.Writer) io.WriteCloser { return must(gzip.NewWriterLevel(w, level)) },
		reader: func(r io.Reader) (io.Reader, error) {
			z, err := gzip.NewReader(r)
			if err != nil {
				return nil, err
			}
			z.Multistream(false) // a second member is what the standard calls additional input
			return z, nil
		},
	},
	"deflate": {
		writer: func(w io.Writer) io.WriteCloser { return must(zlib.NewWriterLevel(w, level)) },
		reader: func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
	},
	"deflate-raw": {
		writer: func(w io.Writer) io.WriteCloser { return must(flate.NewWriter(w, level)) },
		reader: func(r io.Reader) (io.Reader, error) { return flate.NewReader(r), nil },
	},
	"brotli": {
		writer: func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotliLevel) },
		reader: func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	},
}

// must is for writers that fail only for a level that there is not.
func must[W io.WriteCloser](w W, err error) io.WriteCloser {
	if err != nil {
		panic(err)
	}
	return w
}
