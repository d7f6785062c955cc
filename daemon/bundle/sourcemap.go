package bundle

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strings"
)

// A SourceMap leads from positions in a bundle to positions in the files it was
// built from. It is never changed after it was made; any goroutine may use it.
//
// It reads version 3 of the format itself. github.com/go-sourcemap/sourcemap
// drops every segment that leads to line 1, column 1, misreads those without an
// origin, and finds nothing behind the last one.
type SourceMap struct {
	name     string // the bundle's, as it stands in stacks
	sources  []string
	segments []segment // by position in the bundle
}

// A segment says where the code from its position to the next segment comes
// from. Lines and columns count from 0.
type segment struct {
	line, column             int32 // in the bundle
	source                   int32 // index into sources; -1: from no file
	sourceLine, sourceColumn int32
}

// Lookup returns where the code at a position of the bundle comes from: the
// file, relative to Options.Root, and the position in it. Lines and columns
// count from 1; column 0 stands for the whole line. Code that the bundler added
// comes from nowhere, and ok is false.
func (m *SourceMap) Lookup(line, column int) (file string, sourceLine, sourceColumn int, ok bool) {
	if m == nil {
		return "", 0, 0, false
	}
	at := sort.Search(len(m.segments), func(i int) bool {
		s := &m.segments[i]
		return int(s.line) > line-1 || int(s.line) == line-1 && int(s.column) > column-1
	})
	// The segment before it holds the position, unless that is on another line:
	// then the position is to the left of the first segment.
	if at > 0 && int(m.segments[at-1].line) == line-1 {
		at--
	}
	if at == len(m.segments) || int(m.segments[at].line) != line-1 || m.segments[at].source < 0 {
		return "", 0, 0, false
	}
	s := &m.segments[at]
	return m.sources[s.source], int(s.sourceLine) + 1, int(s.sourceColumn) + 1, true
}

// parseSourceMap reads a source map of version 3 without sections, the kind
// that esbuild writes, of the bundle called name.
func parseSourceMap(name string, data []byte) (*SourceMap, error) {
	var raw struct {
		Version  int      `json:"version"`
		Sources  []string `json:"sources"`
		Mappings string   `json:"mappings"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("source map of %s: %w", name, err)
	}
	if raw.Version != 3 {
		return nil, fmt.Errorf("source map of %s: version %d is not 3", name, raw.Version)
	}
	m := &SourceMap{name: name, sources: raw.Sources}
	if err := m.parse(raw.Mappings); err != nil {
		return nil, fmt.Errorf("source map of %s: %w", name, err)
	}
	return m, nil
}

// parse reads the mappings: a line of the bundle ends with ";", a segment with
// ",". A segment has 1, 4 or 5 numbers: the column in the bundle, the source,
// its line, its column and a name (which nobody needs here), each but the first
// as the difference to the segment before.
func (m *SourceMap) parse(mappings string) error {
	m.segments = make([]segment, 0, strings.Count(mappings, ",")+strings.Count(mappings, ";")+1)
	var line, source, sourceLine, sourceColumn int32
	for text := range strings.SplitSeq(mappings, ";") {
		column := int32(0)
		for part := range strings.SplitSeq(text, ",") {
			if part == "" {
				continue
			}
			numbers, n, err := vlqs(part)
			if err != nil {
				return err
			}
			column += numbers[0]
			s := segment{line: line, column: column, source: -1}
			if n > 1 {
				source += numbers[1]
				sourceLine += numbers[2]
				sourceColumn += numbers[3]
				if n < 4 || source < 0 || int(source) >= len(m.sources) {
					return fmt.Errorf("bad segment %q", part)
				}
				s.source, s.sourceLine, s.sourceColumn = source, sourceLine, sourceColumn
			}
			m.segments = append(m.segments, s)
		}
		line++
	}
	return nil
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// vlqs reads the numbers of a segment, of which there are n. Each is a row of
// base64 digits, the low ones first: five bits and one that says whether
// another follows. The lowest bit of all is the sign.
func vlqs(text string) (numbers [5]int32, n int, err error) {
	var value uint64
	var shift uint
	for i := range len(text) {
		digit := strings.IndexByte(base64Digits, text[i])
		if digit < 0 || n == len(numbers) || shift > 30 {
			return numbers, n, fmt.Errorf("bad segment %q", text)
		}
		value |= uint64(digit&31) << shift
		if digit&32 != 0 {
			shift += 5
			continue
		}
		number := int32(min(value>>1, math.MaxInt32))
		if value&1 != 0 {
			number = -number
		}
		numbers[n] = number
		n++
		value, shift = 0, 0
	}
	if shift != 0 {
		return numbers, n, fmt.Errorf("bad segment %q", text)
	}
	return numbers, n, nil
}
