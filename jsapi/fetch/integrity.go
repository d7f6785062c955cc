package fetch

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"

	"rowan/engine"
	"rowan/engine/value"
)

// digest is the host function digest(algorithm, bytes), for subresource integrity (https://www.w3.org/TR/SRI/).
func digest(_ *engine.Turn, args value.Args) (any, error) {
	algorithm, err := args.String(0)
	if err != nil {
		return nil, err
	}
	b, err := args.Bytes(1)
	if err != nil {
		return nil, err
	}
	var sum []byte
	switch algorithm {
	case "sha256":
		s := sha256.Sum256(b)
		sum = s[:]
	case "sha384":
		s := sha512.Sum384(b)
		sum = s[:]
	case "sha512":
		s := sha512.Sum512(b)
		sum = s[:]
	default:
		return nil, nil
	}
	return base64.RawStdEncoding.EncodeToString(sum), nil
}
