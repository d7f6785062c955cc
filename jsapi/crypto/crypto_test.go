package crypto

import (
	"bytes"
	stdcrypto "crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"rowan/engine/value"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func normalized(t *testing.T, members value.Object) *params {
	t.Helper()
	b, err := value.Append(nil, members)
	if err != nil {
		t.Fatal(err)
	}
	p, err := paramsOf(value.MakeArgs(b, 1), 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The vectors of RFC 9106, 5.
func TestArgon2(t *testing.T) {
	for name, want := range map[string]string{
		"Argon2d":  "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb",
		"Argon2i":  "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8",
		"Argon2id": "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
	} {
		p := normalized(t, value.Object{
			{Key: "name", Value: name}, {Key: "memory", Value: 32}, {Key: "passes", Value: 3}, {Key: "parallelism", Value: 4},
			{Key: "nonce", Value: bytes.Repeat([]byte{2}, 16)}, {Key: "secretValue", Value: bytes.Repeat([]byte{3}, 8)},
			{Key: "associatedData", Value: bytes.Repeat([]byte{4}, 12)},
		})
		got, err := derive(p, &key{alg: p.alg, data: bytes.Repeat([]byte{1}, 32)}, 256)
		if err != nil || hex.EncodeToString(got) != want {
			t.Errorf("%s = %x, %v, want %s", name, got, err, want)
		}
	}
}

// The vectors of RFC 3394, 4.1 and 4.6.
func TestKeyWrap(t *testing.T) {
	for _, tt := range []struct{ key, plain, wrapped string }{
		{
			"000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF",
			"1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5",
		},
		{
			"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
			"00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
			"28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21",
		},
	} {
		k := &key{data: unhex(t, tt.key)}
		wrapped, err := kwFamily{}.wrap(k, unhex(t, tt.plain))
		if err != nil || !bytes.Equal(wrapped, unhex(t, tt.wrapped)) {
			t.Errorf("wrap = %x, %v", wrapped, err)
		}
		plain, err := kwFamily{}.unwrap(k, wrapped)
		if err != nil || !bytes.Equal(plain, unhex(t, tt.plain)) {
			t.Errorf("unwrap = %x, %v", plain, err)
		}
		wrapped[9] ^= 1
		if _, err := (kwFamily{}).unwrap(k, wrapped); err == nil {
			t.Error("unwrap took what was changed")
		}
	}
	for _, n := range []int{0, 8, 17} {
		if _, err := (kwFamily{}).wrap(&key{data: make([]byte, 16)}, make([]byte, n)); err == nil {
			t.Errorf("wrap took %d bytes", n)
		}
	}
}

// RSA-PSS without a salt against the library, which verifies it when it is left to find the salt's length.
func TestUnsaltedPSS(t *testing.T) {
	for _, bits := range []int{1024, 1025, 1031, 2048} {
		priv, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		digest := sum(stdcrypto.SHA256, []byte("message"))
		signature, err := signUnsalted(priv, stdcrypto.SHA256, digest)
		if err != nil {
			t.Fatal(err)
		}
		if err := rsa.VerifyPSS(&priv.PublicKey, stdcrypto.SHA256, digest, signature, nil); err != nil {
			t.Errorf("%d bits: the library: %v", bits, err)
		}
		if !verifyUnsalted(&priv.PublicKey, stdcrypto.SHA256, digest, signature) {
			t.Errorf("%d bits: not verified", bits)
		}
		signature[3] ^= 1
		if verifyUnsalted(&priv.PublicKey, stdcrypto.SHA256, digest, signature) {
			t.Errorf("%d bits: verified what was changed", bits)
		}
		salted, err := rsa.SignPSS(rand.Reader, priv, stdcrypto.SHA256, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		if verifyUnsalted(&priv.PublicKey, stdcrypto.SHA256, digest, salted) {
			t.Errorf("%d bits: verified a salted signature", bits)
		}
	}
}

func TestGenerateRSA(t *testing.T) {
	for _, e := range []int{3, 17, 65539} {
		priv, err := generateRSA(1024, e)
		if err != nil {
			t.Fatal(err)
		}
		if priv.E != e || priv.N.BitLen() != 1024 {
			t.Errorf("E is %d, N has %d bits", priv.E, priv.N.BitLen())
		}
	}
}

func TestBlocksBeforeWrap(t *testing.T) {
	ones := bytes.Repeat([]byte{255}, 16)
	low := slices.Concat(ones[:15], []byte{0xf0})
	for _, tt := range []struct {
		counter            []byte
		bits, blocks, want int
	}{
		{ones, 1, 2, 1},
		{ones, 128, 9, 1},
		{make([]byte, 16), 4, 16, 16},
		{make([]byte, 16), 128, 1 << 20, 1 << 20},
		{low, 4, 20, 16},
		{low, 128, 9, 9},
		{low, 128, 20, 16},
	} {
		if got := blocksBeforeWrap(tt.counter, tt.bits, tt.blocks); got != tt.want {
			t.Errorf("blocksBeforeWrap(%x, %d, %d) = %d, want %d", tt.counter, tt.bits, tt.blocks, got, tt.want)
		}
	}
}

// What a context keeps of a key can be anything only if something went wrong; it must not bring the process down.
func TestReadKey(t *testing.T) {
	k := &key{alg: algorithms["HMAC"], extractable: true, usages: useSign | useVerify, hash: "SHA-256", length: 24, data: []byte("key")}
	b, err := k.blob()
	if err != nil {
		t.Fatal(err)
	}
	got, err := readKey(b)
	if err != nil || got.alg != k.alg || got.kind != k.kind || got.extractable != k.extractable || got.usages != k.usages ||
		got.hash != k.hash || got.curve != k.curve || got.length != k.length || !bytes.Equal(got.data, k.data) {
		t.Errorf("readKey = %+v, %v, want %+v", got, err, k)
	}
	for n := range len(b) - len(k.data) {
		if _, err := readKey(b[:n]); err == nil {
			t.Errorf("readKey took the first %d bytes", n)
		}
	}
}

// Dictionaries are read in the order of Web IDL: by name, but for RSA's, which inherit.
func TestDictionaries(t *testing.T) {
	operations := map[string]bool{
		"encrypt": true, "decrypt": true, "sign": true, "verify": true, "digest": true, "deriveBits": true, "wrapKey": true,
		"unwrapKey": true, "encapsulate": true, "decapsulate": true, "generateKey": true, "importKey": true, "exportKey": true,
		"getKeyLength": true, "getPublicKey": true,
	}
	for name, a := range algorithms {
		for operation, members := range a.dictionaries {
			if !operations[operation] {
				t.Errorf("%s: no operation is called %s", name, operation)
			}
			var names []string
			for i := 0; i < len(members); i += 2 {
				names = append(names, members[i])
				if !strings.Contains("bhiklosu", strings.ToLower(members[i+1])) {
					t.Errorf("%s: %s has no type %s", name, operation, members[i+1])
				}
			}
			if !slices.IsSorted(names) && !strings.HasPrefix(name, "RSA") {
				t.Errorf("%s: %s reads %v", name, operation, names)
			}
		}
	}
	if d := describe("digest", "sha-256"); d == nil || d[0] != "SHA-256" {
		t.Errorf("describe = %v", d)
	}
	if d := describe("deriveBits", "H\u212ADF"); d != nil {
		t.Errorf("describe took the Kelvin sign: %v", d)
	}
}
