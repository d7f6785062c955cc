package storage

import (
	"slices"
	"sync"
)

// Store keeps the items of an app's localStorage. Its methods may be called from any goroutine. Keys and values are as
// package value has strings: UTF-8, in which a lone surrogate takes three bytes.
type Store interface {
	// Len is how many items there are.
	Len() int
	// Keys are the items' keys, in an order that changes only when items come or go.
	Keys() []string
	Get(key string) (value string, ok bool)
	// Set reports false, and changes nothing, if there is no room.
	Set(key, value string) (ok bool, err error)
	Remove(key string) error
	Clear() error
}

// QuotaBytes is how large the keys and values of one app may be together; each item counts for itemBytes more.
const (
	QuotaBytes = 10 << 20
	itemBytes  = 100
)

// Memory is a Store that lasts as long as the process.
type Memory struct {
	mu    sync.Mutex
	keys  []string // in the order in which they came
	items map[string]string
	bytes int
}

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{items: map[string]string{}} }

func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.keys)
}

func (m *Memory) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.keys)
}

func (m *Memory) Get(key string) (value string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok = m.items[key]
	return value, ok
}

func (m *Memory) Set(key, value string) (ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, exists := m.items[key]
	bytes := m.bytes + len(value) - len(old)
	if !exists {
		bytes += len(key) + itemBytes
	}
	if bytes > QuotaBytes {
		return false, nil
	}
	if !exists {
		m.keys = append(m.keys, key)
	}
	m.items[key], m.bytes = value, bytes
	return true, nil
}

func (m *Memory) Remove(key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.items[key]
	if !ok {
		return nil
	}
	delete(m.items, key)
	m.bytes -= len(key) + len(value) + itemBytes
	i := slices.Index(m.keys, key)
	m.keys = slices.Delete(m.keys, i, i+1)
	return nil
}

func (m *Memory) Clear() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys, m.items, m.bytes = nil, map[string]string{}, 0
	return nil
}
