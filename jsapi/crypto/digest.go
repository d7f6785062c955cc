package crypto

import (
	stdcrypto "crypto"
	_ "crypto/sha1" // registers itself, like the next two
	_ "crypto/sha256"
	"crypto/sha3"
	_ "crypto/sha512"
)

// hashes are the hash functions that other algorithms can be given.
var hashes = map[string]stdcrypto.Hash{
	"SHA-1":    stdcrypto.SHA1,
	"SHA-256":  stdcrypto.SHA256,
	"SHA-384":  stdcrypto.SHA384,
	"SHA-512":  stdcrypto.SHA512,
	"SHA3-256": stdcrypto.SHA3_256,
	"SHA3-384": stdcrypto.SHA3_384,
	"SHA3-512": stdcrypto.SHA3_512,
}

// hash is the hash function that the parameters name. Algorithms that digest to a length of choice are none.
func (p *params) hash() (stdcrypto.Hash, error) {
	h, ok := hashes[p.text("hash")]
	if !ok {
		return 0, notSupported(p.text("hash") + " is no hash function for " + p.alg.name)
	}
	return h, nil
}

func digestAlgorithms() []*algorithm {
	var list []*algorithm
	for name, h := range hashes {
		list = append(list, &algorithm{
			name: name, family: hashFamily{h}, fast: true,
			dictionaries: map[string][]string{"digest": nil},
		})
	}
	for name, shake := range map[string]func(n, s []byte) *sha3.SHAKE{"cSHAKE128": sha3.NewCSHAKE128, "cSHAKE256": sha3.NewCSHAKE256} {
		list = append(list, &algorithm{
			name: name, family: cshakeFamily{shake},
			dictionaries: map[string][]string{"digest": {"customization", "b", "functionName", "b", "length", "l", "outputLength", "l"}},
		})
	}
	return list
}

// hashFamily is SHA-1, SHA-2 and SHA-3.
type hashFamily struct{ hash stdcrypto.Hash }

func (hashFamily) checkDigest(*params) error { return nil }

func (f hashFamily) digest(_ *params, message []byte) ([]byte, error) {
	return sum(f.hash, message), nil
}

func sum(hash stdcrypto.Hash, message []byte) []byte {
	h := hash.New()
	h.Write(message)
	return h.Sum(nil)
}

// cshakeFamily is cSHAKE (NIST SP 800-185, 3).
type cshakeFamily struct {
	shake func(functionName, customization []byte) *sha3.SHAKE
}

func (cshakeFamily) checkDigest(p *params) error {
	_, err := p.outputBytes()
	return err
}

func (f cshakeFamily) digest(p *params, message []byte) ([]byte, error) {
	n, err := p.outputBytes()
	if err != nil {
		return nil, err
	}
	h := f.shake(p.bytes("functionName"), p.bytes("customization"))
	h.Write(message)
	out := make([]byte, n)
	h.Read(out)
	return out, nil
}
