package node

import (
	"context"
	"crypto/hkdf"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/subtle"
	"encoding"
	"fmt"
	"hash"

	"golang.org/x/crypto/scrypt"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// hashes are the algorithms by Node's names for them, in lower case.
var hashes = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
	"sha512-224": sha512.New512_224, "sha512-256": sha512.New512_256,
	"sha3-224": func() hash.Hash { return sha3.New224() }, "sha3-256": func() hash.Hash { return sha3.New256() },
	"sha3-384": func() hash.Hash { return sha3.New384() }, "sha3-512": func() hash.Hash { return sha3.New512() },
}

// cryptoHosts are the host functions of node:crypto. A hash under way is a state in the script's memory: the host keeps
// nothing, so that hashes can be forked and parked like all else, and are collected as any bytes.
func cryptoHosts(a *async.Async) []engine.Host {
	return []engine.Host{
		{Name: "hashStart", Template: engine.PureCall, Func: hashStart},
		{Name: "hashUpdate", Template: engine.PureCall, Func: hashUpdate},
		{Name: "hashDigest", Template: engine.PureCall, Func: hashDigest},
		{Name: "random", Func: random},
		{Name: "equal", Template: engine.PureCall, Func: equal},
		{Name: "derive", Template: engine.PureCall, Func: func(_ *engine.Turn, args value.Args) (any, error) { return derive(args) }},
		a.Op("deriveLater", func(_ context.Context, args value.Args) (any, error) { return derive(args) }),
		{Name: "sign", Func: sign},
		{Name: "verify", Template: engine.PureCall, Func: verify},
		{Name: "keyInfo", Template: engine.PureCall, Func: keyInfo},
		{Name: "cipher", Template: engine.PureCall, Func: cipherText},
	}
}

// newHash makes a hash, in which the key is the first block if there is one: the inner hash of an HMAC.
func newHash(algorithm string, key []byte, pad byte) (hash.Hash, error) {
	start, ok := hashes[algorithm]
	if !ok {
		return nil, &value.Error{Name: "Error", Code: "ERR_OSSL_EVP_UNSUPPORTED", Message: "Digest method not supported"}
	}
	h := start()
	if key != nil {
		block := make([]byte, h.BlockSize())
		if len(key) > len(block) {
			h.Write(key)
			key = h.Sum(nil)
			h.Reset()
		}
		copy(block, key)
		for i := range block {
			block[i] ^= pad
		}
		h.Write(block)
	}
	return h, nil
}

// The bytes that an HMAC's key is combined with (RFC 2104).
const innerPad, outerPad = 0x36, 0x5C

// optionalBytes are those of an argument, nil if it is undefined; never nil otherwise.
func optionalBytes(args value.Args, i int) ([]byte, error) {
	if value.Kind(args.Raw(i)) == value.TagUndefined {
		return nil, nil
	}
	b, err := args.Bytes(i)
	if b == nil {
		b = []byte{}
	}
	return b, err
}

func state(h hash.Hash) (any, error) { return h.(encoding.BinaryMarshaler).MarshalBinary() }

// hashStart is the host function hashStart(algorithm, key): the state of a hash, or with a key of an HMAC.
func hashStart(_ *engine.Turn, args value.Args) (any, error) {
	algorithm, err := args.String(0)
	if err != nil {
		return nil, err
	}
	key, err := optionalBytes(args, 1)
	if err != nil {
		return nil, err
	}
	h, err := newHash(algorithm, key, innerPad)
	if err != nil {
		return nil, err
	}
	return state(h)
}

// restored is the hash that arguments 0, its algorithm, and 1, its state, describe.
func restored(args value.Args) (hash.Hash, error) {
	algorithm, err := args.String(0)
	if err != nil {
		return nil, err
	}
	b, err := args.Bytes(1)
	if err != nil {
		return nil, err
	}
	h, err := newHash(algorithm, nil, 0)
	if err != nil {
		return nil, err
	}
	return h, h.(encoding.BinaryUnmarshaler).UnmarshalBinary(b)
}

// hashUpdate is the host function hashUpdate(algorithm, state, bytes): the state after the bytes.
func hashUpdate(_ *engine.Turn, args value.Args) (any, error) {
	h, err := restored(args)
	if err != nil {
		return nil, err
	}
	b, err := args.Bytes(2)
	if err != nil {
		return nil, err
	}
	h.Write(b)
	return state(h)
}

// hashDigest is the host function hashDigest(algorithm, state, key).
func hashDigest(_ *engine.Turn, args value.Args) (any, error) {
	h, err := restored(args)
	if err != nil {
		return nil, err
	}
	sum := h.Sum(nil)
	key, err := optionalBytes(args, 2)
	if err != nil || key == nil {
		return sum, err
	}
	algorithm, _ := args.String(0)
	outer, err := newHash(algorithm, key, outerPad)
	if err != nil {
		return nil, err
	}
	outer.Write(sum)
	return outer.Sum(nil), nil
}

// randomMax bounds the bytes of one call; the script asks for more in pieces.
const randomMax = 1 << 20

func random(_ *engine.Turn, args value.Args) (any, error) {
	n, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > randomMax {
		return nil, fmt.Errorf("%d random bytes at once", n)
	}
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b, nil
}

func equal(_ *engine.Turn, args value.Args) (any, error) {
	a, err := args.Bytes(0)
	if err != nil {
		return nil, err
	}
	b, err := args.Bytes(1)
	return subtle.ConstantTimeCompare(a, b) == 1, err
}

// derive makes a key: derive(kind, secret, salt, length, …), where kind is "pbkdf2" with iterations and algorithm, "scrypt" with
// N, r and p, or "hkdf" with info and algorithm.
func derive(args value.Args) (any, error) {
	kind, err := args.String(0)
	if err != nil {
		return nil, err
	}
	secret, err := args.Bytes(1)
	if err != nil {
		return nil, err
	}
	salt, err := args.Bytes(2)
	if err != nil {
		return nil, err
	}
	n, err := args.Int(3)
	if err != nil {
		return nil, err
	}
	if kind == "scrypt" {
		var cost [3]int
		for i := range cost {
			if cost[i], err = args.Int(4 + i); err != nil {
				return nil, err
			}
		}
		return scrypt.Key(secret, salt, cost[0], cost[1], cost[2], n)
	}
	algorithm, err := args.String(5)
	if err != nil {
		return nil, err
	}
	start, ok := hashes[algorithm]
	if !ok {
		return nil, &value.Error{Name: "TypeError", Code: "ERR_CRYPTO_INVALID_DIGEST", Message: "Invalid digest: " + algorithm}
	}
	if kind == "hkdf" {
		info, err := args.Bytes(4)
		if err != nil {
			return nil, err
		}
		return hkdf.Key(start, secret, salt, string(info), n)
	}
	iterations, err := args.Int(4)
	if err != nil {
		return nil, err
	}
	return pbkdf2.Key(start, string(secret), salt, iterations, n)
}
