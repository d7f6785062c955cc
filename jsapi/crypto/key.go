package crypto

import (
	"errors"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"rowan/engine/value"
)

// kind is the [[type]] of a key.
type kind byte

const (
	secret kind = iota
	public
	private
)

func (k kind) String() string { return [...]string{"secret", "public", "private"}[k] }

// usages is a set of key usages.
type usages uint16

const (
	useEncrypt usages = 1 << iota
	useDecrypt
	useSign
	useVerify
	useDeriveKey
	useDeriveBits
	useWrapKey
	useUnwrapKey
	useEncapsulateKey
	useEncapsulateBits
	useDecapsulateKey
	useDecapsulateBits
)

// usageNames are the names in the order of their bits, which is the order in which scripts see them.
var usageNames = []string{
	"encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey",
	"encapsulateKey", "encapsulateBits", "decapsulateKey", "decapsulateBits",
}

func (u usages) names() []string {
	names := []string{}
	for i, name := range usageNames {
		if u&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// usageOf is the usage of a name, 0 if there is none.
func usageOf(name string) usages {
	if i := slices.Index(usageNames, name); i >= 0 {
		return 1 << i
	}
	return 0
}

// key is a CryptoKey: its internal slots. data is what the algorithm's family keeps: the octets of a secret, a seed, a
// scalar with its point, a PKCS #1 structure.
type key struct {
	alg         *algorithm
	kind        kind
	extractable bool
	usages      usages
	hash        string // of RSA and HMAC keys
	curve       string // of EC keys
	length      int    // in bits, of AES, HMAC, KMAC and RSA keys
	data        []byte
}

// blob is the key as the script holds it.
func (k *key) blob() ([]byte, error) {
	var b cryptobyte.Builder
	name := func(s string) {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
	}
	b.AddUint8(byte(k.kind))
	if k.extractable {
		b.AddUint8(1)
	} else {
		b.AddUint8(0)
	}
	b.AddUint16(uint16(k.usages))
	b.AddUint32(uint32(k.length))
	name(k.alg.name)
	name(k.hash)
	name(k.curve)
	b.AddBytes(k.data)
	return b.Bytes()
}

var errBlob = errors.New("crypto: not a key")

// readKey reads what blob wrote. The key shares the memory of b.
func readKey(b []byte) (*key, error) {
	s := cryptobyte.String(b)
	var (
		kindOf, extractable byte
		uses                uint16
		length              uint32
		name, hash, curve   cryptobyte.String
	)
	if !s.ReadUint8(&kindOf) || !s.ReadUint8(&extractable) || !s.ReadUint16(&uses) || !s.ReadUint32(&length) ||
		!s.ReadUint8LengthPrefixed(&name) || !s.ReadUint8LengthPrefixed(&hash) || !s.ReadUint8LengthPrefixed(&curve) {
		return nil, errBlob
	}
	alg := algorithms[string(name)]
	if alg == nil || kindOf > byte(private) {
		return nil, errBlob
	}
	return &key{
		alg: alg, kind: kind(kindOf), extractable: extractable != 0, usages: usages(uses),
		hash: string(hash), curve: string(curve), length: int(length), data: s,
	}, nil
}

// view is what scripts see of a key: its attributes.
func (k *key) view() value.Object {
	return value.Object{
		{Key: "type", Value: k.kind.String()},
		{Key: "extractable", Value: k.extractable},
		{Key: "algorithm", Value: k.algorithmView()},
		{Key: "usages", Value: k.usages.names()},
	}
}

// algorithmView is the KeyAlgorithm dictionary of the key.
func (k *key) algorithmView() value.Object {
	o := value.Object{{Key: "name", Value: k.alg.name}}
	if a, ok := k.alg.family.(rsaFamily); ok {
		o = append(o,
			value.Field{Key: "modulusLength", Value: k.length},
			value.Field{Key: "publicExponent", Value: a.publicExponent(k)})
	} else if k.length != 0 {
		o = append(o, value.Field{Key: "length", Value: k.length})
	}
	if k.hash != "" {
		o = append(o, value.Field{Key: "hash", Value: value.Object{{Key: "name", Value: k.hash}}})
	}
	if k.curve != "" {
		o = append(o, value.Field{Key: "namedCurve", Value: k.curve})
	}
	return o
}
