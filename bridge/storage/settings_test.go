package storage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rowan/bridge/storage/sqlite"
)

// What the options promise is what SQLite has been told.
func TestSettings(t *testing.T) {
	for _, test := range []struct {
		opts Options
		want string
	}{
		{Options{MaxSize: 1 << 20}, "wal 1 0 67108864 256 1"},
		{Options{MaxSize: 1 << 20, Full: true}, "wal 2 1 67108864 256 1"},
	} {
		test.opts.Path = filepath.Join(t.TempDir(), FileName)
		s, err := Open(test.opts)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var got []string
		for _, name := range []string{"journal_mode", "synchronous", "fullfsync", "journal_size_limit", "max_page_count", "foreign_keys"} {
			if err := s.writer.Query("PRAGMA "+name, func(row *sqlite.Stmt) error {
				got = append(got, row.Text(0))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("with %+v: %s, want %s", test.opts, got, test.want)
		}
	}
}

// Writable writes: what would only look as if it did finds a full disk to be all right.
func TestWritableWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	s, err := Open(Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	size := func() int64 {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	if err := s.Writable(); err != nil {
		t.Fatal(err)
	}
	if after := size(); after <= before {
		t.Errorf("the log has %d bytes, and had %d", after, before)
	}
}
