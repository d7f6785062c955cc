package storage

import (
	"slices"
	"strings"
	"testing"
)

func TestMemory(t *testing.T) {
	m := NewMemory()
	for _, key := range []string{"b", "a", "c", "a"} {
		if ok, err := m.Set(key, key+key); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	m.Remove("absent")
	m.Remove("b")
	m.Set("b", "last")
	if keys := m.Keys(); !slices.Equal(keys, []string{"a", "c", "b"}) {
		t.Errorf("keys %q", keys)
	}
	if v, ok := m.Get("b"); v != "last" || !ok || m.Len() != 3 {
		t.Errorf("b is %q, %v; %d items", v, ok, m.Len())
	}
	if _, ok := m.Get("absent"); ok {
		t.Error("absent is there")
	}
	large := strings.Repeat("x", QuotaBytes/2)
	m.Set("large", large)
	if ok, _ := m.Set("too large", large); ok || m.Len() != 4 {
		t.Errorf("taken: %v, %d items", ok, m.Len())
	}
	if ok, _ := m.Set("large", "small"); !ok {
		t.Error("a smaller value is refused")
	}
	m.Clear()
	if m.Len() != 0 || m.bytes != 0 {
		t.Errorf("%d items of %d bytes after clear", m.Len(), m.bytes)
	}
}
