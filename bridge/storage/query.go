package storage

import (
	"fmt"
	"math"
	"math/big"

	"rowan/bridge/storage/sqlite"
	"rowan/engine"
	"rowan/engine/value"
)

// sql is sql(query, ...params): it runs one statement and returns its rows.
func (s *Store) sql(t *engine.Turn, args value.Args) (any, error) {
	query, err := args.String(0)
	if err != nil {
		return nil, err
	}
	q := &statement{query: query, args: args, bytesMax: t.Context().Limits().ValueBytes}
	if err = s.read(t, q.run); err == nil && q.writes {
		err = s.write(t, q.run)
	}
	if err != nil {
		return nil, s.scriptError(err)
	}
	return q.rows, nil
}

// statement is a query of a script.
type statement struct {
	query    string
	args     value.Args // the query, then the parameters
	bytesMax int        // of the rows
	rows     engine.Encoded
	writes   bool // it was not run, since it writes, and the connection does not
}

func (q *statement) run(c *conn) error {
	stmt, err := c.Statement(q.query)
	if err != nil {
		return err
	}
	defer stmt.Done()
	if q.writes = c.reads && !stmt.ReadOnly(); q.writes {
		return nil
	}
	if err := bindAll(stmt, q.args); err != nil {
		return err
	}
	step := func() (err error) {
		q.rows, err = rowsOf(stmt, q.bytesMax)
		return err
	}
	if !stmt.ReadOnly() && stmt.Columns() > 0 { // what it returns may be too large: then nothing is to be done
		return c.atomically(step)
	}
	return step()
}

// bindAll binds the arguments after the first.
func bindAll(stmt *sqlite.Stmt, args value.Args) error {
	if n := max(args.Len()-1, 0); n != stmt.Params() {
		return &value.Error{Name: "RangeError", Code: codeQuery, Message: fmt.Sprintf("the query has %d parameters, and %d values were given", stmt.Params(), n)}
	}
	rest := args.From(1)
	for i := 1; rest.Len() > 0; i++ {
		if err := bind(stmt, i, rest); err != nil {
			return err
		}
		rest = rest.From(1) // to find argument i from the first on would take i steps
	}
	return nil
}

// bind binds the first of the arguments as parameter i.
func bind(stmt *sqlite.Stmt, i int, args value.Args) error {
	v, err := args.Any(0)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil, value.UndefinedType:
		return stmt.BindNull(i)
	case bool:
		if v {
			return stmt.BindInt(i, 1)
		}
		return stmt.BindInt(i, 0)
	case int:
		return stmt.BindInt(i, int64(v))
	case float64:
		const exact = 1 << 53
		switch {
		case math.IsNaN(v):
			return value.TypeError("parameter %d is NaN, which a database cannot hold", i)
		case v == math.Trunc(v) && math.Abs(v) <= exact:
			return stmt.BindInt(i, int64(v))
		}
		return stmt.BindFloat(i, v)
	case *big.Int:
		if !v.IsInt64() {
			return value.OverLimit("parameter %d is a BigInt that 64 bits do not hold", i)
		}
		return stmt.BindInt(i, v.Int64())
	case string:
		return stmt.BindText(i, v)
	case []byte:
		return stmt.BindBlob(i, v)
	case value.TypedArray:
		return stmt.BindBlob(i, v.Data)
	}
	hint := ""
	switch value.Kind(args.Raw(0)) {
	case value.TagDate:
		hint = ": give its toISOString() or getTime()"
	case value.TagObject, value.TagArray:
		hint = ": give its JSON, or one value for each parameter"
	}
	return value.TypeError("parameter %d is %s, which a database cannot hold%s", i, value.Kind(args.Raw(0)), hint)
}

// noRows is an empty array.
var noRows = engine.Encoded(value.AppendArray(nil, 0))

// rowsOf runs a statement and encodes its rows: an array of objects.
func rowsOf(stmt *sqlite.Stmt, bytesMax int) (engine.Encoded, error) {
	var rows []byte
	var names [][]byte
	n := 0
	for ; ; n++ {
		more, err := stmt.Step()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		if n == 0 { // not before: the first step may find a changed schema
			for i := range stmt.Columns() {
				names = append(names, value.AppendString(nil, stmt.Name(i)))
			}
		}
		rows = value.AppendObject(rows, len(names))
		for i, name := range names {
			rows = appendColumn(append(rows, name...), stmt, i)
		}
		if len(rows) > bytesMax {
			return nil, value.OverLimit("the rows take more than %s: ask for fewer with LIMIT", size(int64(bytesMax)))
		}
	}
	if n == 0 {
		return noRows, nil
	}
	return append(value.AppendArray(make([]byte, 0, len(rows)+10), n), rows...), nil
}

// appendColumn encodes what a row has in a column. Integers beyond 2^53 become bigints.
func appendColumn(dst []byte, stmt *sqlite.Stmt, i int) []byte {
	switch stmt.Type(i) {
	case sqlite.Integer:
		return value.AppendInt(dst, stmt.Int(i))
	case sqlite.Float:
		return value.AppendFloat(dst, stmt.Float(i))
	case sqlite.Text:
		return value.AppendString(dst, stmt.Text(i))
	case sqlite.Blob:
		return value.AppendBytes(dst, stmt.Bytes(i))
	}
	return value.AppendNull(dst)
}
