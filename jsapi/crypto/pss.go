package crypto

import (
	stdcrypto "crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"hash"
	"math/big"
)

// pssFamily is RSA-PSS (RFC 3447, 8.1).
type pssFamily struct{ rsaKeys }

func (pssFamily) checkSign(*params) error { return nil }

func (f pssFamily) sign(k *key, p *params, message []byte) ([]byte, error) {
	priv, err := f.privateOf(k)
	if err != nil {
		return nil, err
	}
	h, salt := hashes[k.hash], p.numberOr("saltLength", 0)
	var signature []byte
	if salt == 0 {
		signature, err = signUnsalted(priv, h, sum(h, message))
	} else {
		signature, err = rsa.SignPSS(rand.Reader, priv, h, sum(h, message), &rsa.PSSOptions{SaltLength: salt})
	}
	if err != nil {
		return nil, operationError("the saltLength is too large for the key")
	}
	return signature, nil
}

func (f pssFamily) verify(k *key, p *params, signature, message []byte) (bool, error) {
	pub, err := f.publicOf(k)
	if err != nil {
		return false, err
	}
	h, salt := hashes[k.hash], p.numberOr("saltLength", 0)
	if salt == 0 {
		return verifyUnsalted(pub, h, sum(h, message), signature), nil
	}
	return rsa.VerifyPSS(pub, h, sum(h, message), signature, &rsa.PSSOptions{SaltLength: salt}) == nil, nil
}

// The library takes a salt of length 0 for a wish to choose the length. What follows is RSA-PSS without a salt, for
// which its encoding is the same for every signature of a message.

// encodeUnsalted is EMSA-PSS-ENCODE (9.1.1) with an empty salt.
func encodeUnsalted(h stdcrypto.Hash, digest []byte, bits int) ([]byte, bool) {
	em := make([]byte, (bits+7)/8)
	split := len(em) - h.Size() - 1 // between the masked block and the hash
	if split < 1 {
		return nil, false
	}
	block, seal := em[:split], h.New()
	seal.Write(make([]byte, 8))
	seal.Write(digest)
	seal.Sum(em[split:split])
	block[split-1] = 1
	xorMGF1(block, em[split:split+h.Size()], h.New())
	block[0] &= 0xff >> (8*len(em) - bits)
	em[len(em)-1] = 0xbc
	return em, true
}

// xorMGF1 masks a block with MGF1 (B.2.1) of a seed.
func xorMGF1(block, seed []byte, h hash.Hash) {
	var mask []byte
	for i := 0; len(mask) < len(block); i++ {
		h.Reset()
		h.Write(seed)
		h.Write([]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})
		mask = h.Sum(mask)
	}
	subtle.XORBytes(block, block, mask)
}

// signUnsalted signs with numbers of the public library, whose time depends on them: they are blinded.
func signUnsalted(priv *rsa.PrivateKey, h stdcrypto.Hash, digest []byte) ([]byte, error) {
	em, ok := encodeUnsalted(h, digest, priv.N.BitLen()-1)
	if !ok {
		return nil, rsa.ErrMessageTooLong
	}
	e := big.NewInt(int64(priv.E))
	var blind, unblind *big.Int
	for unblind == nil {
		var err error
		if blind, err = rand.Int(rand.Reader, priv.N); err != nil {
			return nil, err
		}
		unblind = new(big.Int).ModInverse(blind, priv.N)
	}
	m := new(big.Int).SetBytes(em)
	m.Mul(m, blind.Exp(blind, e, priv.N)).Mod(m, priv.N)
	s := powCRT(m, priv)
	if new(big.Int).Exp(s, e, priv.N).Cmp(m) != 0 { // a fault here would give the primes away
		return nil, rsa.ErrVerification
	}
	s.Mul(s, unblind).Mod(s, priv.N)
	return s.FillBytes(make([]byte, priv.Size())), nil
}

// powCRT is m^d mod n by the Chinese remainder theorem.
func powCRT(m *big.Int, priv *rsa.PrivateKey) *big.Int {
	p, q := priv.Primes[0], priv.Primes[1]
	m1 := new(big.Int).Exp(m, priv.Precomputed.Dp, p)
	m2 := new(big.Int).Exp(m, priv.Precomputed.Dq, q)
	m1.Sub(m1, m2).Mul(m1, priv.Precomputed.Qinv).Mod(m1, p)
	return m1.Mul(m1, q).Add(m1, m2)
}

func verifyUnsalted(pub *rsa.PublicKey, h stdcrypto.Hash, digest, signature []byte) bool {
	if len(signature) != pub.Size() {
		return false
	}
	s := new(big.Int).SetBytes(signature)
	em, ok := encodeUnsalted(h, digest, pub.N.BitLen()-1)
	if !ok || s.Cmp(pub.N) >= 0 {
		return false
	}
	return s.Exp(s, big.NewInt(int64(pub.E)), pub.N).Cmp(new(big.Int).SetBytes(em)) == 0
}
