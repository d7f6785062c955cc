package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"

	"github.com/ProtonMail/go-crypto/ocb"
	"golang.org/x/crypto/chacha20poly1305"
)

func cipherAlgorithms() []*algorithm {
	const encrypts = useEncrypt | useDecrypt | useWrapKey | useUnwrapKey
	var (
		none   = []string{}
		length = []string{"length", "U"}
		aead   = []string{"additionalData", "b", "iv", "B", "tagLength", "o"}
		raw    = []string{"raw", "raw-secret", "jwk"}
	)
	encrypter := func(name string, family any, formats, params, generate []string) *algorithm {
		d := map[string][]string{
			"encrypt": params, "decrypt": params, "generateKey": generate, "importKey": none, "exportKey": none, "getKeyLength": generate,
		}
		return &algorithm{name: name, family: family, fast: true, formats: formats, export: true, dictionaries: d}
	}
	return []*algorithm{
		encrypter("AES-CBC", cbcFamily{aesKeys{"CBC", encrypts}}, raw, []string{"iv", "B"}, length),
		encrypter("AES-CTR", ctrFamily{aesKeys{"CTR", encrypts}}, raw, []string{"counter", "B", "length", "O"}, length),
		encrypter("AES-GCM", gcmFamily{aesKeys{"GCM", encrypts}}, raw, aead, length),
		encrypter("AES-OCB", ocbFamily{aesKeys{"OCB", encrypts}}, raw[1:], aead, length),
		encrypter("ChaCha20-Poly1305", chachaFamily{}, raw[1:], aead, none),
		{
			name: "AES-KW", family: kwFamily{aesKeys{"KW", useWrapKey | useUnwrapKey}}, fast: true, formats: raw, export: true,
			dictionaries: map[string][]string{
				"wrapKey": none, "unwrapKey": none, "generateKey": length, "importKey": none, "exportKey": none, "getKeyLength": length,
			},
		},
	}
}

// errDecrypt says nothing of the reason, which would help whoever guesses.
var errDecrypt = operationError("the data cannot be decrypted")

// block is AES with the key; the lengths of keys were checked when they were made.
func (k *key) block() (cipher.Block, error) { return aes.NewCipher(k.data) }

// cbcFamily is AES-CBC with the padding of PKCS #7.
type cbcFamily struct{ aesKeys }

func (cbcFamily) checkEncrypt(p *params) error {
	if len(p.bytes("iv")) != aes.BlockSize {
		return operationError("the iv of AES-CBC has 16 bytes")
	}
	return nil
}

func (cbcFamily) encrypt(k *key, p *params, plaintext []byte) ([]byte, error) {
	block, err := k.block()
	if err != nil {
		return nil, err
	}
	pad := aes.BlockSize - len(plaintext)%aes.BlockSize
	out := make([]byte, len(plaintext)+pad)
	for i := copy(out, plaintext); i < len(out); i++ {
		out[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(block, p.bytes("iv")).CryptBlocks(out, out)
	return out, nil
}

func (cbcFamily) decrypt(k *key, p *params, ciphertext []byte) ([]byte, error) {
	block, err := k.block()
	if err != nil {
		return nil, err
	}
	if len(ciphertext) == 0 || len(ciphertext)%aes.BlockSize != 0 {
		return nil, errDecrypt
	}
	out := make([]byte, len(ciphertext))
	cipher.NewCBCDecrypter(block, p.bytes("iv")).CryptBlocks(out, ciphertext)
	pad := int(out[len(out)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, errDecrypt
	}
	for _, b := range out[len(out)-pad:] {
		if int(b) != pad {
			return nil, errDecrypt
		}
	}
	return out[:len(out)-pad], nil
}

// ctrFamily is AES-CTR, whose counter may be fewer bits than the block and wraps around in them.
type ctrFamily struct{ aesKeys }

func (ctrFamily) checkEncrypt(p *params) error {
	if len(p.bytes("counter")) != aes.BlockSize {
		return operationError("the counter of AES-CTR has 16 bytes")
	}
	if n := p.numberOr("length", 0); n < 1 || n > 128 {
		return operationError("the length of AES-CTR's counter is 1 to 128 bits")
	}
	return nil
}

func (ctrFamily) encrypt(k *key, p *params, data []byte) ([]byte, error) {
	block, err := k.block()
	if err != nil {
		return nil, err
	}
	counter, bits := p.bytes("counter"), p.numberOr("length", 0)
	blocks := (len(data) + aes.BlockSize - 1) / aes.BlockSize
	if bits < 63 && blocks > 1<<bits {
		return nil, operationError("the data is longer than AES-CTR's counter can count")
	}
	out := make([]byte, len(data))
	before := min(blocksBeforeWrap(counter, bits, blocks)*aes.BlockSize, len(data))
	cipher.NewCTR(block, counter).XORKeyStream(out[:before], data[:before])
	if before < len(data) {
		cipher.NewCTR(block, zeroBits(counter, bits)).XORKeyStream(out[before:], data[before:])
	}
	return out, nil
}

func (f ctrFamily) decrypt(k *key, p *params, ciphertext []byte) ([]byte, error) {
	return f.encrypt(k, p, ciphertext)
}

// blocksBeforeWrap is how many of so many blocks are made before the last bits of the counter are zero again.
func blocksBeforeWrap(counter []byte, bits, blocks int) int {
	left := 1 // 2^bits less the counter's value, or what blocks is less than
	for i := 0; i < bits; i++ {
		if counter[len(counter)-1-i/8]>>(i%8)&1 == 0 {
			if i >= 62 || left > blocks {
				return blocks
			}
			left += 1 << i
		}
	}
	return min(left, blocks)
}

// zeroBits is the counter with its last bits zero.
func zeroBits(counter []byte, bits int) []byte {
	out := append([]byte(nil), counter...)
	for i := 0; i < bits; i++ {
		out[len(out)-1-i/8] &^= 1 << (i % 8)
	}
	return out
}

// gcmFamily is AES-GCM with an iv of any length and tags of 4 to 16 bytes.
type gcmFamily struct{ aesKeys }

func (gcmFamily) checkEncrypt(p *params) error {
	switch p.numberOr("tagLength", 128) {
	case 32, 64, 96, 104, 112, 120, 128:
	default:
		return operationError("the tagLength of AES-GCM is 32, 64, 96, 104, 112, 120 or 128")
	}
	if len(p.bytes("iv")) == 0 {
		return operationError("the iv of AES-GCM is empty")
	}
	return nil
}

func (gcmFamily) aead(k *key, p *params) (cipher.AEAD, error) {
	block, err := k.block()
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithNonceSize(block, len(p.bytes("iv")))
}

func (f gcmFamily) encrypt(k *key, p *params, plaintext []byte) ([]byte, error) {
	aead, err := f.aead(k, p)
	if err != nil {
		return nil, err
	}
	out := aead.Seal(nil, p.bytes("iv"), plaintext, p.bytes("additionalData"))
	return out[:len(plaintext)+p.numberOr("tagLength", 128)/8], nil // a shorter tag is the whole one's beginning
}

// decrypt opens tags of 16 bytes as the library does. It knows no shorter ones for every iv, but they can be held
// against the tag of the plaintext, which is what encrypting the ciphertext gives.
func (f gcmFamily) decrypt(k *key, p *params, ciphertext []byte) ([]byte, error) {
	aead, err := f.aead(k, p)
	if err != nil {
		return nil, err
	}
	iv, additional, tagSize := p.bytes("iv"), p.bytes("additionalData"), p.numberOr("tagLength", 128)/8
	if len(ciphertext) < tagSize {
		return nil, errDecrypt
	}
	if tagSize == aead.Overhead() {
		out, err := aead.Open(nil, iv, ciphertext, additional)
		if err != nil {
			return nil, errDecrypt
		}
		return out, nil
	}
	body, tag := ciphertext[:len(ciphertext)-tagSize], ciphertext[len(ciphertext)-tagSize:]
	plaintext := aead.Seal(nil, iv, body, nil)[:len(body)]
	want := aead.Seal(nil, iv, plaintext, additional)[len(body):]
	if subtle.ConstantTimeCompare(want[:tagSize], tag) != 1 {
		return nil, errDecrypt
	}
	return plaintext, nil
}

// ocbFamily is AES-OCB (RFC 7253).
type ocbFamily struct{ aesKeys }

func (ocbFamily) checkEncrypt(p *params) error {
	switch p.numberOr("tagLength", 128) {
	case 64, 96, 128:
	default:
		return operationError("the tagLength of AES-OCB is 64, 96 or 128")
	}
	if n := len(p.bytes("iv")); n < 1 || n > 15 {
		return operationError("the iv of AES-OCB has 1 to 15 bytes")
	}
	return nil
}

func (ocbFamily) aead(k *key, p *params) (cipher.AEAD, error) {
	block, err := k.block()
	if err != nil {
		return nil, err
	}
	return ocb.NewOCBWithNonceAndTagSize(block, len(p.bytes("iv")), p.numberOr("tagLength", 128)/8)
}

func (f ocbFamily) encrypt(k *key, p *params, plaintext []byte) ([]byte, error) {
	return seal(f.aead, k, p, plaintext)
}

func (f ocbFamily) decrypt(k *key, p *params, ciphertext []byte) ([]byte, error) {
	return open(f.aead, k, p, ciphertext)
}

// chachaFamily is ChaCha20-Poly1305 (RFC 8439).
type chachaFamily struct{}

func (chachaFamily) uses(k kind) usages {
	if k == secret {
		return useEncrypt | useDecrypt | useWrapKey | useUnwrapKey
	}
	return 0
}

func (chachaFamily) checkGenerate(*params) error { return nil }

func (chachaFamily) generate(*params) ([]*key, error) {
	return []*key{{data: random(chacha20poly1305.KeySize)}}, nil
}

func (chachaFamily) keyLength(*params) (int, error) { return chacha20poly1305.KeySize * 8, nil }

func (chachaFamily) importKey(_ *params, in *input) (*key, error) {
	octets, err := in.octetsOf("enc")
	if err != nil {
		return nil, err
	}
	if len(octets) != chacha20poly1305.KeySize {
		return nil, dataError("a key of ChaCha20-Poly1305 has 32 bytes")
	}
	if in.format == "jwk" {
		if err := in.checkAlg("C20P"); err != nil {
			return nil, err
		}
	}
	return &key{data: octets}, nil
}

func (chachaFamily) exportKey(k *key, format string) ([]byte, jwk, error) {
	return exportSecret(k, format, "C20P")
}

func (chachaFamily) checkEncrypt(p *params) error {
	if len(p.bytes("iv")) != chacha20poly1305.NonceSize {
		return operationError("the iv of ChaCha20-Poly1305 has 12 bytes")
	}
	if p.numberOr("tagLength", 128) != 128 {
		return operationError("the tagLength of ChaCha20-Poly1305 is 128")
	}
	return nil
}

func (chachaFamily) aead(k *key, _ *params) (cipher.AEAD, error) { return chacha20poly1305.New(k.data) }

func (f chachaFamily) encrypt(k *key, p *params, plaintext []byte) ([]byte, error) {
	return seal(f.aead, k, p, plaintext)
}

func (f chachaFamily) decrypt(k *key, p *params, ciphertext []byte) ([]byte, error) {
	return open(f.aead, k, p, ciphertext)
}

func seal(aeadOf func(*key, *params) (cipher.AEAD, error), k *key, p *params, plaintext []byte) ([]byte, error) {
	aead, err := aeadOf(k, p)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, p.bytes("iv"), plaintext, p.bytes("additionalData")), nil
}

func open(aeadOf func(*key, *params) (cipher.AEAD, error), k *key, p *params, ciphertext []byte) ([]byte, error) {
	aead, err := aeadOf(k, p)
	if err != nil {
		return nil, err
	}
	if len(ciphertext) < aead.Overhead() {
		return nil, errDecrypt
	}
	out, err := aead.Open(nil, p.bytes("iv"), ciphertext, p.bytes("additionalData"))
	if err != nil {
		return nil, errDecrypt
	}
	return out, nil
}
