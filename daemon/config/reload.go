package config

import "reflect"

// Reloaded loads anew what c was loaded from, for a server that runs with c: what
// variables and flags said still holds, and so does what is fixed while it runs:
// the address, the workers, the log, and where scripts keep things. Of that,
// ignored names what the file says otherwise than at the start, such as "listen"
// and "fetch.timeout".
func (c *Config) Reloaded(appDir string) (fresh *Config, ignored []string, err error) {
	if fresh, err = c.source.flags.Load(appDir, c.source.environ); err != nil {
		return nil, nil, err
	}
	if fresh.began = c.began; c.began == nil {
		fresh.began = c
	}
	began := reflect.ValueOf(fresh.began).Elem()
	is, was := reflect.ValueOf(fresh).Elem(), reflect.ValueOf(c).Elem()
	for i := range is.NumField() {
		if tag := is.Type().Field(i).Tag; tag.Get("fixed") != "" {
			ignored = append(ignored, differing(tag.Get("toml"), is.Field(i), began.Field(i))...)
			is.Field(i).Set(was.Field(i))
		}
	}
	return fresh, ignored, nil
}

// differing returns the names of the settings in which a and b, both called name,
// differ.
func differing(name string, a, b reflect.Value) (names []string) {
	if !isTable(a) {
		if !reflect.DeepEqual(a.Interface(), b.Interface()) {
			names = append(names, name)
		}
		return names
	}
	for i := range a.NumField() {
		names = append(names, differing(name+"."+a.Type().Field(i).Tag.Get("toml"), a.Field(i), b.Field(i))...)
	}
	return names
}
