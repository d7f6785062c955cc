package crypto

import (
	stdcrypto "crypto"
	"crypto/hmac"
	"crypto/sha3"
	"crypto/subtle"
	"math/bits"
	"slices"
	"strings"
)

func macAlgorithms() []*algorithm {
	var (
		none   = []string{}
		keyed  = []string{"hash", "H", "length", "l"}
		length = []string{"length", "l"}
		kmac   = []string{"customization", "b", "length", "l", "outputLength", "l"}
	)
	list := []*algorithm{{
		name: "HMAC", family: hmacFamily{}, fast: true, formats: []string{"raw", "raw-secret", "jwk"}, export: true,
		dictionaries: map[string][]string{
			"sign": none, "verify": none, "generateKey": keyed, "importKey": keyed, "exportKey": none, "getKeyLength": keyed,
		},
	}}
	for name, family := range map[string]kmacFamily{
		"KMAC128": {shake: sha3.NewCSHAKE128, strength: 128},
		"KMAC256": {shake: sha3.NewCSHAKE256, strength: 256},
	} {
		list = append(list, &algorithm{
			name: name, family: family, formats: []string{"raw-secret", "jwk"}, export: true,
			dictionaries: map[string][]string{
				"sign": kmac, "verify": kmac, "generateKey": length, "importKey": length, "exportKey": none, "getKeyLength": length,
			},
		})
	}
	return list
}

// maxKeyBits bounds the length of a key of any length.
const maxKeyBits = 8 * maxOutput

// macKeys is what the keys of HMAC and KMAC have in common.
type macKeys struct{}

func (macKeys) uses(k kind) usages {
	if k == secret {
		return useSign | useVerify
	}
	return 0
}

// importOctets makes a key of octets and of the length that the parameters give, if they do: it may leave out up to
// seven bits of the last octet.
func (macKeys) importOctets(p *params, in *input) (*key, error) {
	octets, err := in.octetsOf("sig")
	if err != nil {
		return nil, err
	}
	k := &key{length: len(octets) * 8, data: octets}
	if k.length == 0 {
		return nil, dataError("the key is empty")
	}
	if n, ok := p.number("length"); ok {
		if n > k.length || n <= k.length-8 {
			return nil, dataError("the length is not that of the key")
		}
		k.length = n
		if rest := n % 8; rest != 0 {
			k.data = slices.Clone(k.data)
			k.data[len(k.data)-1] &= 0xff << (8 - rest)
		}
	}
	return k, nil
}

// hmacFamily is HMAC (FIPS 198-1).
type hmacFamily struct{ macKeys }

func (f hmacFamily) checkGenerate(p *params) error {
	_, err := f.keyLength(p)
	return err
}

func (f hmacFamily) generate(p *params) ([]*key, error) {
	n, err := f.keyLength(p)
	if err != nil {
		return nil, err
	}
	k := newSecret(n)
	k.hash = p.text("hash")
	return []*key{k}, nil
}

// keyLength is the length that the parameters give, or the hash function's block.
func (hmacFamily) keyLength(p *params) (int, error) {
	h, err := p.hash()
	if err != nil {
		return 0, err
	}
	n, ok := p.number("length")
	switch {
	case !ok:
		return h.New().BlockSize() * 8, nil
	case n == 0 || n > maxKeyBits:
		return 0, operationError("the length of the key is 0 or too large")
	}
	return n, nil
}

func (f hmacFamily) importKey(p *params, in *input) (*key, error) {
	if _, err := p.hash(); err != nil {
		return nil, err
	}
	k, err := f.importOctets(p, in)
	if err != nil {
		return nil, err
	}
	k.hash = p.text("hash")
	if alg := hmacAlg(k); alg != "" && in.format == "jwk" {
		if err := in.checkAlg(alg); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// hmacAlg is the alg of a JWK, "" if none is registered.
func hmacAlg(k *key) string {
	if size, ok := strings.CutPrefix(k.hash, "SHA-"); ok {
		return "HS" + size
	}
	return ""
}

func (hmacFamily) exportKey(k *key, format string) ([]byte, jwk, error) {
	return exportSecret(k, format, hmacAlg(k))
}

func (hmacFamily) checkSign(*params) error { return nil }

func (hmacFamily) sign(k *key, _ *params, message []byte) ([]byte, error) {
	return hmacOf(hashes[k.hash], k.data, message), nil
}

func hmacOf(hash stdcrypto.Hash, secret, message []byte) []byte {
	h := hmac.New(hash.New, secret)
	h.Write(message)
	return h.Sum(nil)
}

func (f hmacFamily) verify(k *key, p *params, signature, message []byte) (bool, error) {
	return verifyMAC(f, k, p, signature, message)
}

func verifyMAC(f signer, k *key, p *params, signature, message []byte) (bool, error) {
	want, err := f.sign(k, p, message)
	return err == nil && subtle.ConstantTimeCompare(want, signature) == 1, err
}

// kmacFamily is KMAC (NIST SP 800-185, 4).
type kmacFamily struct {
	macKeys
	shake    func(functionName, customization []byte) *sha3.SHAKE
	strength int // in bits, and the length of a key that is generated
}

func (f kmacFamily) checkGenerate(p *params) error {
	_, err := f.keyLength(p)
	return err
}

func (f kmacFamily) generate(p *params) ([]*key, error) {
	n, err := f.keyLength(p)
	if err != nil {
		return nil, err
	}
	return []*key{newSecret(n)}, nil
}

func (f kmacFamily) keyLength(p *params) (int, error) {
	n := p.numberOr("length", f.strength)
	if n == 0 || n > maxKeyBits {
		return 0, operationError("the length of the key is 0 or too large")
	}
	return n, nil
}

func (f kmacFamily) importKey(p *params, in *input) (*key, error) {
	k, err := f.importOctets(p, in)
	if err != nil {
		return nil, err
	}
	if in.format == "jwk" {
		if err := in.checkAlg(f.jwkAlg()); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (f kmacFamily) jwkAlg() string {
	if f.strength == 128 {
		return "K128"
	}
	return "K256"
}

func (f kmacFamily) exportKey(k *key, format string) ([]byte, jwk, error) {
	return exportSecret(k, format, f.jwkAlg())
}

func (kmacFamily) checkSign(p *params) error {
	_, err := p.outputBytes()
	return err
}

func (f kmacFamily) sign(k *key, p *params, message []byte) ([]byte, error) {
	n, err := p.outputBytes()
	if err != nil {
		return nil, err
	}
	h := f.shake([]byte("KMAC"), p.bytes("customization"))
	h.Write(bytepad(encodeString(k.data, k.length), h.BlockSize()))
	h.Write(message)
	h.Write(rightEncode(uint64(n) * 8))
	out := make([]byte, n)
	h.Read(out)
	return out, nil
}

func (f kmacFamily) verify(k *key, p *params, signature, message []byte) (bool, error) {
	return verifyMAC(f, k, p, signature, message)
}

// encodeString, bytepad, leftEncode and rightEncode are those of NIST SP 800-185, 2.3.

func encodeString(b []byte, bits int) []byte { return append(leftEncode(uint64(bits)), b...) }

func bytepad(b []byte, width int) []byte {
	b = append(leftEncode(uint64(width)), b...)
	return append(b, make([]byte, (width-len(b)%width)%width)...)
}

func leftEncode(n uint64) []byte {
	b := bigEndian(n)
	return append([]byte{byte(len(b))}, b...)
}

func rightEncode(n uint64) []byte {
	b := bigEndian(n)
	return append(b, byte(len(b)))
}

// bigEndian is n in as few octets as it takes, at least one.
func bigEndian(n uint64) []byte {
	b := make([]byte, max(1, (bits.Len64(n)+7)/8))
	for i := range b {
		b[len(b)-1-i] = byte(n >> (8 * i))
	}
	return b
}
