package daemon

import (
	"path/filepath"
	"strings"
	"time"

	"rowan/bridge/storage"
	"rowan/daemon/config"
)

// migrationsDir is the folder beside the app whose files change its database.
const migrationsDir = "migrations"

// openStorage opens what the app's scripts keep.
func openStorage(opts Options) (*storage.Store, error) {
	c := opts.Config
	o := storage.Options{
		Full:    c.Storage.Synchronous == "full",
		MaxSize: int64(c.Storage.MaxSize),
		Wait:    time.Duration(c.Storage.Wait),
	}
	if c.Data != "" {
		o.Path = filepath.Join(c.Data, storage.FileName)
	} else if !opts.checks {
		o.Temporary = func() {
			opts.Log.Warn("what scripts store is kept in memory, and gone when the server ends: --data DIR keeps it in a folder")
		}
	}
	return storage.Open(o)
}

// listMigrations reads the app's migrations.
func (s *Server) listMigrations() ([]storage.Migration, error) {
	return storage.Migrations(filepath.Join(filepath.Dir(s.opts.App), migrationsDir))
}

// migrateAndLoad runs the migrations that are new, then loads the app, which may rely on them.
func (s *Server) migrateAndLoad(settings *config.Config) (*app, error) {
	list, err := s.listMigrations()
	if err != nil {
		return nil, err
	}
	ran, err := s.storage.Migrate(list)
	if len(ran) > 0 && !s.opts.checks {
		s.log.Info("ran " + strings.Join(ran, ", ") + " of " + migrationsDir)
	}
	if err != nil {
		return nil, err
	}
	return s.load(settings)
}
