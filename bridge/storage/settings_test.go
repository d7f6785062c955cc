package storage

import (
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
