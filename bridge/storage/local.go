package storage

import (
	"rowan/bridge/storage/sqlite"
	"rowan/engine"
)

// QuotaBytes is how large the keys and values of an app's localStorage may be together; each item counts for itemBytes more.
const (
	QuotaBytes = 10 << 20
	itemBytes  = 100
)

// Local is the part of a store that localStorage has; see jsapi/storage.Store.
type Local struct{ s *Store }

// Local returns the part of the store for localStorage.
func (s *Store) Local() Local { return Local{s} }

// change has what f does happen as a whole.
func (l Local) change(t *engine.Turn, f func(c *conn) error) error {
	return l.s.write(t, func(c *conn) error { return c.atomically(func() error { return f(c) }) })
}

// Len is how many items there are.
func (l Local) Len(t *engine.Turn) (int, error) {
	var n int64
	err := l.s.read(t, func(c *conn) error { return c.Query("SELECT count(*) FROM rowan_local", number(&n)) })
	return int(n), l.s.scriptError(err)
}

// Keys are the items' keys, in the order in which they came.
func (l Local) Keys(t *engine.Turn) ([]string, error) {
	var keys []string
	err := l.s.read(t, func(c *conn) error {
		return c.Query("SELECT key FROM rowan_local ORDER BY id", func(row *sqlite.Stmt) error {
			keys = append(keys, row.Text(0))
			return nil
		})
	})
	return keys, l.s.scriptError(err)
}

// Get finds an item.
func (l Local) Get(t *engine.Turn, key string) (value string, ok bool, err error) {
	err = l.s.read(t, func(c *conn) error {
		return c.Query("SELECT value FROM rowan_local WHERE key = ?", func(row *sqlite.Stmt) error {
			value, ok = row.Text(0), true
			return nil
		}, key)
	})
	return value, ok, l.s.scriptError(err)
}

// Set adds or changes an item. It reports false, and changes nothing, if there is no room.
func (l Local) Set(t *engine.Turn, key, value string) (ok bool, err error) {
	err = l.change(t, func(c *conn) error {
		more := itemBytes + len(key) + len(value)
		err := c.Query("SELECT octet_length(value) FROM rowan_local WHERE key = ?", func(row *sqlite.Stmt) error {
			more = len(value) - int(row.Int(0))
			return nil
		}, key)
		if err != nil {
			return err
		}
		if ok, err = grow(c, more); err != nil || !ok {
			return err
		}
		return c.Exec("INSERT INTO rowan_local (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	})
	return ok, l.s.scriptError(err)
}

// grow counts bytes that come, or go, and reports whether there is room for them.
func grow(c *conn, bytes int) (ok bool, err error) {
	err = c.Query("UPDATE rowan_meta SET value = value + ?1 WHERE key = 'local_bytes' AND (?1 <= 0 OR value + ?1 <= ?2) RETURNING 1", func(*sqlite.Stmt) error {
		ok = true
		return nil
	}, bytes, QuotaBytes)
	return ok, err
}

// Remove removes an item, if it is there.
func (l Local) Remove(t *engine.Turn, key string) error {
	return l.s.scriptError(l.change(t, func(c *conn) error {
		fewer := 0
		err := c.Query("DELETE FROM rowan_local WHERE key = ? RETURNING octet_length(value)", func(row *sqlite.Stmt) error {
			fewer = itemBytes + len(key) + int(row.Int(0))
			return nil
		}, key)
		if err != nil {
			return err
		}
		_, err = grow(c, -fewer)
		return err
	}))
}

// Clear removes all items.
func (l Local) Clear(t *engine.Turn) error {
	return l.s.scriptError(l.change(t, func(c *conn) error {
		if err := c.Exec("DELETE FROM rowan_local"); err != nil {
			return err
		}
		return c.Exec("UPDATE rowan_meta SET value = 0 WHERE key = 'local_bytes'")
	}))
}
