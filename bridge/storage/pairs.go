package storage

import (
	"strings"

	"rowan/bridge/storage/sqlite"
	"rowan/engine"
	"rowan/engine/value"
)

const (
	// keyBytesMax is how long the key of a pair may be, in UTF-8.
	keyBytesMax = 2048
	// pairFormat is the first byte of a stored value. What follows is the value in the format of engine/value, as the API group
	// clone makes plain data of it.
	pairFormat = 1
)

// keyOf is the argument that is a key.
func keyOf(args value.Args, i int) (string, error) {
	key, err := args.String(i)
	if err == nil && len(key) > keyBytesMax {
		err = value.OverLimit("the key takes %d bytes, more than %d", len(key), keyBytesMax)
	}
	return key, err
}

// pairGet is get(key): the value, or undefined.
func (s *Store) pairGet(t *engine.Turn, args value.Args) (any, error) {
	key, err := keyOf(args, 0)
	if err != nil {
		return nil, err
	}
	var result any = value.Undefined
	err = s.read(t, func(c *conn) error {
		return c.Query("SELECT value FROM rowan_storage WHERE key = ?", func(row *sqlite.Stmt) error {
			data, err := stored(row.Bytes(0))
			result = engine.Encoded(append([]byte(nil), data...))
			return err
		}, key)
	})
	if err != nil {
		return nil, s.scriptError(err)
	}
	return result, nil
}

// stored is the encoded value of a stored one. It checks what comes from the file.
func stored(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != pairFormat {
		return nil, value.Coded(codeCorrupt, "the value was stored by a newer version of rowan, or is damaged")
	}
	if rest, err := value.Skip(b[1:]); err != nil || len(rest) > 0 {
		return nil, value.Coded(codeCorrupt, "the value is damaged")
	}
	return b[1:], nil
}

// pairSet is set(key, value).
func (s *Store) pairSet(t *engine.Turn, args value.Args) (any, error) {
	key, err := keyOf(args, 0)
	if err != nil {
		return nil, err
	}
	raw := args.Raw(1)
	data := append(append(make([]byte, 0, len(raw)+1), pairFormat), raw...)
	err = s.write(t, func(c *conn) error {
		return c.Exec("INSERT INTO rowan_storage VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, data)
	})
	return value.Undefined, s.scriptError(err)
}

// pairDelete is delete(key): whether there was one.
func (s *Store) pairDelete(t *engine.Turn, args value.Args) (any, error) {
	key, err := keyOf(args, 0)
	if err != nil {
		return nil, err
	}
	found := false
	err = s.write(t, func(c *conn) error {
		return c.Query("DELETE FROM rowan_storage WHERE key = ? RETURNING 1", func(*sqlite.Stmt) error {
			found = true
			return nil
		}, key)
	})
	return found, s.scriptError(err)
}

// pairList is list(prefix, start, end, limit, reverse): an array of keys with their values, from start on and before end, in the
// order of the keys' UTF-8.
func (s *Store) pairList(t *engine.Turn, args value.Args) (any, error) {
	query, params, err := listQuery(args)
	if err != nil {
		return nil, err
	}
	bytesMax := t.Context().Limits().ValueBytes
	var pairs []byte
	n := 0
	err = s.read(t, func(c *conn) error {
		return c.Query(query, func(row *sqlite.Stmt) error {
			data, err := stored(row.Bytes(1))
			if err != nil {
				return err
			}
			n++
			pairs = append(value.AppendString(value.AppendArray(pairs, 2), row.Text(0)), data...)
			if len(pairs) > bytesMax {
				return value.OverLimit("the pairs take more than %s: ask for fewer with limit", size(int64(bytesMax)))
			}
			return nil
		}, params...)
	})
	if err != nil {
		return nil, s.scriptError(err)
	}
	return engine.Encoded(append(value.AppendArray(make([]byte, 0, len(pairs)+10), n), pairs...)), nil
}

func listQuery(args value.Args) (query string, params []any, err error) {
	var where []string
	restrict := func(condition, bound string) {
		where, params = append(where, "key "+condition+" ?"), append(params, bound)
	}
	for i, condition := range []string{"", ">=", "<"} {
		bound, err := args.StringOr(i, "")
		if err != nil {
			return "", nil, err
		}
		switch {
		case value.Kind(args.Raw(i)) == value.TagUndefined || args.Raw(i) == nil:
		case condition != "":
			restrict(condition, bound)
		default:
			restrict(">=", bound)
			if after := next(bound); after != "" {
				restrict("<", after)
			}
		}
	}
	limit, err := args.IntOr(3, -1)
	if err != nil {
		return "", nil, err
	}
	reverse, err := args.BoolOr(4, false)
	if err != nil {
		return "", nil, err
	}
	query = "SELECT key, value FROM rowan_storage"
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	query += " ORDER BY key"
	if reverse {
		query += " DESC"
	}
	return query + " LIMIT ?", append(params, limit), nil
}

// next is the least text that comes after all that begin with prefix; "" if there is none.
func next(prefix string) string {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < 0xff {
			b[i]++
			return string(b[:i+1])
		}
	}
	return ""
}
