package crypto

import (
	"bytes"
	"encoding/hex"
	"slices"
)

// The specification refuses signatures whose key or R is a point of small order, for which anyone can find messages. A
// point is known by its y: the encoding without the sign of x.

// smallOrderYs are the y of Ed25519's points of the orders 4, 1, 8, 8 and 2, then 0 and 1 as they are encoded once more,
// p too large.
var smallOrderYs = decodeAll(
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)

// smallOrderYs448 are the y of Ed448's points of the orders 4, 1 and 2. The library takes no y that is too large.
var smallOrderYs448 = decodeAll(
	"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
	"010000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
	"fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff00",
)

func decodeAll(list ...string) [][]byte {
	var all [][]byte
	for _, s := range list {
		b, err := hex.DecodeString(s)
		if err != nil {
			panic(err) // the strings are those above
		}
		all = append(all, b)
	}
	return all
}

func smallOrder(point []byte) bool { return oneOf(point, smallOrderYs) }

func smallOrder448(point []byte) bool { return oneOf(point, smallOrderYs448) }

// oneOf reports whether the point has one of the ys. The sign is the last bit.
func oneOf(point []byte, ys [][]byte) bool {
	y := slices.Clone(point)
	y[len(y)-1] &= 0x7f
	return slices.ContainsFunc(ys, func(other []byte) bool { return bytes.Equal(y, other) })
}
