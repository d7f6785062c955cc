package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	lib "modernc.org/sqlite/lib"

	"rowan/bridge/storage/sqlite"
)

// prefix is what the names of the store's own tables begin with.
const prefix = "rowan_"

// pragmas are those that scripts may use: they tell of the schema, or change nothing that outlasts a transaction.
var pragmas = []string{
	"application_id", "collation_list", "compile_options", "data_version", "defer_foreign_keys", "encoding", "foreign_key_check",
	"foreign_key_list", "freelist_count", "function_list", "index_info", "index_list", "index_xinfo", "integrity_check", "module_list",
	"optimize", "page_count", "page_size", "pragma_list", "quick_check", "table_info", "table_list", "table_xinfo", "user_version",
}

// readable are those of them that scripts may not change.
var readable = []string{"application_id", "encoding", "page_size"}

// lastOnes are the functions that tell of the connection's last statement, which outside of a transaction may be anybody's.
var lastOnes = []string{"last_insert_rowid", "changes", "total_changes"}

var errTransaction = errors.New("BEGIN, COMMIT and the like are not for scripts: Rowan.transaction makes a transaction, and each migration is one")

// authorize says what the statements of scripts and migrations may not do.
func (c *conn) authorize(a sqlite.Access) error {
	switch a.Action {
	case lib.SQLITE_ANALYZE: // reads the table next, for statistics
		c.analyzed = a.A
		return nil
	case lib.SQLITE_SELECT:
		c.analyzed = ""
		return nil
	case lib.SQLITE_READ:
		if a.A == c.analyzed {
			return nil
		}
		return authorizeTable(a.A)
	case lib.SQLITE_TRANSACTION, lib.SQLITE_SAVEPOINT:
		return errTransaction
	case lib.SQLITE_ATTACH, lib.SQLITE_DETACH:
		return errors.New("ATTACH, DETACH and VACUUM are not for scripts: an app has one database")
	case lib.SQLITE_CREATE_TEMP_TABLE, lib.SQLITE_CREATE_TEMP_INDEX, lib.SQLITE_CREATE_TEMP_TRIGGER, lib.SQLITE_CREATE_TEMP_VIEW:
		return errors.New("what is temporary belongs to a connection, and contexts have none of their own")
	case lib.SQLITE_PRAGMA:
		return authorizePragma(strings.ToLower(a.A), a.B)
	case lib.SQLITE_FUNCTION:
		name := strings.ToLower(a.B)
		if slices.Contains(lastOnes, name) && (c.reads || c.store.owner.Load() == nil) {
			return fmt.Errorf("outside of a transaction %s() may tell of another context's statement: write RETURNING, or use Rowan.transaction", name)
		}
		switch name {
		case "load_extension":
			return errors.New("load_extension is not for scripts")
		case "json_patch", "jsonb_patch": // of two objects with 100,000 members each it would take hours, in which nothing can end it
			return fmt.Errorf("%s is not for scripts: merge what JSON.parse makes of both", name)
		}
		return nil
	case lib.SQLITE_CREATE_INDEX, lib.SQLITE_CREATE_TRIGGER, lib.SQLITE_DROP_INDEX, lib.SQLITE_DROP_TRIGGER, lib.SQLITE_ALTER_TABLE:
		// The table comes second.
		return authorizeTable(a.B)
	case lib.SQLITE_CREATE_TABLE, lib.SQLITE_CREATE_VIEW, lib.SQLITE_CREATE_VTABLE, lib.SQLITE_DROP_TABLE, lib.SQLITE_DROP_VIEW, lib.SQLITE_DROP_VTABLE,
		lib.SQLITE_INSERT, lib.SQLITE_UPDATE, lib.SQLITE_DELETE:
		return authorizeTable(a.A)
	}
	return nil
}

func authorizeTable(name string) error {
	if strings.EqualFold(name, "sqlite_dbpage") {
		return errors.New("sqlite_dbpage is not for scripts: it has the host's tables too")
	}
	if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
		return fmt.Errorf("the table %s is not for scripts: names that begin with %s are the host's", name, prefix)
	}
	return nil
}

func authorizePragma(name, argument string) error {
	if !slices.Contains(pragmas, name) {
		return fmt.Errorf("PRAGMA %s is not for scripts", name)
	}
	if argument != "" && slices.Contains(readable, name) {
		return fmt.Errorf("PRAGMA %s can only be read by scripts", name)
	}
	return nil
}
