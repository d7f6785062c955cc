package crypto

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	_ "unsafe" // for go:linkname

	_ "golang.org/x/crypto/argon2" // for argon2Key
)

func kdfAlgorithms() []*algorithm {
	none := []string{}
	kdf := func(name string, family any, fast bool, formats, params []string) *algorithm {
		return &algorithm{name: name, family: family, fast: fast, formats: formats, dictionaries: map[string][]string{
			"deriveBits": params, "importKey": none, "getKeyLength": none,
		}}
	}
	raw := []string{"raw", "raw-secret"}
	argon2 := []string{
		"associatedData", "b", "memory", "L", "nonce", "B", "parallelism", "L", "passes", "L", "secretValue", "b", "version", "o",
	}
	return []*algorithm{
		kdf("HKDF", hkdfFamily{}, true, raw, []string{"hash", "H", "info", "B", "salt", "B"}),
		kdf("PBKDF2", pbkdf2Family{}, false, raw, []string{"hash", "H", "iterations", "L", "salt", "B"}),
		kdf("Argon2d", argon2Family{mode: 0}, false, raw[1:], argon2),
		kdf("Argon2i", argon2Family{mode: 1}, false, raw[1:], argon2),
		kdf("Argon2id", argon2Family{mode: 2}, false, raw[1:], argon2),
	}
}

// secretInput is what keys of derivation functions have in common: any octets, which never come out again.
type secretInput struct{}

func (secretInput) uses(k kind) usages {
	if k == secret {
		return useDeriveKey | useDeriveBits
	}
	return 0
}

func (secretInput) importKey(_ *params, in *input) (*key, error) { return &key{data: in.data}, nil }

func (secretInput) exportKey(*key, string) ([]byte, jwk, error) { return nil, nil, nil }

func (secretInput) keyLength(*params) (int, error) { return nullLength, nil }

// checkLength is for functions that derive any number of whole octets.
func checkLength(length int) error {
	switch {
	case length == nullLength:
		return operationError("the length is required")
	case length%8 != 0:
		return operationError("the length is not a multiple of 8")
	case length/8 > maxOutput:
		return operationError("the length is too large")
	}
	return nil
}

// hkdfFamily is HKDF (RFC 5869).
type hkdfFamily struct{ secretInput }

func (hkdfFamily) checkDerive(p *params, length int) error {
	if _, err := p.hash(); err != nil {
		return err
	}
	return checkLength(length)
}

func (hkdfFamily) derive(k *key, p *params, length int) ([]byte, error) {
	h, err := p.hash()
	if err != nil {
		return nil, err
	}
	out, err := hkdf.Key(h.New, k.data, p.bytes("salt"), string(p.bytes("info")), length/8)
	if err != nil {
		return nil, operationError("the length is more than HKDF gives")
	}
	return out, nil
}

// pbkdf2Family is PBKDF2 (RFC 8018, 5.2).
type pbkdf2Family struct{ secretInput }

// maxPBKDF2Rounds bounds the work of one call, the HMACs that it takes, to a few seconds of a processor.
const maxPBKDF2Rounds = 10_000_000

func (pbkdf2Family) checkDerive(p *params, length int) error {
	h, err := p.hash()
	if err != nil {
		return err
	}
	if err := checkLength(length); err != nil {
		return err
	}
	iterations := p.numberOr("iterations", 0)
	if iterations == 0 {
		return operationError("iterations is 0")
	}
	if blocks := (length/8 + h.Size() - 1) / h.Size(); iterations*blocks > maxPBKDF2Rounds {
		return operationError("iterations and length are more work than a call may be")
	}
	return nil
}

func (pbkdf2Family) derive(k *key, p *params, length int) ([]byte, error) {
	h, err := p.hash()
	if err != nil {
		return nil, err
	}
	if length == 0 {
		return []byte{}, nil
	}
	out, err := pbkdf2.Key(h.New, string(k.data), p.bytes("salt"), p.numberOr("iterations", 0), length/8)
	if err != nil {
		return nil, operationError(err.Error())
	}
	return out, nil
}

// argon2Family is Argon2 (RFC 9106).
type argon2Family struct {
	secretInput
	mode int // y, 3.1
}

// Bounds of one call: memory in KiB, and memory times passes.
const (
	maxArgon2Memory = 128 << 10
	maxArgon2Work   = 4 << 20
)

func (argon2Family) checkDerive(p *params, length int) error {
	if err := checkLength(length); err != nil {
		return err
	}
	memory, passes, parallelism := p.numberOr("memory", 0), p.numberOr("passes", 0), p.numberOr("parallelism", 0)
	switch {
	case length < 32:
		return operationError("Argon2 derives 4 bytes or more")
	case p.numberOr("version", 0x13) != 0x13:
		return operationError("the version of Argon2 is 0x13")
	case parallelism == 0 || parallelism > 255:
		return operationError("the parallelism of Argon2 is 1 to 255")
	case memory < 8*parallelism || memory > maxArgon2Memory:
		return operationError("the memory of Argon2 is 8 times the parallelism to 131,072 KiB")
	case passes == 0 || passes*memory > maxArgon2Work:
		return operationError("the passes of Argon2 are 0 or more work than a call may be")
	case len(p.bytes("nonce")) < 8:
		return operationError("the nonce of Argon2 has 8 bytes or more")
	}
	return nil
}

func (f argon2Family) derive(k *key, p *params, length int) ([]byte, error) {
	return argon2Key(f.mode, k.data, p.bytes("nonce"), p.bytes("secretValue"), p.bytes("associatedData"),
		uint32(p.numberOr("passes", 0)), uint32(p.numberOr("memory", 0)), uint8(p.numberOr("parallelism", 0)), uint32(length/8)), nil
}

// argon2Key is all of Argon2. The package exports it for two of the three modes, and without the secret value and the
// associated data that the Web Cryptography API has; a copy of its thousand lines would be the alternative. The module's
// version is pinned, a test holds this against the vectors of RFC 9106, and without the function nothing links.
//
//go:linkname argon2Key golang.org/x/crypto/argon2.deriveKey
func argon2Key(mode int, password, salt, secret, data []byte, time, memory uint32, threads uint8, keyLen uint32) []byte
