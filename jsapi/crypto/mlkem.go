package crypto

import (
	"github.com/cloudflare/circl/kem"
	"github.com/cloudflare/circl/kem/mlkem/mlkem1024"
	"github.com/cloudflare/circl/kem/mlkem/mlkem512"
	"github.com/cloudflare/circl/kem/mlkem/mlkem768"
)

func mlkemAlgorithms() []*algorithm {
	var list []*algorithm
	none := []string{}
	for i, scheme := range []kem.Scheme{mlkem512.Scheme(), mlkem768.Scheme(), mlkem1024.Scheme()} {
		list = append(list, &algorithm{
			name: scheme.Name(), formats: akpFormats, export: true,
			family: mlkemFamily{akpKeys{
				name: scheme.Name(), use: "enc", id: nistID(4, 1+i), seedSize: scheme.SeedSize(),
				ofPriv: useDecapsulateKey | useDecapsulateBits, ofPublic: useEncapsulateKey | useEncapsulateBits,
				expand: func(seed []byte) ([]byte, []byte) {
					pub, priv := scheme.DeriveKeyPair(seed)
					return marshaled(pub), marshaled(priv)
				},
				checkPublic: func(b []byte) error {
					_, err := scheme.UnmarshalBinaryPublicKey(b)
					return err
				},
			}, scheme},
			dictionaries: map[string][]string{
				"encapsulate": none, "decapsulate": none, "generateKey": none, "importKey": none, "exportKey": none,
			},
		})
	}
	return list
}

// mlkemFamily is ML-KEM (FIPS 203).
type mlkemFamily struct {
	akpKeys
	scheme kem.Scheme
}

func (f mlkemFamily) encapsulate(k *key) (sharedKey, ciphertext []byte, err error) {
	pub, err := f.scheme.UnmarshalBinaryPublicKey(k.data)
	if err != nil {
		return nil, nil, err
	}
	ciphertext, sharedKey, err = f.scheme.Encapsulate(pub)
	if err != nil {
		return nil, nil, operationError(err.Error())
	}
	return sharedKey, ciphertext, nil
}

func (f mlkemFamily) decapsulate(k *key, ciphertext []byte) ([]byte, error) {
	_, priv := f.scheme.DeriveKeyPair(k.data)
	sharedKey, err := f.scheme.Decapsulate(priv, ciphertext)
	if err != nil {
		return nil, operationError("the ciphertext cannot be decapsulated")
	}
	return sharedKey, nil
}
