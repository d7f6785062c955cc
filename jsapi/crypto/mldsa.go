package crypto

import (
	"github.com/cloudflare/circl/sign"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
)

func mldsaAlgorithms() []*algorithm {
	var list []*algorithm
	none, context := []string{}, []string{"context", "b"}
	for i, scheme := range []sign.Scheme{mldsa44.Scheme(), mldsa65.Scheme(), mldsa87.Scheme()} {
		list = append(list, &algorithm{
			name: scheme.Name(), formats: akpFormats, export: true,
			family: mldsaFamily{akpKeys{
				name: scheme.Name(), use: "sig", ofPriv: useSign, ofPublic: useVerify, id: nistID(3, 17+i), seedSize: scheme.SeedSize(),
				expand: func(seed []byte) ([]byte, []byte) {
					pub, priv := scheme.DeriveKey(seed)
					return marshaled(pub), marshaled(priv)
				},
				checkPublic: func(b []byte) error {
					_, err := scheme.UnmarshalBinaryPublicKey(b)
					return err
				},
			}, scheme},
			dictionaries: map[string][]string{
				"sign": context, "verify": context, "generateKey": none, "importKey": none, "exportKey": none,
			},
		})
	}
	return list
}

// marshaled are the octets of one of the library's keys, which it never fails to give.
func marshaled(k interface{ MarshalBinary() ([]byte, error) }) []byte {
	b, err := k.MarshalBinary()
	if err != nil {
		panic(err)
	}
	return b
}

// mldsaFamily is ML-DSA (FIPS 204).
type mldsaFamily struct {
	akpKeys
	scheme sign.Scheme
}

func (mldsaFamily) checkSign(p *params) error {
	if len(p.bytes("context")) > 255 {
		return operationError("the context of ML-DSA has 255 bytes or fewer")
	}
	return nil
}

// sign makes a hedged signature, which the library's Scheme does not.
func (f mldsaFamily) sign(k *key, p *params, message []byte) ([]byte, error) {
	_, priv := f.scheme.DeriveKey(k.data)
	out, context := make([]byte, f.scheme.SignatureSize()), p.bytes("context")
	var err error
	switch priv := priv.(type) {
	case *mldsa44.PrivateKey:
		err = mldsa44.SignTo(priv, message, context, true, out)
	case *mldsa65.PrivateKey:
		err = mldsa65.SignTo(priv, message, context, true, out)
	case *mldsa87.PrivateKey:
		err = mldsa87.SignTo(priv, message, context, true, out)
	}
	if err != nil {
		return nil, operationError(err.Error())
	}
	return out, nil
}

func (f mldsaFamily) verify(k *key, p *params, signature, message []byte) (bool, error) {
	pub, err := f.scheme.UnmarshalBinaryPublicKey(k.data)
	if err != nil {
		return false, err
	}
	return len(signature) == f.scheme.SignatureSize() &&
		f.scheme.Verify(pub, message, signature, &sign.SignatureOpts{Context: string(p.bytes("context"))}), nil
}
