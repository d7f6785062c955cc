//go:build !linux

package engine

// writes cannot tell on this system.
type writes struct{ on bool }

func (*writes) open(base uintptr, size int)          {}
func (*writes) faults() int64                        { return -1 }
func (*writes) watch(base uintptr, p pageRange) bool { return false }
func (*writes) scan(dst []pageRange, base uintptr, p pageRange) ([]pageRange, bool) {
	return dst, false
}
