package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rowan/bridge/storage/sqlite"
)

// FileName is the name of an app's database in its folder.
const FileName = "rowan.db"

const (
	// applicationID marks a file as ours, see https://www.sqlite.org/pragma.html#pragma_application_id.
	applicationID = 0x526f776e // "Rown"
	// format is the version of the store's own tables.
	format = 1
	// logBytesMax is what is kept of the write-ahead log's file after a large transaction.
	logBytesMax = 64 << 20
	// checkTime is how long the file is looked through for damage when it is opened.
	checkTime = time.Second
)

// markAsOurs marks a file. It writes the first page whether it was marked or not.
var markAsOurs = fmt.Sprintf("PRAGMA application_id = %d", applicationID)

// tables are the store's own. Texts may hold a surrogate without its partner in three bytes, which SQLite keeps as it is.
var tables = []string{
	markAsOurs,
	"CREATE TABLE rowan_meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
	"CREATE TABLE rowan_storage (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
	"CREATE TABLE rowan_local (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL)",
	"CREATE TABLE rowan_migrations (name TEXT PRIMARY KEY, hash TEXT NOT NULL, ran TEXT NOT NULL) WITHOUT ROWID",
	fmt.Sprintf("INSERT INTO rowan_meta VALUES ('format', %d), ('local_bytes', 0)", format),
}

// open opens the connection that writes and sees to it that the database is one of ours. Whoever calls it has writing.
func (s *Store) open() error {
	if tell := s.opts.Temporary; s.inMemory() && tell != nil {
		s.opts.Temporary = nil
		tell()
	}
	c, err := s.openWriter()
	if err != nil {
		return s.openFailed(err)
	}
	s.writer = c
	return nil
}

func (s *Store) openWriter() (*conn, error) {
	if !s.inMemory() {
		if err := os.MkdirAll(filepath.Dir(s.opts.Path), 0o700); err != nil {
			return nil, err
		}
	}
	c, err := s.newConn()
	if err != nil {
		return nil, s.because(err)
	}
	err = c.run(nil, func() error { return s.prepare(c) })
	if err != nil {
		c.Close()
		return nil, s.because(err)
	}
	return c, nil
}

// because is what the system says of the file, or else SQLite's error, which does not tell whether it is the rights, the folder or the
// disk.
func (s *Store) because(err error) error {
	if s.inMemory() {
		return err
	}
	f, denied := os.OpenFile(s.opts.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if failed, ok := errors.AsType[*os.PathError](denied); ok {
		return failed.Err
	}
	if denied == nil {
		f.Close()
	}
	return err
}

// errForeign says that a file is another program's.
var errForeign = errors.New("it is the database of another program")

// prepare sets the connection up and makes the tables of a new database.
func (s *Store) prepare(c *conn) error {
	var id, objects int64
	if err := c.Query("PRAGMA application_id", number(&id)); err != nil {
		return err
	}
	if err := c.Query("SELECT count(*) FROM sqlite_schema", number(&objects)); err != nil {
		return err
	}
	if id != applicationID && (id != 0 || objects > 0) {
		return errForeign
	}
	if err := s.set(c); err != nil {
		return err
	}
	if err := s.makeTables(c); err != nil {
		return err
	}
	return s.lookThrough(c)
}

// set sets the connection's pragmas, https://www.sqlite.org/pragma.html.
func (s *Store) set(c *conn) error {
	var page int64
	if err := c.Query("PRAGMA page_size", number(&page)); err != nil {
		return err
	}
	synchronous, fullfsync := "NORMAL", 0
	if s.opts.Full {
		synchronous, fullfsync = "FULL", 1
	}
	for _, setting := range []string{
		"journal_mode = WAL",
		"synchronous = " + synchronous,
		fmt.Sprintf("fullfsync = %d", fullfsync), // on macOS fsync alone does not wait for the disk
		fmt.Sprintf("journal_size_limit = %d", logBytesMax),
		fmt.Sprintf("max_page_count = %d", max(s.opts.MaxSize/page, 1)),
	} {
		if err := c.Exec("PRAGMA " + setting); err != nil {
			return err
		}
	}
	return nil
}

// makeTables makes the store's own tables, unless another process has.
func (s *Store) makeTables(c *conn) error {
	return c.atomically(func() error {
		var objects, version int64
		if err := c.Query("SELECT count(*) FROM sqlite_schema", number(&objects)); err != nil {
			return err
		}
		if objects == 0 {
			for _, statement := range tables {
				if err := c.Exec(statement); err != nil {
					return err
				}
			}
		}
		if err := c.Query("SELECT value FROM rowan_meta WHERE key = 'format'", number(&version)); err != nil {
			return err
		}
		if version != format {
			return fmt.Errorf("it has the format %d, and this version of rowan knows %d", version, format)
		}
		return nil
	})
}

// lookThrough looks for damage, but no longer than checkTime.
func (s *Store) lookThrough(c *conn) error {
	if s.inMemory() {
		return nil
	}
	end := time.Now().Add(checkTime)
	progress := c.Progress
	c.Progress = func() bool { return time.Now().After(end) }
	defer func() { c.Progress = progress }()
	found := ""
	err := c.Query("PRAGMA quick_check(1)", func(row *sqlite.Stmt) error {
		found = row.Text(0)
		return nil
	})
	switch {
	case sqlite.Is(err, sqlite.CodeInterrupt):
		return nil
	case err == nil && found != "ok":
		return fmt.Errorf("it is damaged: %s", found)
	}
	return err
}

// openFailed says what is wrong with the file, in words for whoever starts the server.
func (s *Store) openFailed(err error) error {
	if s.inMemory() {
		return err
	}
	switch {
	case errors.Is(err, errForeign):
		err = fmt.Errorf("%w: give the app a folder of its own", err)
	case sqlite.Is(err, sqlite.CodeNotADB):
		err = errors.New("it is not a database, or its beginning is damaged")
	case sqlite.Is(err, sqlite.CodeCorrupt):
		err = fmt.Errorf("it is damaged: %w", err)
	case sqlite.Is(err, sqlite.CodeBusy):
		err = fmt.Errorf("another process held it for %v", s.opts.Wait)
	}
	return fmt.Errorf("storage in %s: %w", s.opts.Path, err)
}
