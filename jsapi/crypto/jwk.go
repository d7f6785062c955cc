package crypto

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"

	"rowan/engine/value"
)

// jwk is a JSON Web Key (RFC 7517): strings, and what "key_ops", "ext" and "oth" hold.
type jwk map[string]any

// jwkOf is the JsonWebKey dictionary that the script converted.
func jwkOf(o value.Object) jwk { return o.Map() }

// parseJWK reads what unwrapKey decrypted.
func parseJWK(b []byte) (jwk, error) {
	var j jwk
	if err := json.Unmarshal(b, &j); err != nil || j == nil {
		return nil, dataError("the unwrapped key is not a JWK")
	}
	return j, nil
}

func (j jwk) text(name string) (s string, ok bool) {
	s, ok = j[name].(string)
	return s, ok
}

// octets is a member in base64url.
func (j jwk) octets(name string) ([]byte, error) {
	s, ok := j.text(name)
	if !ok {
		return nil, dataError("the JWK has no " + name)
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, dataError("the JWK's " + name + " is not base64url")
	}
	return b, nil
}

func (j jwk) setOctets(name string, b []byte) { j[name] = base64.RawURLEncoding.EncodeToString(b) }

// check is what every import of a JWK begins with. use is what the member of that name may say.
func (in *input) checkJWK(kty, use string) error {
	j := in.jwk
	if got, _ := j.text("kty"); got != kty {
		return dataError(`the JWK's kty is not "` + kty + `"`)
	}
	if got, ok := j.text("use"); ok && in.usages != 0 && got != use {
		return dataError(`the JWK's use is not "` + use + `"`)
	}
	if err := in.checkKeyOps(); err != nil {
		return err
	}
	if ext, ok := j["ext"].(bool); ok && !ext && in.extractable {
		return dataError("the JWK is not extractable")
	}
	return nil
}

func (in *input) checkKeyOps() error {
	list, ok := in.jwk["key_ops"].([]any)
	if !ok {
		return nil
	}
	var allowed usages
	seen := map[string]bool{}
	for _, v := range list {
		name, ok := v.(string)
		if !ok || seen[name] {
			return dataError("the JWK's key_ops are invalid")
		}
		seen[name] = true
		allowed |= usageOf(name)
	}
	if in.usages&^allowed != 0 {
		return dataError("the JWK's key_ops do not allow the usages")
	}
	return nil
}

// checkAlg holds the member alg, if there is one, against the names that it may have.
func (in *input) checkAlg(allowed ...string) error {
	if got, ok := in.jwk.text("alg"); ok && !slices.Contains(allowed, got) {
		return dataError(`the JWK's alg is not "` + allowed[0] + `"`)
	}
	return nil
}

// complete adds what the JWK of every key says.
func (j jwk) complete(k *key) jwk {
	j["key_ops"] = k.usages.names()
	j["ext"] = k.extractable
	return j
}

// object is the JWK as the script gets it: a dictionary, its members by name.
func (j jwk) object() value.Object {
	o := make(value.Object, 0, len(j))
	for _, name := range slices.Sorted(maps.Keys(j)) {
		o = append(o, value.Field{Key: name, Value: j[name]})
	}
	return o
}

// json is the JWK as wrapKey encrypts it, the same as JSON.stringify makes of the object.
func (j jwk) json() ([]byte, error) { return json.Marshal(map[string]any(j)) }
