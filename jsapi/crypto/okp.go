package crypto

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/asn1"
	"slices"

	"github.com/cloudflare/circl/dh/x448"
	"github.com/cloudflare/circl/sign/ed448"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The curves of RFC 7748 and RFC 8032, whose keys have the formats of RFC 8410 and RFC 8037 (JWK).

func okpAlgorithms() []*algorithm {
	none := []string{}
	curve := func(name string, family any, operations map[string][]string) *algorithm {
		a := &algorithm{
			name: name, family: family, formats: []string{"raw", "raw-public", "spki", "pkcs8", "jwk"}, export: true,
			dictionaries: map[string][]string{"generateKey": none, "importKey": none, "exportKey": none},
		}
		for operation, members := range operations {
			a.dictionaries[operation] = members
		}
		return a
	}
	id := func(last int) algorithmID { return algorithmID{oid: asn1.ObjectIdentifier{1, 3, 101, last}} }
	agrees := map[string][]string{"deriveBits": {"public", "K"}}
	x := okpKeys{use: "enc", ofPriv: useDeriveKey | useDeriveBits}
	ed := okpKeys{use: "sig", ofPriv: useSign, ofPublic: useVerify, jwkAlg: true}
	return []*algorithm{
		curve("X25519", dhFamily{x.of("X25519", id(110), 32, 32, x25519Public), x25519Shared}, agrees),
		curve("X448", dhFamily{x.of("X448", id(111), x448.Size, x448.Size, x448Public), x448Shared}, agrees),
		curve("Ed25519", ed25519Family{ed.of("Ed25519", id(112), ed25519.SeedSize, ed25519.PublicKeySize, ed25519Public)},
			map[string][]string{"sign": none, "verify": none}),
		curve("Ed448", ed448Family{ed.of("Ed448", id(113), ed448.SeedSize, ed448.PublicKeySize, ed448Public)},
			map[string][]string{"sign": {"context", "b"}, "verify": {"context", "b"}}),
	}
}

// okpKeys is what the keys of these curves have in common. Private data is the seed or scalar, then the public octets.
type okpKeys struct {
	use                     string
	ofPriv, ofPublic        usages
	jwkAlg                  bool // whether a JWK has the member alg
	name                    string
	id                      algorithmID
	privateSize, publicSize int
	publicOf                func(private []byte) []byte
}

func (f okpKeys) of(name string, id algorithmID, privateSize, publicSize int, publicOf func([]byte) []byte) okpKeys {
	f.name, f.id, f.privateSize, f.publicSize, f.publicOf = name, id, privateSize, publicSize, publicOf
	return f
}

func (f okpKeys) uses(k kind) usages {
	switch k {
	case public:
		return f.ofPublic
	case private:
		return f.ofPriv
	}
	return 0
}

func (f okpKeys) pair(private []byte) []byte { return slices.Concat(private, f.publicOf(private)) }

func (f okpKeys) privateHalf(k *key) []byte { return k.data[:f.privateSize] }

func (f okpKeys) publicHalf(k *key) []byte {
	if k.kind == private {
		return k.data[f.privateSize:]
	}
	return k.data
}

func (f okpKeys) public(k *key) (*key, error) { return &key{data: f.publicHalf(k)}, nil }

func (okpKeys) checkGenerate(*params) error { return nil }

func (f okpKeys) generate(*params) ([]*key, error) {
	data := f.pair(random(f.privateSize))
	return []*key{{kind: public, data: data[f.privateSize:]}, {kind: private, data: data}}, nil
}

func (f okpKeys) importKey(_ *params, in *input) (*key, error) {
	octets, err := f.octets(in)
	if err != nil {
		return nil, err
	}
	if in.kind == public {
		if len(octets) != f.publicSize {
			return nil, dataError("a public " + f.name + " key has another length")
		}
		return &key{data: octets}, nil
	}
	if len(octets) != f.privateSize {
		return nil, dataError("a private " + f.name + " key has another length")
	}
	k := &key{data: f.pair(octets)}
	if in.format == "jwk" {
		x, err := in.jwk.octets("x")
		if err != nil {
			return nil, err
		}
		if !slices.Equal(x, k.data[f.privateSize:]) {
			return nil, dataError("the public key is not that of the private one")
		}
	}
	return k, nil
}

// octets are those of the public or the private key that the input holds.
func (f okpKeys) octets(in *input) ([]byte, error) {
	switch in.format {
	case "spki":
		return in.unwrap(parseSPKI, f.id, f.name)
	case "pkcs8":
		inner, err := in.unwrap(parsePKCS8, f.id, f.name)
		if err != nil {
			return nil, err
		}
		s := cryptobyte.String(inner)
		var octets cryptobyte.String
		if !s.ReadASN1(&octets, cbasn1.OCTET_STRING) || !s.Empty() {
			return nil, dataError("not a key of " + f.name)
		}
		return octets, nil
	case "jwk":
		return f.fromJWK(in)
	}
	return in.data, nil
}

func (f okpKeys) fromJWK(in *input) ([]byte, error) {
	if err := in.checkJWK("OKP", f.use); err != nil {
		return nil, err
	}
	if crv, _ := in.jwk.text("crv"); crv != f.name {
		return nil, dataError(`the JWK's crv is not "` + f.name + `"`)
	}
	if f.jwkAlg {
		if err := in.checkAlg(f.name, "EdDSA"); err != nil {
			return nil, err
		}
	}
	if in.kind == private {
		return in.jwk.octets("d")
	}
	return in.jwk.octets("x")
}

func (f okpKeys) exportKey(k *key, format string) (b []byte, j jwk, err error) {
	switch format {
	case "spki":
		b, err = marshalSPKI(f.id, k.data)
	case "pkcs8":
		var inner cryptobyte.Builder
		inner.AddASN1OctetString(f.privateHalf(k))
		b, err = marshalPKCS8(f.id, inner.BytesOrPanic())
	case "jwk":
		j = jwk{"kty": "OKP", "crv": f.name}
		if f.jwkAlg {
			j["alg"] = f.name
		}
		j.setOctets("x", f.publicHalf(k))
		if k.kind == private {
			j.setOctets("d", f.privateHalf(k))
		}
	default:
		b = k.data
	}
	return b, j, err
}

// ed25519Family is Ed25519 (RFC 8032, 5.1).
type ed25519Family struct{ okpKeys }

func ed25519Public(seed []byte) []byte {
	return ed25519.NewKeyFromSeed(seed)[ed25519.SeedSize:]
}

func (ed25519Family) checkSign(*params) error { return nil }

func (ed25519Family) sign(k *key, _ *params, message []byte) ([]byte, error) {
	return ed25519.Sign(k.data, message), nil // the library's private key is the seed and the public key, too
}

// verify refuses what the specification refuses beyond RFC 8032: keys and R of small order.
func (ed25519Family) verify(k *key, _ *params, signature, message []byte) (bool, error) {
	if len(signature) != ed25519.SignatureSize || smallOrder(k.data) || smallOrder(signature[:32]) {
		return false, nil
	}
	return ed25519.Verify(k.data, message, signature), nil
}

// ed448Family is Ed448 (RFC 8032, 5.2).
type ed448Family struct{ okpKeys }

func ed448Public(seed []byte) []byte {
	return ed448.NewKeyFromSeed(seed)[ed448.SeedSize:]
}

func (ed448Family) checkSign(p *params) error {
	if len(p.bytes("context")) > ed448.ContextMaxSize {
		return operationError("the context of Ed448 has 255 bytes or fewer")
	}
	return nil
}

func (ed448Family) sign(k *key, p *params, message []byte) ([]byte, error) {
	return ed448.Sign(k.data, message, string(p.bytes("context"))), nil
}

func (ed448Family) verify(k *key, p *params, signature, message []byte) (bool, error) {
	if len(signature) != ed448.SignatureSize || smallOrder448(k.data) || smallOrder448(signature[:ed448.PublicKeySize]) {
		return false, nil
	}
	return ed448.Verify(k.data, message, signature, string(p.bytes("context"))), nil
}

// dhFamily is X25519 and X448 (RFC 7748, 6).
type dhFamily struct {
	okpKeys
	shared func(private, peer []byte) (secret []byte, ok bool)
}

func (dhFamily) checkDerive(p *params, _ int) error {
	_, err := p.publicKey()
	return err
}

func (f dhFamily) derive(k *key, p *params, length int) ([]byte, error) {
	peer, err := p.publicKey()
	if err != nil {
		return nil, err
	}
	secret, ok := f.shared(f.privateHalf(k), peer.data)
	if !ok {
		return nil, operationError("the public key is a point of small order")
	}
	return truncate(secret, length)
}

func x25519Public(private []byte) []byte {
	k, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		panic(err) // the length is right, and there is nothing else to be wrong
	}
	return k.PublicKey().Bytes()
}

func x25519Shared(private, peer []byte) ([]byte, bool) {
	k, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, false
	}
	pub, err := ecdh.X25519().NewPublicKey(peer)
	if err != nil {
		return nil, false
	}
	secret, err := k.ECDH(pub)
	return secret, err == nil
}

func x448Public(private []byte) []byte {
	var pub x448.Key
	x448.KeyGen(&pub, (*x448.Key)(private))
	return pub[:]
}

func x448Shared(private, peer []byte) ([]byte, bool) {
	var shared x448.Key
	ok := x448.Shared(&shared, (*x448.Key)(private), (*x448.Key)(peer))
	return shared[:], ok
}
