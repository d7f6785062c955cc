package rowan

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"sync/atomic"
	"time"
)

// lastUUID is the time in the last UUID, in parts of 1/4096 ms.
var lastUUID atomic.Int64

// uuidv7 is a new UUID of version 7 (RFC 9562). Those of one process sort in the order in which they were made: the 12 bits
// after the milliseconds are a finer time (section 6.2, method 3), and no two have the same.
func uuidv7() string {
	now := time.Now()
	at := now.UnixMilli()<<12 | int64(now.Nanosecond())%1e6<<12/1e6
	for {
		last := lastUUID.Load()
		at = max(at, last+1)
		if lastUUID.CompareAndSwap(last, at) {
			break
		}
	}
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], uint64(at>>12)<<16|0x7000|uint64(at&0xFFF))
	rand.Read(id[8:]) // never fails
	id[8] = id[8]&0x3F | 0x80
	text := make([]byte, 0, 36)
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return string(text)
}
