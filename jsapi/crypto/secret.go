package crypto

import (
	"crypto/rand"
	"strconv"
)

// random is n random octets. The operating system's source does not fail.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// octetsOf are the octets of a secret key that is imported in any of its formats.
func (in *input) octetsOf(use string) ([]byte, error) {
	if in.format != "jwk" {
		return in.data, nil
	}
	if err := in.checkJWK("oct", use); err != nil {
		return nil, err
	}
	return in.jwk.octets("k")
}

// exportSecret is the key's octets, or a JWK with the member alg if it has one.
func exportSecret(k *key, format, alg string) ([]byte, jwk, error) {
	if format != "jwk" {
		return k.data, nil, nil
	}
	j := jwk{"kty": "oct"}
	j.setOctets("k", k.data)
	if alg != "" {
		j["alg"] = alg
	}
	return nil, j, nil
}

// newSecret makes a random key of a length in bits; octets that are not full have zeros at their ends.
func newSecret(bits int) *key {
	k := &key{length: bits, data: random((bits + 7) / 8)}
	if rest := bits % 8; rest != 0 {
		k.data[len(k.data)-1] &= 0xff << (8 - rest)
	}
	return k
}

// validAESLength is for the lengths that AES keys can have, in bits.
func validAESLength(bits int) bool { return bits == 128 || bits == 192 || bits == 256 }

// aesKeys is what the keys of all modes of AES have in common. mode is how a JWK's alg ends.
type aesKeys struct {
	mode string
	use  usages
}

func (f aesKeys) uses(k kind) usages {
	if k == secret {
		return f.use
	}
	return 0
}

func (aesKeys) checkGenerate(p *params) error {
	if !validAESLength(p.numberOr("length", 0)) {
		return operationError("the length of an AES key is 128, 192 or 256 bits")
	}
	return nil
}

func (aesKeys) generate(p *params) ([]*key, error) {
	return []*key{newSecret(p.numberOr("length", 0))}, nil
}

func (f aesKeys) keyLength(p *params) (int, error) {
	return p.numberOr("length", 0), f.checkGenerate(p)
}

func (f aesKeys) importKey(_ *params, in *input) (*key, error) {
	octets, err := in.octetsOf("enc")
	if err != nil {
		return nil, err
	}
	k := &key{length: len(octets) * 8, data: octets}
	if !validAESLength(k.length) {
		return nil, dataError("the length of an AES key is 128, 192 or 256 bits")
	}
	if in.format == "jwk" {
		if err := in.checkAlg(f.jwkAlg(k)); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (f aesKeys) jwkAlg(k *key) string { return "A" + strconv.Itoa(k.length) + f.mode }

func (f aesKeys) exportKey(k *key, format string) ([]byte, jwk, error) {
	return exportSecret(k, format, f.jwkAlg(k))
}
