package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A source is what settings were loaded from, so that they can be loaded again.
type source struct {
	environ []string
	flags   Flags
}

// Load returns the settings of the app in a folder: those of its rowan.toml
// over the defaults, or the defaults where it has none.
//
// # Errors
//
// A file that cannot be read; one that is no TOML; an unknown key or table; a
// value of the wrong type or form. All but the first begin with the place, as
// in "rowan.toml:7:1: ".
func Load(appDir string) (*Config, error) {
	c, err := loadFile(filepath.Join(appDir, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return Default(), nil
	}
	return c, err
}

// Load returns the settings of the app in a folder with the variables ROWAN_… of
// environ over them, whose items are as those of os.Environ, and over these the
// flags.
//
// # Errors
//
// Those of [Load]; an unknown variable, or setting of --set; a value of the wrong
// form in one, by its name. A file that --config or ROWAN_CONFIG names must be there.
func (f Flags) Load(appDir string, environ []string) (*Config, error) {
	v := parseEnviron(environ)
	var c *Config
	var err error
	if file := f.configFile(v); file != "" {
		c, err = loadFile(file)
	} else {
		c, err = Load(appDir)
	}
	if err != nil {
		return nil, err
	}
	if err := c.applyVariables(v); err != nil {
		return nil, err
	}
	if err := c.applySet(f.set); err != nil {
		return nil, err
	}
	c.Apply(f)
	if err := c.TLS.check(); err != nil {
		return nil, err
	}
	c.source = source{environ, f}
	said := *c
	c.began = &said
	return c, nil
}

// File returns the file that the settings of the app in a folder are read from, which
// need not be there.
func (c *Config) File(appDir string) string {
	if file := c.source.flags.configFile(parseEnviron(c.source.environ)); file != "" {
		return file
	}
	return filepath.Join(appDir, FileName)
}

// loadFile returns the settings of a file. Folders that it names are relative to
// its own.
func loadFile(file string) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := Default()
	if err := decode(c, file, text); err != nil {
		return nil, err
	}
	paths := []*string{&c.FS, &c.Data, &c.Admin.TokenFile, &c.TLS.Cert, &c.TLS.Key, &c.JWT.KeyFile}
	if !strings.Contains(c.JWT.JWKS, "://") {
		paths = append(paths, &c.JWT.JWKS)
	}
	for _, dir := range paths {
		if *dir != "" && !filepath.IsAbs(*dir) {
			*dir = filepath.Join(filepath.Dir(file), *dir)
		}
	}
	return c, nil
}
