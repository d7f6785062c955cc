package crypto

import (
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// algorithmID is an AlgorithmIdentifier (RFC 5280, 4.1.1.2).
type algorithmID struct {
	oid    asn1.ObjectIdentifier
	params []byte // as they are encoded; nil if absent
}

func (id algorithmID) marshal(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(id.oid)
		b.AddBytes(id.params)
	})
}

func readAlgorithmID(s *cryptobyte.String) (id algorithmID, ok bool) {
	var seq cryptobyte.String
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&id.oid) {
		return id, false
	}
	if !seq.Empty() {
		var params cryptobyte.String
		if !seq.ReadAnyASN1Element(&params, nil) || !seq.Empty() {
			return id, false
		}
		id.params = params
	}
	return id, true
}

// marshalSPKI makes a SubjectPublicKeyInfo (RFC 5280, 4.1).
func marshalSPKI(id algorithmID, publicKey []byte) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		id.marshal(b)
		b.AddASN1BitString(publicKey)
	})
	return b.Bytes()
}

func parseSPKI(der []byte) (id algorithmID, publicKey []byte, err error) {
	s, bad := cryptobyte.String(der), dataError("not a SubjectPublicKeyInfo")
	var seq cryptobyte.String
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !s.Empty() {
		return id, nil, bad
	}
	id, ok := readAlgorithmID(&seq)
	if !ok || !seq.ReadASN1BitStringAsBytes(&publicKey) || !seq.Empty() {
		return id, nil, bad
	}
	return id, publicKey, nil
}

// marshalPKCS8 makes a PrivateKeyInfo (RFC 5208, 5).
func marshalPKCS8(id algorithmID, privateKey []byte) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		id.marshal(b)
		b.AddASN1OctetString(privateKey)
	})
	return b.Bytes()
}

// parsePKCS8 reads a PrivateKeyInfo, or a OneAsymmetricKey (RFC 5958, 2), whose attributes and public key are let be.
func parsePKCS8(der []byte) (id algorithmID, privateKey []byte, err error) {
	s, bad := cryptobyte.String(der), dataError("not a PrivateKeyInfo")
	var (
		seq, octets cryptobyte.String
		version     int64
	)
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !s.Empty() ||
		!seq.ReadASN1Integer(&version) || version < 0 || version > 1 {
		return id, nil, bad
	}
	id, ok := readAlgorithmID(&seq)
	if !ok || !seq.ReadASN1(&octets, cbasn1.OCTET_STRING) ||
		!seq.SkipOptionalASN1(cbasn1.Tag(0).ContextSpecific().Constructed()) ||
		!seq.SkipOptionalASN1(cbasn1.Tag(1).ContextSpecific()) || !seq.Empty() {
		return id, nil, bad
	}
	return id, octets, nil
}

// unwrap is the key in the input, by parseSPKI or parsePKCS8, if it is one of the algorithm, which has no parameters.
func (in *input) unwrap(parse func(der []byte) (algorithmID, []byte, error), want algorithmID, name string) ([]byte, error) {
	id, key, err := parse(in.data)
	if err == nil && (!id.oid.Equal(want.oid) || id.params != nil) {
		err = dataError("not a key of " + name)
	}
	return key, err
}
