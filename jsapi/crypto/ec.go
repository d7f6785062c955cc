package crypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func ecAlgorithms() []*algorithm {
	var (
		none    = []string{}
		curve   = []string{"namedCurve", "S"}
		hash    = []string{"hash", "H"}
		formats = []string{"raw", "raw-public", "spki", "pkcs8", "jwk"}
	)
	return []*algorithm{
		{
			name: "ECDSA", family: ecdsaFamily{ecKeys{"sig", useSign, useVerify}}, formats: formats, export: true,
			dictionaries: map[string][]string{
				"sign": hash, "verify": hash, "generateKey": curve, "importKey": curve, "exportKey": none,
			},
		},
		{
			name: "ECDH", family: ecdhFamily{ecKeys{"enc", useDeriveKey | useDeriveBits, 0}}, formats: formats, export: true,
			dictionaries: map[string][]string{
				"deriveBits": {"public", "K"}, "generateKey": curve, "importKey": curve, "exportKey": none,
			},
		},
	}
}

// namedCurve is one of the curves that the specification names.
type namedCurve struct {
	curve elliptic.Curve
	ecdh  ecdh.Curve
	id    algorithmID
}

var namedCurves = map[string]*namedCurve{
	"P-256": newCurve(elliptic.P256(), ecdh.P256(), asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}),
	"P-384": newCurve(elliptic.P384(), ecdh.P384(), asn1.ObjectIdentifier{1, 3, 132, 0, 34}),
	"P-521": newCurve(elliptic.P521(), ecdh.P521(), asn1.ObjectIdentifier{1, 3, 132, 0, 35}),
}

func newCurve(curve elliptic.Curve, dh ecdh.Curve, oid asn1.ObjectIdentifier) *namedCurve {
	params, err := asn1.Marshal(oid)
	if err != nil {
		panic(err) // the identifiers are those above
	}
	return &namedCurve{curve, dh, algorithmID{asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, params}}
}

// size is that of a coordinate and of a scalar, in octets.
func (c *namedCurve) size() int { return (c.curve.Params().BitSize + 7) / 8 }

// point is an uncompressed point on the curve, from octets that may be a compressed one.
func (c *namedCurve) point(octets []byte) ([]byte, error) {
	if len(octets) == 1+c.size() {
		x, y := elliptic.UnmarshalCompressed(c.curve, octets)
		if x == nil {
			return nil, dataError("not a point on the curve")
		}
		octets = slices.Concat([]byte{4}, x.FillBytes(make([]byte, c.size())), y.FillBytes(make([]byte, c.size())))
	}
	if _, err := ecdsa.ParseUncompressedPublicKey(c.curve, octets); err != nil {
		return nil, dataError("not a point on the curve")
	}
	return octets, nil
}

// pair is the data of a private key: the scalar, and the uncompressed point that it gives.
func (c *namedCurve) pair(scalar []byte) ([]byte, error) {
	priv, err := ecdsa.ParseRawPrivateKey(c.curve, scalar)
	if err != nil {
		return nil, dataError("not a private key of the curve")
	}
	point, err := priv.PublicKey.Bytes()
	if err != nil {
		return nil, dataError("not a private key of the curve")
	}
	return slices.Concat(scalar, point), nil
}

// ecKeys is what ECDSA and ECDH keys have in common. use is what the use of a JWK may say.
type ecKeys struct {
	use              string
	ofPriv, ofPublic usages
}

func (f ecKeys) uses(k kind) usages {
	switch k {
	case public:
		return f.ofPublic
	case private:
		return f.ofPriv
	}
	return 0
}

// curveOf is the curve of a key; its name was checked when the key was made.
func curveOf(k *key) *namedCurve { return namedCurves[k.curve] }

func scalarOf(k *key) []byte { return k.data[:curveOf(k).size()] }

// pointOf is the public half of either kind of key.
func pointOf(k *key) []byte {
	if k.kind == private {
		return k.data[curveOf(k).size():]
	}
	return k.data
}

func (ecKeys) public(k *key) (*key, error) { return &key{curve: k.curve, data: pointOf(k)}, nil }

func (ecKeys) checkGenerate(p *params) error {
	if namedCurves[p.text("namedCurve")] == nil {
		return notSupported("the curve is not P-256, P-384 or P-521")
	}
	return nil
}

func (ecKeys) generate(p *params) ([]*key, error) {
	name := p.text("namedCurve")
	priv, err := ecdsa.GenerateKey(namedCurves[name].curve, rand.Reader)
	if err != nil {
		return nil, operationError(err.Error())
	}
	scalar, err := priv.Bytes()
	if err != nil {
		return nil, operationError(err.Error())
	}
	data, err := namedCurves[name].pair(scalar)
	if err != nil {
		return nil, err
	}
	k := &key{kind: private, curve: name, data: data}
	return []*key{{kind: public, curve: name, data: pointOf(k)}, k}, nil
}

func (f ecKeys) importKey(p *params, in *input) (*key, error) {
	if err := f.checkGenerate(p); err != nil {
		return nil, err
	}
	name := p.text("namedCurve")
	curve := namedCurves[name]
	k := &key{curve: name}
	var err error
	switch in.format {
	case "raw", "raw-public":
		k.data, err = curve.point(in.data)
	case "spki":
		k.data, err = curve.importSPKI(in.data)
	case "pkcs8":
		k.data, err = curve.importPKCS8(in.data)
	case "jwk":
		k.data, err = f.importJWK(in, name, curve)
	}
	return k, err
}

var errCurve = dataError("the key is not one of the curve")

func (c *namedCurve) is(id algorithmID) bool {
	return id.oid.Equal(c.id.oid) && slices.Equal(id.params, c.id.params)
}

func (c *namedCurve) importSPKI(der []byte) ([]byte, error) {
	id, octets, err := parseSPKI(der)
	if err != nil {
		return nil, err
	}
	if !c.is(id) {
		return nil, errCurve
	}
	return c.point(octets)
}

// importPKCS8 reads an ECPrivateKey (RFC 5915, 3), in which the curve and the point may stand once more.
func (c *namedCurve) importPKCS8(der []byte) ([]byte, error) {
	id, inner, err := parsePKCS8(der)
	if err != nil {
		return nil, err
	}
	if !c.is(id) {
		return nil, errCurve
	}
	s, bad := cryptobyte.String(inner), dataError("not an ECPrivateKey")
	var (
		seq, scalar, params, bits cryptobyte.String
		version                   int64
		hasParams, hasPoint       bool
		point                     []byte
	)
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !s.Empty() ||
		!seq.ReadASN1Integer(&version) || version != 1 ||
		!seq.ReadASN1(&scalar, cbasn1.OCTET_STRING) ||
		!seq.ReadOptionalASN1(&params, &hasParams, cbasn1.Tag(0).ContextSpecific().Constructed()) ||
		!seq.ReadOptionalASN1(&bits, &hasPoint, cbasn1.Tag(1).ContextSpecific().Constructed()) || !seq.Empty() ||
		hasPoint && !bits.ReadASN1BitStringAsBytes(&point) {
		return nil, bad
	}
	if hasParams && !slices.Equal(params, c.id.params) {
		return nil, errCurve
	}
	data, err := c.pair(scalar)
	if err != nil {
		return nil, err
	}
	if hasPoint {
		if point, err = c.point(point); err != nil || !slices.Equal(point, data[len(scalar):]) {
			return nil, dataError("the public key is not that of the private one")
		}
	}
	return data, nil
}

func (f ecKeys) importJWK(in *input, name string, c *namedCurve) ([]byte, error) {
	if err := in.checkJWK("EC", f.use); err != nil {
		return nil, err
	}
	if crv, _ := in.jwk.text("crv"); crv != name {
		return nil, dataError(`the JWK's crv is not "` + name + `"`)
	}
	octets := []byte{4}
	for _, member := range []string{"x", "y"} {
		b, err := in.jwk.octets(member)
		if err != nil {
			return nil, err
		}
		if len(b) != c.size() {
			return nil, dataError("the JWK's " + member + " has not the length of the curve's numbers")
		}
		octets = append(octets, b...)
	}
	point, err := c.point(octets)
	if err != nil || in.kind == public {
		return point, err
	}
	scalar, err := in.jwk.octets("d")
	if err != nil {
		return nil, err
	}
	data, err := c.pair(scalar)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(point, data[len(scalar):]) {
		return nil, dataError("the public key is not that of the private one")
	}
	return data, nil
}

func (ecKeys) exportKey(k *key, format string) (b []byte, j jwk, err error) {
	c := curveOf(k)
	switch format {
	case "spki":
		b, err = marshalSPKI(c.id, k.data)
	case "pkcs8":
		b, err = marshalECPrivateKey(k)
	case "jwk":
		point, size := pointOf(k), c.size()
		j = jwk{"kty": "EC", "crv": k.curve}
		j.setOctets("x", point[1:1+size])
		j.setOctets("y", point[1+size:])
		if k.kind == private {
			j.setOctets("d", scalarOf(k))
		}
	default:
		b = k.data
	}
	return b, j, err
}

func marshalECPrivateKey(k *key) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1OctetString(scalarOf(k))
		b.AddASN1(cbasn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1BitString(pointOf(k))
		})
	})
	inner, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return marshalPKCS8(curveOf(k).id, inner)
}

// ecdsaFamily is ECDSA, with signatures that are r and s beside each other.
type ecdsaFamily struct{ ecKeys }

func (ecdsaFamily) checkSign(p *params) error {
	_, err := p.hash()
	return err
}

func (ecdsaFamily) sign(k *key, p *params, message []byte) ([]byte, error) {
	h, err := p.hash()
	if err != nil {
		return nil, err
	}
	priv, err := ecdsa.ParseRawPrivateKey(curveOf(k).curve, scalarOf(k))
	if err != nil {
		return nil, err
	}
	r, s, err := ecdsa.Sign(rand.Reader, priv, sum(h, message))
	if err != nil {
		return nil, operationError(err.Error())
	}
	size := curveOf(k).size()
	out := make([]byte, 2*size)
	r.FillBytes(out[:size])
	s.FillBytes(out[size:])
	return out, nil
}

func (ecdsaFamily) verify(k *key, p *params, signature, message []byte) (bool, error) {
	h, err := p.hash()
	if err != nil {
		return false, err
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(curveOf(k).curve, k.data)
	if err != nil {
		return false, err
	}
	size := curveOf(k).size()
	if len(signature) != 2*size {
		return false, nil
	}
	r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	return ecdsa.Verify(pub, sum(h, message), r, s), nil
}

// ecdhFamily is ECDH, whose secret is the x of the shared point.
type ecdhFamily struct{ ecKeys }

func (ecdhFamily) checkDerive(p *params, _ int) error {
	_, err := p.publicKey()
	return err
}

func (ecdhFamily) derive(k *key, p *params, length int) ([]byte, error) {
	peer, err := p.publicKey()
	if err != nil {
		return nil, err
	}
	if peer.curve != k.curve {
		return nil, invalidAccess("the keys are of different curves")
	}
	priv, err := curveOf(k).ecdh.NewPrivateKey(scalarOf(k))
	if err != nil {
		return nil, operationError(err.Error())
	}
	pub, err := curveOf(k).ecdh.NewPublicKey(peer.data)
	if err != nil {
		return nil, operationError(err.Error())
	}
	shared, err := priv.ECDH(pub)
	if err != nil {
		return nil, operationError(err.Error())
	}
	return truncate(shared, length)
}

// publicKey is the member public of the parameters of a key agreement.
func (p *params) publicKey() (*key, error) {
	k, err := readKey(p.bytes("public"))
	if err != nil {
		return nil, err
	}
	if k.kind != public || k.alg != p.alg {
		return nil, invalidAccess("the member public is not a public " + p.alg.name + " key")
	}
	return k, nil
}

// truncate is the beginning of a secret, so many bits of it; those of the last octet that are not asked for are zero.
func truncate(secret []byte, bits int) ([]byte, error) {
	switch {
	case bits == nullLength:
		return secret, nil
	case bits > len(secret)*8:
		return nil, operationError("the length is more than the secret's")
	}
	out := secret[:(bits+7)/8]
	if rest := bits % 8; rest != 0 {
		out[len(out)-1] &= 0xff << (8 - rest)
	}
	return out, nil
}
