package crypto

import (
	"errors"

	"rowan/engine/value"
)

// operations are the methods of SubtleCrypto, with arguments that the script converted and algorithms that it normalized.
var operations = map[string]func(args value.Args) (any, error){
	"digest":          digest,
	"encrypt":         encrypt,
	"decrypt":         decrypt,
	"sign":            signOperation,
	"verify":          verify,
	"generateKey":     generateKeyOperation,
	"importKey":       importKeyOperation,
	"exportKey":       exportKeyOperation,
	"getPublicKey":    getPublicKey,
	"deriveBits":      deriveBits,
	"deriveKey":       deriveKey,
	"wrapKey":         wrapKey,
	"unwrapKey":       unwrapKey,
	"encapsulateBits": encapsulateBits,
	"encapsulateKey":  encapsulateKey,
	"decapsulateBits": decapsulateBits,
	"decapsulateKey":  decapsulateKey,
	"check":           check,
}

// perform runs the operation that argument 0 names. An error is one that scripts know.
func perform(args value.Args) (any, error) {
	name, err := args.String(0)
	if err != nil {
		return nil, err
	}
	result, err := operations[name](args.From(1))
	if err == nil {
		return result, nil
	}
	if known := (*value.Error)(nil); errors.As(err, &known) {
		return nil, known
	}
	return nil, operationError(err.Error())
}

func keyArg(args value.Args, i int) (*key, error) {
	b, err := args.View(i)
	if err != nil {
		return nil, err
	}
	return readKey(b)
}

// paramsAndKey are the first two arguments of an operation on a key, which must be of the algorithm and have the usage.
func paramsAndKey(args value.Args, use usages) (*params, *key, error) {
	p, err := paramsOf(args, 0)
	if err != nil {
		return nil, nil, err
	}
	k, err := keyArg(args, 1)
	if err != nil {
		return nil, nil, err
	}
	return p, k, k.allows(p, use)
}

func (k *key) allows(p *params, use usages) error {
	if k.alg != p.alg {
		return invalidAccess("the key is one of " + k.alg.name + ", not of " + p.alg.name)
	}
	if k.usages&use == 0 {
		return invalidAccess("the key has not the usage " + use.names()[0])
	}
	return nil
}

func usagesArg(args value.Args, i int) (usages, error) {
	v, err := args.Any(i)
	if err != nil {
		return 0, err
	}
	var u usages
	list, _ := v.([]any)
	for _, name := range list {
		s, _ := name.(string)
		u |= usageOf(s)
	}
	return u, nil
}

// extractableAndUsages are two arguments that every method which makes keys ends with.
func extractableAndUsages(args value.Args, i int) (extractable bool, u usages, err error) {
	if extractable, err = args.Bool(i); err != nil {
		return false, 0, err
	}
	u, err = usagesArg(args, i+1)
	return extractable, u, err
}

// lengthArg is a length in bits that may be null.
func lengthArg(args value.Args, i int) (int, error) {
	if v, err := args.Any(i); err != nil || v == nil {
		return nullLength, err
	}
	return args.Int(i)
}

// buffer is what an operation that makes bytes returns.
func buffer(b []byte, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return value.ArrayBuffer(b), nil
}

// blob is what an operation that makes a key returns.
func blob(k *key, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	b, err := k.blob()
	return b, err
}

func digest(args value.Args) (any, error) {
	p, err := paramsOf(args, 0)
	if err != nil {
		return nil, err
	}
	message, err := args.View(1)
	if err != nil {
		return nil, err
	}
	return buffer(p.alg.family.(digester).digest(p, message))
}

func encrypt(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useEncrypt)
	if err != nil {
		return nil, err
	}
	plaintext, err := args.View(2)
	if err != nil {
		return nil, err
	}
	return buffer(encryptWith(p, k, plaintext))
}

func encryptWith(p *params, k *key, plaintext []byte) ([]byte, error) {
	family := p.alg.family.(encrypter)
	if err := family.checkEncrypt(p); err != nil {
		return nil, err
	}
	return family.encrypt(k, p, plaintext)
}

func decrypt(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useDecrypt)
	if err != nil {
		return nil, err
	}
	ciphertext, err := args.View(2)
	if err != nil {
		return nil, err
	}
	return buffer(decryptWith(p, k, ciphertext))
}

func decryptWith(p *params, k *key, ciphertext []byte) ([]byte, error) {
	family := p.alg.family.(encrypter)
	if err := family.checkEncrypt(p); err != nil {
		return nil, err
	}
	return family.decrypt(k, p, ciphertext)
}

func signOperation(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useSign)
	if err != nil {
		return nil, err
	}
	message, err := args.View(2)
	if err != nil {
		return nil, err
	}
	family := p.alg.family.(signer)
	if err := family.checkSign(p); err != nil {
		return nil, err
	}
	return buffer(family.sign(k, p, message))
}

func verify(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useVerify)
	if err != nil {
		return nil, err
	}
	signature, err := args.View(2)
	if err != nil {
		return nil, err
	}
	message, err := args.View(3)
	if err != nil {
		return nil, err
	}
	family := p.alg.family.(signer)
	if err := family.checkSign(p); err != nil {
		return nil, err
	}
	return family.verify(k, p, signature, message)
}

func generateKeyOperation(args value.Args) (any, error) {
	p, err := paramsOf(args, 0)
	if err != nil {
		return nil, err
	}
	extractable, want, err := extractableAndUsages(args, 1)
	if err != nil {
		return nil, err
	}
	keys, err := generateKey(p, extractable, want)
	if err != nil {
		return nil, err
	}
	blobs := make([]any, len(keys))
	for i, k := range keys {
		if blobs[i], err = k.blob(); err != nil {
			return nil, err
		}
	}
	return blobs, nil
}

func importKeyOperation(args value.Args) (any, error) {
	p, err := paramsOf(args, 0)
	if err != nil {
		return nil, err
	}
	in := &input{}
	if in.format, err = args.String(1); err != nil {
		return nil, err
	}
	if in.format == "jwk" {
		o, err := args.Object(2)
		if err != nil {
			return nil, err
		}
		in.jwk = jwkOf(o)
	} else if in.data, err = args.View(2); err != nil {
		return nil, err
	}
	if in.extractable, in.usages, err = extractableAndUsages(args, 3); err != nil {
		return nil, err
	}
	return blob(importKey(p, in))
}

func exportKeyOperation(args value.Args) (any, error) {
	format, err := args.String(0)
	if err != nil {
		return nil, err
	}
	k, err := keyArg(args, 1)
	if err != nil {
		return nil, err
	}
	b, j, err := exportKey(k, format)
	if err == nil && j != nil {
		return j.object(), nil
	}
	return buffer(b, err)
}

func getPublicKey(args value.Args) (any, error) {
	k, err := keyArg(args, 0)
	if err != nil {
		return nil, err
	}
	want, err := usagesArg(args, 1)
	if err != nil {
		return nil, err
	}
	return blob(publicKey(k, want))
}

func deriveBits(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useDeriveBits)
	if err != nil {
		return nil, err
	}
	length, err := lengthArg(args, 2)
	if err != nil {
		return nil, err
	}
	return buffer(derive(p, k, length))
}

func derive(p *params, k *key, length int) ([]byte, error) {
	family := p.alg.family.(deriver)
	if err := family.checkDerive(p, length); err != nil {
		return nil, err
	}
	return family.derive(k, p, length)
}

func deriveKey(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useDeriveKey)
	if err != nil {
		return nil, err
	}
	imported, err := paramsOf(args, 2)
	if err != nil {
		return nil, err
	}
	measured, err := paramsOf(args, 3)
	if err != nil {
		return nil, err
	}
	in := &input{}
	if in.extractable, in.usages, err = extractableAndUsages(args, 4); err != nil {
		return nil, err
	}
	length, err := measured.alg.family.(measurer).keyLength(measured)
	if err != nil {
		return nil, err
	}
	if in.data, err = derive(p, k, length); err != nil {
		return nil, err
	}
	in.format = "raw-secret"
	return blob(importKey(imported, in))
}

// wrapKey exports and encrypts; a JWK is the text of its JSON.
func wrapKey(args value.Args) (any, error) {
	p, err := paramsOf(args, 0)
	if err != nil {
		return nil, err
	}
	format, err := args.String(1)
	if err != nil {
		return nil, err
	}
	k, err := keyArg(args, 2)
	if err != nil {
		return nil, err
	}
	by, err := keyArg(args, 3)
	if err != nil {
		return nil, err
	}
	if err := by.allows(p, useWrapKey); err != nil {
		return nil, err
	}
	plaintext, j, err := exportKey(k, format)
	if err == nil && j != nil {
		plaintext, err = j.json()
	}
	if err != nil {
		return nil, err
	}
	if family, ok := p.alg.family.(wrapper); ok {
		return buffer(family.wrap(by, plaintext))
	}
	return buffer(encryptWith(p, by, plaintext))
}

func unwrapKey(args value.Args) (any, error) {
	p, err := paramsOf(args, 0)
	if err != nil {
		return nil, err
	}
	in := &input{}
	if in.format, err = args.String(1); err != nil {
		return nil, err
	}
	wrapped, err := args.View(2)
	if err != nil {
		return nil, err
	}
	by, err := keyArg(args, 3)
	if err != nil {
		return nil, err
	}
	imported, err := paramsOf(args, 4)
	if err != nil {
		return nil, err
	}
	if in.extractable, in.usages, err = extractableAndUsages(args, 5); err != nil {
		return nil, err
	}
	if err := by.allows(p, useUnwrapKey); err != nil {
		return nil, err
	}
	if family, ok := p.alg.family.(wrapper); ok {
		in.data, err = family.unwrap(by, wrapped)
	} else {
		in.data, err = decryptWith(p, by, wrapped)
	}
	if err == nil && in.format == "jwk" {
		in.jwk, err = parseJWK(in.data)
	}
	if err != nil {
		return nil, err
	}
	return blob(importKey(imported, in))
}

func encapsulateBits(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useEncapsulateBits)
	if err != nil {
		return nil, err
	}
	sharedKey, ciphertext, err := p.alg.family.(encapsulator).encapsulate(k)
	if err != nil {
		return nil, err
	}
	return encapsulated(value.ArrayBuffer(sharedKey), ciphertext), nil
}

func encapsulated(sharedKey any, ciphertext []byte) value.Object {
	return value.Object{{Key: "ciphertext", Value: value.ArrayBuffer(ciphertext)}, {Key: "sharedKey", Value: sharedKey}}
}

func encapsulateKey(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useEncapsulateKey)
	if err != nil {
		return nil, err
	}
	sharedKey, ciphertext, err := p.alg.family.(encapsulator).encapsulate(k)
	if err != nil {
		return nil, err
	}
	b, err := importShared(args, 2, sharedKey)
	if err != nil {
		return nil, err
	}
	return encapsulated(b, ciphertext), nil
}

func decapsulateBits(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useDecapsulateBits)
	if err != nil {
		return nil, err
	}
	ciphertext, err := args.View(2)
	if err != nil {
		return nil, err
	}
	return buffer(p.alg.family.(encapsulator).decapsulate(k, ciphertext))
}

func decapsulateKey(args value.Args) (any, error) {
	p, k, err := paramsAndKey(args, useDecapsulateKey)
	if err != nil {
		return nil, err
	}
	ciphertext, err := args.View(2)
	if err != nil {
		return nil, err
	}
	sharedKey, err := p.alg.family.(encapsulator).decapsulate(k, ciphertext)
	if err != nil {
		return nil, err
	}
	return importShared(args, 3, sharedKey)
}

// importShared makes a key of a secret; the arguments from i on say of which algorithm, and what for.
func importShared(args value.Args, i int, sharedKey []byte) (any, error) {
	p, err := paramsOf(args, i)
	if err != nil {
		return nil, err
	}
	in := &input{format: "raw-secret", data: sharedKey}
	if in.extractable, in.usages, err = extractableAndUsages(args, i+1); err != nil {
		return nil, err
	}
	return blob(importKey(p, in))
}

// check fails where an operation would with these parameters, whatever the key and the data: for supports.
func check(args value.Args) (any, error) {
	operation, err := args.String(0)
	if err != nil {
		return nil, err
	}
	p, err := paramsOf(args, 1)
	if err != nil {
		return nil, err
	}
	length, err := lengthArg(args, 2)
	if err != nil {
		return nil, err
	}
	switch operation {
	case "digest":
		err = p.alg.family.(digester).checkDigest(p)
	case "encrypt", "decrypt":
		err = p.alg.family.(encrypter).checkEncrypt(p)
	case "sign", "verify":
		err = p.alg.family.(signer).checkSign(p)
	case "generateKey":
		err = p.alg.family.(generator).checkGenerate(p)
	case "deriveBits":
		err = p.alg.family.(deriver).checkDerive(p, length)
	case "getKeyLength":
		length, err = p.alg.family.(measurer).keyLength(p)
		if err == nil && length != nullLength {
			return length, nil
		}
		return nil, err
	}
	return value.Undefined, err
}
