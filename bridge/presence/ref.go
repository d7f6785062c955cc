package presence

import (
	"encoding/base64"
	"encoding/binary"
	"hash/maphash"
	"sync/atomic"
	"time"
)

// refs makes the names of metas.
type refs struct {
	last atomic.Uint32
	seed maphash.Seed // another one in each process
}

// next is a new phx_ref as Phoenix makes them: the time in nanoseconds (8 bytes), a hash of process and owner (2), and a number
// (2), in the alphabet of base64 for URLs.
func (r *refs) next(owner Owner) string {
	var b [12]byte
	binary.BigEndian.PutUint64(b[:], uint64(time.Now().UnixNano()))
	binary.BigEndian.PutUint16(b[8:], uint16(maphash.Comparable(r.seed, owner)))
	binary.BigEndian.PutUint16(b[10:], uint16(r.last.Add(1)))
	return base64.RawURLEncoding.EncodeToString(b[:])
}
