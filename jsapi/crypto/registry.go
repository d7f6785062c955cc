package crypto

import (
	"slices"
	"strings"
)

// algorithm is a registered algorithm: https://w3c.github.io/webcrypto/#algorithms.
type algorithm struct {
	name string
	// family implements the operations: those of the interfaces below that the algorithm has.
	family any
	// fast algorithms take no longer over small inputs than a change of threads does, and none of their operations but
	// generateKey draws random numbers.
	fast bool
	// formats are those of importKey and, with export, of exportKey.
	formats []string
	export  bool
	// dictionaries has for every operation the members of its dictionary: a name, then the letter of its type.
	// The order is that of conversion: inherited members first, then by name. A capital letter is a required member.
	//
	//	b BufferSource   k CryptoKey        o [EnforceRange] octet          i BigInteger
	//	s DOMString      h HashAlgorithm    u [EnforceRange] unsigned short
	//	                   Identifier       l [EnforceRange] unsigned long
	dictionaries map[string][]string
}

type (
	// keyed is a family that has keys.
	keyed interface {
		// uses are the usages that a key of the kind may have.
		uses(kind) usages
		// importKey makes a key of what the input holds: its data, and what describes it. The rest is set by the caller.
		importKey(p *params, in *input) (*key, error)
		// exportKey gives the key in a format: bytes, or a JWK.
		exportKey(k *key, format string) ([]byte, jwk, error)
	}
	generator interface {
		// checkGenerate finds what is wrong with the parameters before anything is made.
		checkGenerate(p *params) error
		// generate makes a secret key, or a public and a private one.
		generate(p *params) ([]*key, error)
	}
	// publisher is a family whose private keys know their public ones.
	publisher interface{ public(k *key) (*key, error) }
	encrypter interface {
		checkEncrypt(p *params) error
		encrypt(k *key, p *params, plaintext []byte) ([]byte, error)
		decrypt(k *key, p *params, ciphertext []byte) ([]byte, error)
	}
	signer interface {
		checkSign(p *params) error
		sign(k *key, p *params, message []byte) ([]byte, error)
		verify(k *key, p *params, signature, message []byte) (bool, error)
	}
	// deriver derives bits. A length of nullLength asks for as many as there are.
	deriver interface {
		checkDerive(p *params, length int) error
		derive(k *key, p *params, length int) ([]byte, error)
	}
	// measurer knows the length in bits of a key to be derived, nullLength for a secret of any length.
	measurer interface{ keyLength(p *params) (int, error) }
	wrapper  interface {
		wrap(k *key, plaintext []byte) ([]byte, error)
		unwrap(k *key, ciphertext []byte) ([]byte, error)
	}
	encapsulator interface {
		encapsulate(k *key) (sharedKey, ciphertext []byte, err error)
		decapsulate(k *key, ciphertext []byte) (sharedKey []byte, err error)
	}
	digester interface {
		checkDigest(p *params) error
		digest(p *params, message []byte) ([]byte, error)
	}
)

// nullLength is the length null of deriveBits.
const nullLength = -1

// algorithms are the registered algorithms by their names, lowered those by their names in lower case.
var algorithms, lowered = func() (byName, byLower map[string]*algorithm) {
	byName, byLower = map[string]*algorithm{}, map[string]*algorithm{}
	for _, a := range slices.Concat(
		digestAlgorithms(), cipherAlgorithms(), macAlgorithms(), kdfAlgorithms(),
		rsaAlgorithms(), ecAlgorithms(), okpAlgorithms(), mldsaAlgorithms(), mlkemAlgorithms(),
	) {
		if _, ok := a.family.(publisher); ok {
			a.dictionaries["getPublicKey"] = nil
		}
		byName[a.name] = a
		byLower[lowerASCII(a.name)] = a
	}
	return byName, byLower
}()

// lowerASCII lowers the letters A to Z alone: the Kelvin sign is no k.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// describe says how an algorithm is normalized for an operation: its name, whether it is fast, and the members of its
// dictionary. It is nil if the algorithm is not registered for the operation.
func describe(operation, name string) []any {
	a := lowered[lowerASCII(name)]
	if a == nil {
		return nil
	}
	members, ok := a.dictionaries[operation]
	if !ok {
		return nil
	}
	d := []any{a.name, a.fast}
	for _, m := range members {
		d = append(d, m)
	}
	return d
}
