package crypto

import (
	"crypto/subtle"
	"encoding/binary"
)

// kwFamily is AES Key Wrap (RFC 3394).
type kwFamily struct{ aesKeys }

const kwChunk = 8

// kwInitial is the initial value (2.2.3.1).
var kwInitial = []byte{0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6}

// wrap is section 2.2.1, in its form that indexes: A is the first half of b, the R[i] are what out holds after its first chunk.
func (kwFamily) wrap(k *key, plaintext []byte) ([]byte, error) {
	if len(plaintext)%kwChunk != 0 || len(plaintext) < 2*kwChunk {
		return nil, operationError("AES-KW wraps 16 bytes or more, in multiples of 8")
	}
	block, err := k.block()
	if err != nil {
		return nil, err
	}
	out := append(append(make([]byte, 0, kwChunk+len(plaintext)), kwInitial...), plaintext...)
	var b [2 * kwChunk]byte
	copy(b[:], kwInitial)
	n := len(plaintext) / kwChunk
	for t := range 6 * n {
		r := out[kwChunk*(t%n+1):][:kwChunk]
		copy(b[kwChunk:], r)
		block.Encrypt(b[:], b[:])
		xorCounter(b[:kwChunk], t+1)
		copy(r, b[kwChunk:])
	}
	copy(out, b[:kwChunk])
	return out, nil
}

// unwrap is section 2.2.2.
func (kwFamily) unwrap(k *key, ciphertext []byte) ([]byte, error) {
	if len(ciphertext)%kwChunk != 0 || len(ciphertext) < 3*kwChunk {
		return nil, errDecrypt
	}
	block, err := k.block()
	if err != nil {
		return nil, err
	}
	var b [2 * kwChunk]byte
	copy(b[:], ciphertext[:kwChunk])
	out := append([]byte(nil), ciphertext[kwChunk:]...)
	n := len(out) / kwChunk
	for t := 6*n - 1; t >= 0; t-- {
		r := out[kwChunk*(t%n):][:kwChunk]
		xorCounter(b[:kwChunk], t+1)
		copy(b[kwChunk:], r)
		block.Decrypt(b[:], b[:])
		copy(r, b[kwChunk:])
	}
	if subtle.ConstantTimeCompare(b[:kwChunk], kwInitial) != 1 {
		return nil, errDecrypt
	}
	return out, nil
}

func xorCounter(a []byte, t int) {
	binary.BigEndian.PutUint64(a, binary.BigEndian.Uint64(a)^uint64(t))
}
