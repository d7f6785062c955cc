package jsapi

import (
	"fmt"
	"slices"
	"sync"

	"rowan/engine"
	"rowan/jsapi/bundle"
)

// loader keeps what groups were bundled and compiled to: once in a process, when the first template wants them.
type loader struct {
	mu       sync.Mutex
	exports  bundle.Exports
	programs map[string]*engine.Program
}

var loaded = loader{exports: bundle.Exports{}, programs: map[string]*engine.Program{}}

// programsOf returns the programs of groups. Those that they need must be among them.
func (l *loader) programsOf(names []string) ([]*engine.Program, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var missing []string
	for _, name := range names {
		if l.programs[name] == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		if err := l.load(missing); err != nil {
			return nil, err
		}
	}
	programs := make([]*engine.Program, len(names))
	for i, name := range names {
		programs[i] = l.programs[name]
	}
	return programs, nil
}

func (l *loader) load(names []string) error {
	if err := l.exports.Add(files, names); err != nil {
		return err
	}
	scripts, err := bundle.Groups(files, names, l.exports, func(group, other string) bool {
		return other == "internal" || slices.Contains(byName[group].needs, other)
	})
	if err != nil {
		return err
	}
	programs, errs := make([]*engine.Program, len(names)), make([]error, len(names))
	var compiling sync.WaitGroup
	for i, name := range names {
		compiling.Go(func() {
			if programs[i], errs[i] = engine.Compile(scripts[i].Source, "rowan:"+name, false); errs[i] != nil {
				errs[i] = fmt.Errorf("group %s: %w", name, errs[i])
			}
		})
	}
	compiling.Wait()
	for i, name := range names {
		if errs[i] != nil {
			return errs[i]
		}
		l.programs[name] = programs[i]
	}
	return nil
}
