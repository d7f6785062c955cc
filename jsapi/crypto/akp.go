package crypto

import (
	"encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// akpKeys is what the keys of ML-DSA and ML-KEM have in common: private ones are seeds. Their formats are those of RFC
// 9881, of RFC 9935 and of JWK's kty "AKP".
type akpKeys struct {
	name             string
	use              string
	ofPriv, ofPublic usages
	id               algorithmID
	seedSize         int
	// expand gives the public key, and the private one as the standard has it, of a seed.
	expand func(seed []byte) (public, expanded []byte)
	// checkPublic finds what is no public key.
	checkPublic func(b []byte) error
}

// nistID is the identifier of one of NIST's algorithms: 3 are signatures, 4 are encapsulations.
func nistID(class, number int) algorithmID {
	return algorithmID{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, class, number}}
}

var akpFormats = []string{"raw-public", "raw-seed", "spki", "pkcs8", "jwk"}

func (f akpKeys) uses(k kind) usages {
	switch k {
	case public:
		return f.ofPublic
	case private:
		return f.ofPriv
	}
	return 0
}

func (f akpKeys) publicHalf(k *key) []byte {
	if k.kind == public {
		return k.data
	}
	public, _ := f.expand(k.data)
	return public
}

func (f akpKeys) public(k *key) (*key, error) { return &key{data: f.publicHalf(k)}, nil }

func (akpKeys) checkGenerate(*params) error { return nil }

func (f akpKeys) generate(*params) ([]*key, error) {
	seed := random(f.seedSize)
	pub, _ := f.expand(seed)
	return []*key{{kind: public, data: pub}, {kind: private, data: seed}}, nil
}

func (f akpKeys) importKey(_ *params, in *input) (*key, error) {
	octets, err := f.octets(in)
	if err != nil {
		return nil, err
	}
	if in.kind == public {
		if f.checkPublic(octets) != nil {
			return nil, dataError("not a public key of " + f.name)
		}
		return &key{data: octets}, nil
	}
	if len(octets) != f.seedSize {
		return nil, dataError("the seed has not the length of " + f.name)
	}
	k := &key{data: octets}
	if in.format == "jwk" {
		pub, err := in.jwk.octets("pub")
		if err != nil {
			return nil, err
		}
		if want, _ := f.expand(octets); !slices.Equal(pub, want) {
			return nil, dataError("the public key is not that of the private one")
		}
	}
	return k, nil
}

// octets are the public key or the seed that the input holds.
func (f akpKeys) octets(in *input) ([]byte, error) {
	switch in.format {
	case "spki":
		return in.unwrap(parseSPKI, f.id, f.name)
	case "pkcs8":
		inner, err := in.unwrap(parsePKCS8, f.id, f.name)
		if err != nil {
			return nil, err
		}
		return f.seedOf(inner)
	case "jwk":
		return f.fromJWK(in)
	}
	return in.data, nil
}

var seedTag = cbasn1.Tag(0).ContextSpecific()

// seedOf is the seed in a private key, which is a choice of the seed, of the expanded key, from which there is no way
// back, and of both.
func (f akpKeys) seedOf(der []byte) ([]byte, error) {
	s, bad := cryptobyte.String(der), dataError("not a private key of "+f.name)
	var seed, expanded, both cryptobyte.String
	switch {
	case s.PeekASN1Tag(seedTag):
		if !s.ReadASN1(&seed, seedTag) || !s.Empty() {
			return nil, bad
		}
		return seed, nil
	case s.PeekASN1Tag(cbasn1.OCTET_STRING):
		return nil, notSupported("private keys without their seeds are not supported")
	}
	if !s.ReadASN1(&both, cbasn1.SEQUENCE) || !s.Empty() || !both.ReadASN1(&seed, cbasn1.OCTET_STRING) ||
		!both.ReadASN1(&expanded, cbasn1.OCTET_STRING) || !both.Empty() || len(seed) != f.seedSize {
		return nil, bad
	}
	if _, want := f.expand(seed); !slices.Equal(expanded, want) {
		return nil, bad
	}
	return seed, nil
}

func (f akpKeys) fromJWK(in *input) ([]byte, error) {
	if err := in.checkJWK("AKP", f.use); err != nil {
		return nil, err
	}
	if alg, _ := in.jwk.text("alg"); alg != f.name {
		return nil, dataError(`the JWK's alg is not "` + f.name + `"`)
	}
	if in.kind == private {
		return in.jwk.octets("priv")
	}
	return in.jwk.octets("pub")
}

func (f akpKeys) exportKey(k *key, format string) (b []byte, j jwk, err error) {
	switch format {
	case "spki":
		b, err = marshalSPKI(f.id, k.data)
	case "pkcs8":
		var inner cryptobyte.Builder
		inner.AddASN1(seedTag, func(b *cryptobyte.Builder) { b.AddBytes(k.data) })
		b, err = marshalPKCS8(f.id, inner.BytesOrPanic())
	case "jwk":
		j = jwk{"kty": "AKP", "alg": f.name}
		j.setOctets("pub", f.publicHalf(k))
		if k.kind == private {
			j.setOctets("priv", k.data)
		}
	default:
		b = k.data
	}
	return b, j, err
}
