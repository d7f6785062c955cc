package storage

import "rowan/engine"

// Hosts are the host functions that the API group "rowan" has of the store. None can be called while a template is made: what is
// stored is not the same for all contexts, nor at all times.
func (s *Store) Hosts() []engine.Host {
	return []engine.Host{
		{Name: "sql", Func: s.sql},
		{Name: "transaction", Func: s.transact},
		{Name: "storage.get", Func: s.pairGet},
		{Name: "storage.set", Func: s.pairSet},
		{Name: "storage.delete", Func: s.pairDelete},
		{Name: "storage.list", Func: s.pairList},
	}
}
