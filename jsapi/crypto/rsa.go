package crypto

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"strings"
)

func rsaAlgorithms() []*algorithm {
	var (
		none     = []string{}
		generate = []string{"modulusLength", "L", "publicExponent", "I", "hash", "H"}
		imports  = []string{"hash", "H"}
		formats  = []string{"spki", "pkcs8", "jwk"}
	)
	signs := func(name string, family any, params []string) *algorithm {
		return &algorithm{name: name, family: family, formats: formats, export: true, dictionaries: map[string][]string{
			"sign": params, "verify": params, "generateKey": generate, "importKey": imports, "exportKey": none,
		}}
	}
	label := []string{"label", "b"}
	return []*algorithm{
		signs("RSASSA-PKCS1-v1_5", pkcs1Family{rsaKeys{"RS", "sig", useSign, useVerify}}, none),
		signs("RSA-PSS", pssFamily{rsaKeys{"PS", "sig", useSign, useVerify}}, []string{"saltLength", "L"}),
		{
			name:    "RSA-OAEP",
			family:  oaepFamily{rsaKeys{"RSA-OAEP", "enc", useDecrypt | useUnwrapKey, useEncrypt | useWrapKey}},
			formats: formats, export: true, dictionaries: map[string][]string{
				"encrypt": label, "decrypt": label, "generateKey": generate, "importKey": imports, "exportKey": none,
			},
		},
	}
}

// rsaFamily is what tells RSA keys from others.
type rsaFamily interface{ publicExponent(k *key) []byte }

// rsaKeys is what the keys of RSA's three algorithms have in common: data is a PKCS #1 structure. alg is how the alg of
// a JWK begins, use what its use may say.
type rsaKeys struct {
	alg, use         string
	ofPriv, ofPublic usages
}

// Bounds of a modulus in bits: the library refuses shorter ones as insecure, and longer ones take too long. A key of the
// longest takes a minute to generate.
const (
	minModulus    = 1024
	maxModulus    = 8192
	maxGenerated  = 4096
	maxRSAEncoded = 8 * maxModulus / 8 // bytes: a private key is some five times its modulus
)

var rsaID = algorithmID{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, params: asn1.NullBytes}

func (f rsaKeys) uses(k kind) usages {
	switch k {
	case public:
		return f.ofPublic
	case private:
		return f.ofPriv
	}
	return 0
}

// publicOf is the public half of either kind of key.
func (rsaKeys) publicOf(k *key) (*rsa.PublicKey, error) {
	if k.kind == public {
		return x509.ParsePKCS1PublicKey(k.data)
	}
	priv, err := x509.ParsePKCS1PrivateKey(k.data)
	if err != nil {
		return nil, err
	}
	return &priv.PublicKey, nil
}

func (rsaKeys) privateOf(k *key) (*rsa.PrivateKey, error) { return x509.ParsePKCS1PrivateKey(k.data) }

// publicExponent is a BigInteger: big-endian octets.
func (f rsaKeys) publicExponent(k *key) []byte {
	pub, err := f.publicOf(k)
	if err != nil {
		return nil // the data was made by the library
	}
	return big.NewInt(int64(pub.E)).Bytes()
}

func (f rsaKeys) public(k *key) (*key, error) {
	pub, err := f.publicOf(k)
	if err != nil {
		return nil, err
	}
	return publicRSA(pub, k.hash), nil
}

func publicRSA(pub *rsa.PublicKey, hash string) *key {
	return &key{kind: public, hash: hash, length: pub.N.BitLen(), data: x509.MarshalPKCS1PublicKey(pub)}
}

func privateRSA(priv *rsa.PrivateKey, hash string) *key {
	return &key{kind: private, hash: hash, length: priv.N.BitLen(), data: x509.MarshalPKCS1PrivateKey(priv)}
}

func (rsaKeys) checkGenerate(p *params) error {
	if _, err := p.hash(); err != nil {
		return err
	}
	if bits := p.numberOr("modulusLength", 0); bits < minModulus || bits > maxGenerated {
		return operationError("the modulusLength is 1,024 to 4,096 bits")
	}
	_, err := exponentOf(p)
	return err
}

// exponentOf is the public exponent, an odd number from 3 on that the library can hold.
func exponentOf(p *params) (int, error) {
	e := new(big.Int).SetBytes(p.bytes("publicExponent"))
	if e.Bit(0) == 0 || e.BitLen() < 2 || e.BitLen() > 31 {
		return 0, operationError("the publicExponent is an odd number of 3 to 2^31-1")
	}
	return int(e.Int64()), nil
}

func (rsaKeys) generate(p *params) ([]*key, error) {
	e, err := exponentOf(p)
	if err != nil {
		return nil, err
	}
	priv, err := generateRSA(p.numberOr("modulusLength", 0), e)
	if err != nil {
		return nil, operationError(err.Error())
	}
	hash := p.text("hash")
	return []*key{publicRSA(&priv.PublicKey, hash), privateRSA(priv, hash)}, nil
}

// generateRSA is rsa.GenerateKey for every exponent; the library has 65,537 alone.
func generateRSA(bits, e int) (*rsa.PrivateKey, error) {
	if e == 65537 {
		return rsa.GenerateKey(rand.Reader, bits)
	}
	var (
		one  = big.NewInt(1)
		bigE = big.NewInt(int64(e))
	)
	for {
		p, err := rand.Prime(rand.Reader, (bits+1)/2)
		if err != nil {
			return nil, err
		}
		q, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, err
		}
		n := new(big.Int).Mul(p, q)
		totient := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(bigE, totient)
		if d == nil || n.BitLen() != bits || p.Cmp(q) == 0 {
			continue
		}
		return checkedRSA(&rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: e}, D: d, Primes: []*big.Int{p, q}})
	}
}

func checkedRSA(priv *rsa.PrivateKey) (*rsa.PrivateKey, error) {
	priv.Precompute()
	return priv, priv.Validate()
}

func (f rsaKeys) importKey(p *params, in *input) (*key, error) {
	if _, err := p.hash(); err != nil {
		return nil, err
	}
	if len(in.data) > maxRSAEncoded {
		return nil, errModulus
	}
	hash := p.text("hash")
	if in.kind == public {
		pub, err := f.importPublic(in, hash)
		if err != nil {
			return nil, err
		}
		return publicRSA(pub, hash), checkPublicRSA(pub)
	}
	priv, err := f.importPrivate(in, hash)
	if err != nil {
		return nil, err
	}
	return privateRSA(priv, hash), checkPublicRSA(&priv.PublicKey)
}

var errModulus = dataError("the modulus has fewer than 1,024 or more than 8,192 bits")

func checkPublicRSA(pub *rsa.PublicKey) error {
	if bits := pub.N.BitLen(); bits < minModulus || bits > maxModulus {
		return errModulus
	}
	if pub.E < 3 || pub.E&1 == 0 {
		return dataError("the public exponent is no odd number from 3 on")
	}
	return nil
}

func (f rsaKeys) importPublic(in *input, hash string) (*rsa.PublicKey, error) {
	if in.format == "jwk" {
		return f.publicFromJWK(in, hash)
	}
	id, der, err := parseSPKI(in.data)
	if err != nil {
		return nil, err
	}
	pub, err := x509.ParsePKCS1PublicKey(der)
	if err != nil || !id.oid.Equal(rsaID.oid) {
		return nil, dataError("not an RSA public key")
	}
	return pub, nil
}

func (f rsaKeys) importPrivate(in *input, hash string) (*rsa.PrivateKey, error) {
	if in.format == "jwk" {
		return f.privateFromJWK(in, hash)
	}
	id, der, err := parsePKCS8(in.data)
	if err != nil {
		return nil, err
	}
	priv, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil || !id.oid.Equal(rsaID.oid) || len(priv.Primes) != 2 {
		return nil, dataError("not an RSA private key of two primes")
	}
	return priv, nil
}

// jwkAlg is the alg of a JWK with the hash function, "" if none is registered.
func (f rsaKeys) jwkAlg(hash string) string {
	size, ok := strings.CutPrefix(hash, "SHA-")
	switch {
	case !ok:
		return ""
	case f.use == "sig":
		return f.alg + size
	case hash == "SHA-1":
		return f.alg
	}
	return f.alg + "-" + size
}

func (f rsaKeys) publicFromJWK(in *input, hash string) (*rsa.PublicKey, error) {
	if err := in.checkJWK("RSA", f.use); err != nil {
		return nil, err
	}
	if alg := f.jwkAlg(hash); alg != "" {
		if err := in.checkAlg(alg); err != nil {
			return nil, err
		}
	}
	n, err := rsaInteger(in.jwk, "n")
	if err != nil {
		return nil, err
	}
	e, err := rsaInteger(in.jwk, "e")
	if err != nil {
		return nil, err
	}
	if e.BitLen() > 31 {
		return nil, dataError("the JWK's e is out of bounds")
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

// rsaInteger is a member of the type Base64urlUInt. Nothing is calculated with numbers that are too large.
func rsaInteger(j jwk, name string) (*big.Int, error) {
	b, err := j.octets(name)
	if err != nil {
		return nil, err
	}
	if len(b) > maxModulus/8+1 { // with a zero before it
		return nil, errModulus
	}
	return new(big.Int).SetBytes(b), nil
}

func (f rsaKeys) privateFromJWK(in *input, hash string) (*rsa.PrivateKey, error) {
	pub, err := f.publicFromJWK(in, hash)
	if err != nil {
		return nil, err
	}
	if _, ok := in.jwk["oth"]; ok {
		return nil, notSupported("RSA keys of more than two primes are not supported")
	}
	var numbers [6]*big.Int
	for i, name := range []string{"d", "p", "q", "dp", "dq", "qi"} {
		if numbers[i], err = rsaInteger(in.jwk, name); err != nil {
			return nil, err
		}
	}
	priv, err := checkedRSA(&rsa.PrivateKey{PublicKey: *pub, D: numbers[0], Primes: numbers[1:3]})
	if err != nil || priv.Precomputed.Dp.Cmp(numbers[3]) != 0 || priv.Precomputed.Dq.Cmp(numbers[4]) != 0 ||
		priv.Precomputed.Qinv.Cmp(numbers[5]) != 0 {
		return nil, dataError("the JWK's numbers are those of no RSA key")
	}
	return priv, nil
}

func (f rsaKeys) exportKey(k *key, format string) (b []byte, j jwk, err error) {
	switch format {
	case "spki":
		b, err = marshalSPKI(rsaID, k.data)
		return b, nil, err
	case "pkcs8":
		b, err = marshalPKCS8(rsaID, k.data)
		return b, nil, err
	}
	pub, err := f.publicOf(k)
	if err != nil {
		return nil, nil, err
	}
	j = jwk{"kty": "RSA"}
	if alg := f.jwkAlg(k.hash); alg != "" {
		j["alg"] = alg
	}
	j.setOctets("n", pub.N.Bytes())
	j.setOctets("e", big.NewInt(int64(pub.E)).Bytes())
	if k.kind == private {
		priv, err := f.privateOf(k)
		if err != nil {
			return nil, nil, err
		}
		for name, n := range map[string]*big.Int{
			"d": priv.D, "p": priv.Primes[0], "q": priv.Primes[1],
			"dp": priv.Precomputed.Dp, "dq": priv.Precomputed.Dq, "qi": priv.Precomputed.Qinv,
		} {
			j.setOctets(name, n.Bytes())
		}
	}
	return nil, j, nil
}

// pkcs1Family is RSASSA-PKCS1-v1_5 (RFC 3447, 8.2).
type pkcs1Family struct{ rsaKeys }

func (pkcs1Family) checkSign(*params) error { return nil }

func (f pkcs1Family) sign(k *key, _ *params, message []byte) ([]byte, error) {
	priv, err := f.privateOf(k)
	if err != nil {
		return nil, err
	}
	h := hashes[k.hash]
	signature, err := rsa.SignPKCS1v15(nil, priv, h, sum(h, message))
	if err != nil {
		return nil, operationError(err.Error())
	}
	return signature, nil
}

func (f pkcs1Family) verify(k *key, _ *params, signature, message []byte) (bool, error) {
	pub, err := f.publicOf(k)
	if err != nil {
		return false, err
	}
	h := hashes[k.hash]
	return rsa.VerifyPKCS1v15(pub, h, sum(h, message), signature) == nil, nil
}

// oaepFamily is RSA-OAEP (RFC 3447, 7.1).
type oaepFamily struct{ rsaKeys }

func (oaepFamily) checkEncrypt(*params) error { return nil }

func (f oaepFamily) encrypt(k *key, p *params, plaintext []byte) ([]byte, error) {
	pub, err := f.publicOf(k)
	if err != nil {
		return nil, err
	}
	out, err := rsa.EncryptOAEP(hashes[k.hash].New(), rand.Reader, pub, plaintext, p.bytes("label"))
	if errors.Is(err, rsa.ErrMessageTooLong) {
		return nil, operationError("the data is too long for the key")
	}
	return out, err
}

func (f oaepFamily) decrypt(k *key, p *params, ciphertext []byte) ([]byte, error) {
	priv, err := f.privateOf(k)
	if err != nil {
		return nil, err
	}
	out, err := rsa.DecryptOAEP(hashes[k.hash].New(), nil, priv, ciphertext, p.bytes("label"))
	if err != nil {
		return nil, errDecrypt
	}
	return slices.Clip(out), nil
}
