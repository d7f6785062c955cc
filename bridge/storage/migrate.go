package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rowan/bridge/storage/sqlite"
)

// Migration is a file of SQL that is to run once in each database.
type Migration struct {
	Name string // of the file, "001_rooms.sql"
	File string // its path
	SQL  string
}

// Migrations reads the files *.sql of a folder, in the order of their names. A folder that is not there has none.
//
// # Errors
//
// A file that cannot be read; a name that does not begin with a number; numbers of different lengths, whose order would not be that
// of the names; the same number twice.
func Migrations(dir string) ([]Migration, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var list []Migration
	for _, e := range entries { // sorted
		if e.IsDir() || filepath.Ext(e.Name()) != ".sql" {
			continue
		}
		m := Migration{Name: e.Name(), File: filepath.Join(dir, e.Name())}
		if err := m.follows(list); err != nil {
			return nil, fmt.Errorf("%s: %w", m.File, err)
		}
		text, err := os.ReadFile(m.File)
		if err != nil {
			return nil, err
		}
		m.SQL = strings.ReplaceAll(string(text), "\r\n", "\n") // a checkout on another system is no change
		list = append(list, m)
	}
	return list, nil
}

// follows checks the name against those before it.
func (m Migration) follows(before []Migration) error {
	number := leading(m.Name)
	if number == "" {
		return errors.New("the name of a migration begins with a number, as in 001_rooms.sql")
	}
	for _, b := range before {
		switch other := leading(b.Name); {
		case len(other) != len(number):
			return fmt.Errorf("its number and that of %s differ in length, so their names do not say which comes first", b.Name)
		case other == number:
			return fmt.Errorf("%s has the same number", b.Name)
		}
	}
	return nil
}

// leading is the number that a name begins with.
func leading(name string) string {
	return name[:len(name)-len(strings.TrimLeft(name, "0123456789"))]
}

func (m Migration) hash() string {
	sum := sha256.Sum256([]byte(m.SQL))
	return hex.EncodeToString(sum[:])
}

// Migrate runs those migrations that have not run yet, each in a transaction, and returns their names. They may do what scripts
// may.
//
// # Errors
//
// A migration that has run and has changed since; one that comes before one that has run; one that fails, with its line. What ran before
// it stays.
func (s *Store) Migrate(list []Migration) (ran []string, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	if err := s.lock(nil); err != nil {
		return nil, err
	}
	defer s.unlock()
	for _, m := range list {
		did, err := s.migrate(m)
		if err != nil {
			return ran, err
		}
		if did {
			ran = append(ran, m.Name)
		}
	}
	return ran, nil
}

// migrate runs one migration, unless it has run.
func (s *Store) migrate(m Migration) (did bool, err error) {
	c := s.writer
	err = c.run(nil, func() error {
		return c.atomically(func() (err error) {
			did, err = m.run(c)
			return err
		})
	})
	var e *sqlite.Error
	switch {
	case err == nil:
		return did, nil
	case errors.As(err, &e) && e.Offset >= 0:
		line, column := place(m.SQL, e.Offset)
		return false, fmt.Errorf("%s:%d:%d: %w", m.File, line, column, e)
	}
	return false, fmt.Errorf("%s: %w", m.File, err)
}

// run runs the migration in a transaction, unless it has run.
func (m Migration) run(c *conn) (did bool, err error) {
	var hash, last string
	if err := c.Query("SELECT hash FROM rowan_migrations WHERE name = ?", text(&hash), m.Name); err != nil {
		return false, err
	}
	switch {
	case hash == m.hash():
		return false, nil
	case hash != "":
		return false, errors.New("it has changed since it ran: leave it as it was, and put the change into a new one")
	}
	if err := c.Query("SELECT name FROM rowan_migrations ORDER BY name DESC LIMIT 1", text(&last)); err != nil {
		return false, err
	}
	if last > m.Name {
		return false, fmt.Errorf("it comes before %s, which has run already: give it a later number", last)
	}
	if err := c.Script(m.SQL); err != nil {
		return false, err
	}
	return true, c.Exec("INSERT INTO rowan_migrations VALUES (?, ?, datetime())", m.Name, m.hash())
}

// text is the only value of a query's only row.
func text(into *string) func(*sqlite.Stmt) error {
	return func(row *sqlite.Stmt) error {
		*into = row.Text(0)
		return nil
	}
}

// place is the line and the column of a byte, both from 1.
func place(text string, offset int) (line, column int) {
	before := text[:min(offset, len(text))]
	return strings.Count(before, "\n") + 1, len(before) - strings.LastIndexByte(before, '\n')
}
