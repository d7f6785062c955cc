package crypto

import (
	"bytes"
	mathrand "math/rand/v2"
	"slices"
	"testing"

	"rowan/engine/value"
)

// TestFormats brings every key through every format that it has, and hands each format over with bytes changed or missing:
// what comes of it is an error of the specification, or a key.
func TestFormats(t *testing.T) {
	t.Parallel()
	extra := value.Object{
		{Key: "length", Value: 256}, {Key: "hash", Value: "SHA-256"}, {Key: "namedCurve", Value: "P-384"},
		{Key: "modulusLength", Value: 1024}, {Key: "publicExponent", Value: []byte{1, 0, 1}},
	}
	for name, a := range algorithms {
		if _, ok := a.family.(generator); !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := normalized(t, append(value.Object{{Key: "name", Value: name}}, extra...))
			uses := a.family.(keyed).uses
			keys, err := generateKey(p, true, uses(secret)|uses(public)|uses(private))
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range keys {
				for _, format := range a.formats {
					b, j, err := exportKey(k, format)
					if err != nil {
						continue // the format of the other half
					}
					roundTrip(t, p, k, format, b, j)
					for range 100 {
						importDamaged(t, p, k, format, b)
					}
				}
			}
		})
	}
}

func roundTrip(t *testing.T, p *params, k *key, format string, b []byte, j jwk) {
	t.Helper()
	if j != nil { // as the script sends it
		list := []any{}
		for _, name := range j["key_ops"].([]string) {
			list = append(list, name)
		}
		j["key_ops"] = list
	}
	got, err := importKey(p, &input{format: format, data: b, jwk: j, extractable: true, usages: k.usages})
	if err != nil {
		t.Errorf("%s %v: %v", format, k.kind, err)
		return
	}
	if got.kind != k.kind || !bytes.Equal(got.data, k.data) || got.length != k.length || got.curve != k.curve || got.hash != k.hash {
		t.Errorf("%s %v: %+v came back, not %+v", format, k.kind, got, k)
	}
}

func importDamaged(t *testing.T, p *params, k *key, format string, b []byte) {
	t.Helper()
	b = slices.Clone(b)
	if len(b) == 0 {
		return
	}
	switch i := mathrand.IntN(len(b)); mathrand.IntN(3) {
	case 0:
		b[i] ^= byte(1 << mathrand.IntN(8))
	case 1:
		b = b[:i]
	case 2:
		b = append(b, b[:i]...)
	}
	got, err := importKey(p, &input{format: format, data: b, extractable: true, usages: k.usages})
	if err == nil {
		if _, _, err = exportKey(got, format); err != nil {
			t.Errorf("%s of % x: a key that cannot be exported: %v", format, b, err)
		}
		return
	}
	if _, ok := err.(*value.Error); !ok {
		t.Errorf("%s of % x: %v", format, b, err)
	}
}
