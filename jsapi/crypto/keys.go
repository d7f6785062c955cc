package crypto

import "slices"

// input is what importKey is given beside the algorithm.
type input struct {
	format      string
	data        []byte // in every format but "jwk"
	jwk         jwk
	kind        kind // of the key that the format holds
	extractable bool
	usages      usages
}

// importKey is the method of the same name, its parameters converted and normalized.
func importKey(p *params, in *input) (*key, error) {
	family, ok := p.alg.family.(keyed)
	if !ok || !slices.Contains(p.alg.formats, in.format) {
		return nil, notSupported(p.alg.name + " keys have no format " + in.format)
	}
	in.kind = in.kindFor(family)
	if in.usages&^family.uses(in.kind) != 0 {
		return nil, syntaxError("a " + in.kind.String() + " " + p.alg.name + " key has not all of these usages")
	}
	if !p.alg.export && in.extractable {
		return nil, syntaxError(p.alg.name + " keys cannot be extractable")
	}
	k, err := family.importKey(p, in)
	if err != nil {
		return nil, err
	}
	if in.kind != public && in.usages == 0 {
		return nil, syntaxError("the key would have no usages")
	}
	k.alg, k.kind, k.extractable, k.usages = p.alg, in.kind, in.extractable, in.usages
	return k, nil
}

// kindFor is the kind of key that the format holds.
func (in *input) kindFor(family keyed) kind {
	if family.uses(secret) != 0 {
		return secret
	}
	switch in.format {
	case "pkcs8", "raw-seed":
		return private
	case "jwk":
		_, d := in.jwk.text("d")
		_, priv := in.jwk.text("priv")
		if d || priv {
			return private
		}
	}
	return public
}

// exportKey is the method of the same name.
func exportKey(k *key, format string) ([]byte, jwk, error) {
	if !k.alg.export {
		return nil, nil, notSupported(k.alg.name + " keys cannot be exported")
	}
	if !k.extractable {
		return nil, nil, invalidAccess("the key is not extractable")
	}
	if !slices.Contains(k.alg.formats, format) {
		return nil, nil, notSupported(k.alg.name + " keys have no format " + format)
	}
	if of := exportKind(k, format); of != k.kind {
		return nil, nil, invalidAccess(format + " is the format of a " + of.String() + " key")
	}
	b, j, err := k.alg.family.(keyed).exportKey(k, format)
	if j != nil {
		j.complete(k)
	}
	return b, j, err
}

// exportKind is the kind of key that can be exported in a format.
func exportKind(k *key, format string) kind {
	switch format {
	case "pkcs8", "raw-seed":
		return private
	case "spki", "raw-public":
		return public
	case "raw":
		if k.kind == private {
			return public
		}
	}
	return k.kind
}

// generateKey is the method of the same name: a secret key, or a public and a private one.
func generateKey(p *params, extractable bool, want usages) ([]*key, error) {
	family, ok := p.alg.family.(generator)
	if !ok {
		return nil, notSupported(p.alg.name + " has no keys to generate")
	}
	uses := p.alg.family.(keyed).uses
	own := uses(secret) | uses(private)
	if want&^(own|uses(public)) != 0 {
		return nil, syntaxError(p.alg.name + " keys have not all of these usages")
	}
	if err := family.checkGenerate(p); err != nil {
		return nil, err
	}
	if want&own == 0 { // known before a key is made that nothing could be done with
		return nil, syntaxError("the key would have no usages")
	}
	keys, err := family.generate(p)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		k.alg, k.usages = p.alg, want&uses(k.kind)
		k.extractable = extractable || k.kind == public
	}
	return keys, nil
}

// publicKey is the method getPublicKey.
func publicKey(k *key, want usages) (*key, error) {
	family, ok := k.alg.family.(publisher)
	if !ok {
		return nil, notSupported(k.alg.name + " has no public keys")
	}
	if k.kind != private {
		return nil, invalidAccess("the key is not a private one")
	}
	if want&^k.alg.family.(keyed).uses(public) != 0 {
		return nil, syntaxError("a public " + k.alg.name + " key has not all of these usages")
	}
	pub, err := family.public(k)
	if err != nil {
		return nil, err
	}
	pub.alg, pub.kind, pub.extractable, pub.usages = k.alg, public, true, want
	return pub, nil
}
