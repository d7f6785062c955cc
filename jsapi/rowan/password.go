package rowan

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// What a new hash costs: 64 MiB and about a tenth of a second. The hash says so itself, so that these can grow.
const (
	hashMemory  = 64 << 10 // KiB
	hashTime    = 2
	hashThreads = 1
	saltBytes   = 16
	hashBytes   = 32
)

// What a hash that is verified may cost: it is data, which somebody may have made to cost too much.
const (
	memoryMax   = 256 << 10
	timeMax     = 16
	threadsMax  = 8
	passwordMax = 4096
)

// hashesAtOnce is how many hashes are computed at a time, each of which takes its memory.
const hashesAtOnce = 2

// PasswordHosts are the operations of Rowan.password: Argon2id (RFC 9106), in the PHC string format.
func PasswordHosts(a *async.Async) []engine.Host {
	lanes := async.NewLanes(hashesAtOnce)
	return []engine.Host{
		lanes.Op(a, "passwordHash", func(_ context.Context, args value.Args) (any, error) {
			password, err := passwordArg(args)
			if err != nil {
				return nil, err
			}
			salt := make([]byte, saltBytes)
			rand.Read(salt) // never fails
			h := passwordHash{time: hashTime, memory: hashMemory, threads: hashThreads, salt: salt}
			h.sum = h.of(password, hashBytes)
			return h.String(), nil
		}),
		lanes.Op(a, "passwordVerify", func(_ context.Context, args value.Args) (any, error) {
			password, err := passwordArg(args)
			if err != nil {
				return nil, err
			}
			text, err := args.String(1)
			if err != nil {
				return nil, err
			}
			h, err := parsePasswordHash(text)
			if err != nil {
				return nil, err
			}
			return subtle.ConstantTimeCompare(h.of(password, len(h.sum)), h.sum) == 1, nil
		}),
	}
}

func passwordArg(args value.Args) (string, error) {
	password, err := args.String(0)
	if err == nil && len(password) > passwordMax {
		err = &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("a password has at most %d bytes", passwordMax)}
	}
	return password, err
}

// passwordHash is a hash with all that it takes to compute it again.
type passwordHash struct {
	time, memory uint32
	threads      uint8
	salt, sum    []byte
}

// of computes the hash of a password.
func (h passwordHash) of(password string, n int) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(n))
}

func (h passwordHash) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.threads, encode(h.salt), encode(h.sum))
}

// parsePasswordHash reads what String writes.
func parsePasswordHash(text string) (h passwordHash, err error) {
	bad := func(why string) (passwordHash, error) {
		return h, &value.Error{Name: "TypeError", Code: "invalid_hash", Message: "the hash is not one of Rowan.password.hash: " + why}
	}
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return bad("it does not begin with $argon2id$")
	}
	var version int
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return bad("its version is not known")
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); n != 3 || err != nil {
		return bad("its costs cannot be read")
	}
	if h.time < 1 || h.time > timeMax || h.threads < 1 || h.threads > threadsMax || h.memory < 8*uint32(h.threads) || h.memory > memoryMax {
		return bad("its costs are out of range")
	}
	var errSalt, errSum error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, errSum = base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errSum != nil || len(h.salt) < 8 || len(h.sum) < 16 || len(h.sum) > 64 {
		return bad("its salt or its sum cannot be read")
	}
	return h, nil
}
