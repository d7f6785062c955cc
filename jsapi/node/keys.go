package node

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"

	"rowan/engine"
	"rowan/engine/value"
)

func cryptoError(name, code, message string) error {
	return &value.Error{Name: name, Code: code, Message: message}
}

// parseKey reads a key in PEM, or in DER if it is none: PKCS #8, PKCS #1, SEC 1, SPKI, or a certificate.
func parseKey(text []byte) (any, error) {
	der := text
	if block, _ := pem.Decode(text); block != nil {
		der = block.Bytes
	}
	for _, parse := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(b []byte) (any, error) { return x509.ParsePKCS1PrivateKey(b) },
		func(b []byte) (any, error) { return x509.ParseECPrivateKey(b) },
		x509.ParsePKIXPublicKey,
		func(b []byte) (any, error) { return x509.ParsePKCS1PublicKey(b) },
		func(b []byte) (any, error) {
			c, err := x509.ParseCertificate(b)
			if err != nil {
				return nil, err
			}
			return c.PublicKey, nil
		},
	} {
		if key, err := parse(der); err == nil {
			return key, nil
		}
	}
	return nil, cryptoError("Error", "ERR_OSSL_UNSUPPORTED", "the key cannot be read: it is no PEM or DER of an RSA, EC or Ed25519 key")
}

// keyInfo is the host function keyInfo(key): what it is, and its public key as SPKI, its private one as PKCS #8.
func keyInfo(_ *engine.Turn, args value.Args) (any, error) {
	text, err := args.Bytes(0)
	if err != nil {
		return nil, err
	}
	key, err := parseKey(text)
	if err != nil {
		return nil, err
	}
	info := value.Object{}
	public := key
	if private, ok := key.(crypto.Signer); ok {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		info = append(info, value.Field{Key: "private", Value: der})
		public = private.Public()
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	info = append(info, value.Field{Key: "public", Value: der})
	kind, details := "", value.Object{}
	switch k := public.(type) {
	case *rsa.PublicKey:
		kind, details = "rsa", value.Object{{Key: "modulusLength", Value: k.N.BitLen()}}
	case *ecdsa.PublicKey:
		kind, details = "ec", value.Object{{Key: "namedCurve", Value: curves[k.Curve]}}
	case ed25519.PublicKey:
		kind = "ed25519"
	}
	return append(info, value.Field{Key: "type", Value: kind}, value.Field{Key: "details", Value: details}), nil
}

var curves = map[elliptic.Curve]string{elliptic.P256(): "prime256v1", elliptic.P384(): "secp384r1", elliptic.P521(): "secp521r1"}

var signatureHashes = map[string]crypto.Hash{
	"sha1": crypto.SHA1, "sha224": crypto.SHA224, "sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512,
}

// signed are the arguments (key, algorithm, data, padding, raw) of sign and verify: padding is "pss" or "", raw is whether a signature
// of ECDSA is the two numbers rather than DER.
type signed struct {
	key    any
	hash   crypto.Hash
	digest []byte // the data itself for Ed25519
	pss    bool
	raw    bool
}

func signedArgs(args value.Args) (s signed, err error) {
	text, err := args.Bytes(0)
	if err != nil {
		return s, err
	}
	if s.key, err = parseKey(text); err != nil {
		return s, err
	}
	algorithm, err := args.String(1)
	if err != nil {
		return s, err
	}
	data, err := args.Bytes(2)
	if err != nil {
		return s, err
	}
	padding, err := args.String(3)
	if err != nil {
		return s, err
	}
	if s.raw, err = args.Bool(4); err != nil {
		return s, err
	}
	s.pss = padding == "pss"
	switch s.key.(type) {
	case ed25519.PrivateKey, ed25519.PublicKey:
		s.digest = data
		return s, nil
	}
	var ok bool
	if s.hash, ok = signatureHashes[algorithm]; !ok {
		return s, cryptoError("Error", "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: "+algorithm)
	}
	h := s.hash.New()
	h.Write(data)
	s.digest = h.Sum(nil)
	return s, nil
}

func sign(_ *engine.Turn, args value.Args) (any, error) {
	s, err := signedArgs(args)
	if err != nil {
		return nil, err
	}
	switch key := s.key.(type) {
	case *rsa.PrivateKey:
		if s.pss {
			salt, err := args.IntOr(5, rsa.PSSSaltLengthEqualsHash)
			if err != nil {
				return nil, err
			}
			return rsa.SignPSS(rand.Reader, key, s.hash, s.digest, &rsa.PSSOptions{SaltLength: salt})
		}
		return rsa.SignPKCS1v15(nil, key, s.hash, s.digest)
	case *ecdsa.PrivateKey:
		if !s.raw {
			return ecdsa.SignASN1(rand.Reader, key, s.digest)
		}
		x, y, err := ecdsa.Sign(rand.Reader, key, s.digest)
		if err != nil {
			return nil, err
		}
		n := (key.Curve.Params().BitSize + 7) / 8
		out := make([]byte, 2*n)
		x.FillBytes(out[:n])
		y.FillBytes(out[n:])
		return out, nil
	case ed25519.PrivateKey:
		return ed25519.Sign(key, s.digest), nil
	}
	return nil, cryptoError("Error", "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", "signing takes a private key")
}

// verify is the host function verify(key, algorithm, data, padding, raw, signature).
func verify(_ *engine.Turn, args value.Args) (any, error) {
	s, err := signedArgs(args)
	if err != nil {
		return nil, err
	}
	signature, err := args.Bytes(5)
	if err != nil {
		return nil, err
	}
	if private, ok := s.key.(crypto.Signer); ok {
		s.key = private.Public()
	}
	switch key := s.key.(type) {
	case *rsa.PublicKey:
		if s.pss {
			return rsa.VerifyPSS(key, s.hash, s.digest, signature, nil) == nil, nil
		}
		return rsa.VerifyPKCS1v15(key, s.hash, s.digest, signature) == nil, nil
	case *ecdsa.PublicKey:
		if !s.raw {
			return ecdsa.VerifyASN1(key, s.digest, signature), nil
		}
		n := len(signature) / 2
		x, y := new(big.Int).SetBytes(signature[:n]), new(big.Int).SetBytes(signature[n:])
		return ecdsa.Verify(key, s.digest, x, y), nil
	case ed25519.PublicKey:
		return ed25519.Verify(key, s.digest, signature), nil
	}
	return false, nil
}

// cipherText is the host function cipher(algorithm, encrypt, key, iv, data, aad, tag, pad): the data in the other form; when it
// encrypts with GCM, its tag follows.
func cipherText(_ *engine.Turn, args value.Args) (any, error) {
	algorithm, err := args.String(0)
	if err != nil {
		return nil, err
	}
	encrypt, err := args.Bool(1)
	if err != nil {
		return nil, err
	}
	var parts [5][]byte
	for i := range parts {
		if parts[i], err = args.Bytes(2 + i); err != nil {
			return nil, err
		}
	}
	pad, err := args.Bool(7)
	if err != nil {
		return nil, err
	}
	key, iv, data, aad, tag := parts[0], parts[1], parts[2], parts[3], parts[4]
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, cryptoError("RangeError", "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length")
	}
	mode := algorithm[strings.LastIndexByte(algorithm, '-')+1:]
	if mode == "gcm" {
		if len(iv) == 0 {
			return nil, cryptoError("TypeError", "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
		}
		gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
		if err != nil {
			return nil, err
		}
		if encrypt {
			return gcm.Seal(nil, iv, data, aad), nil
		}
		plain, err := gcm.Open(nil, iv, append(data, tag...), aad)
		if err != nil {
			return nil, cryptoError("Error", "", "Unsupported state or unable to authenticate data")
		}
		return plain, nil
	}
	if len(iv) != aes.BlockSize {
		return nil, cryptoError("TypeError", "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
	}
	if mode == "ctr" {
		out := make([]byte, len(data))
		cipher.NewCTR(block, iv).XORKeyStream(out, data)
		return out, nil
	}
	if encrypt {
		if pad {
			n := aes.BlockSize - len(data)%aes.BlockSize
			for range n {
				data = append(data, byte(n))
			}
		}
		if len(data)%aes.BlockSize != 0 {
			return nil, cryptoError("Error", "ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH", "wrong final block length")
		}
		out := make([]byte, len(data))
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, data)
		return out, nil
	}
	if len(data)%aes.BlockSize != 0 || (pad && len(data) == 0) {
		return nil, cryptoError("Error", "ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH", "wrong final block length")
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
	if !pad {
		return out, nil
	}
	n := int(out[len(out)-1])
	bad := n == 0 || n > aes.BlockSize
	for i := len(out) - min(n, len(out)); i < len(out) && !bad; i++ {
		bad = int(out[i]) != n
	}
	if bad {
		return nil, cryptoError("Error", "ERR_OSSL_BAD_DECRYPT", "bad decrypt")
	}
	return out[:len(out)-n], nil
}
