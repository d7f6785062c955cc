package crypto

import (
	"math"

	"rowan/engine/value"
)

// params is a normalized algorithm: the algorithm's own name, and the members of the dictionary that the script converted.
type params struct {
	alg     *algorithm
	members value.Object
}

// paramsOf reads a normalized algorithm as the script sends it.
func paramsOf(args value.Args, i int) (*params, error) {
	o, err := args.Object(i)
	if err != nil {
		return nil, err
	}
	p := &params{members: o}
	if p.alg = algorithms[p.text("name")]; p.alg == nil {
		return nil, notSupported("the algorithm is unknown")
	}
	return p, nil
}

// text is a member that is a string, "" if it is not there.
func (p *params) text(name string) string {
	v, _ := p.members.Get(name)
	s, _ := v.(string)
	return s
}

// bytes is a member that is a buffer, nil if it is not there.
func (p *params) bytes(name string) []byte {
	v, _ := p.members.Get(name)
	b, _ := v.([]byte)
	return b
}

// number is a member that is an integer of 0 to 2^32-1.
func (p *params) number(name string) (n int, ok bool) {
	switch v, _ := p.members.Get(name); v := v.(type) {
	case int:
		return v, true
	case float64:
		if v == math.Trunc(v) && v >= 0 && v <= math.MaxUint32 {
			return int(v), true
		}
	}
	return 0, false
}

// numberOr is number, with what stands for a member that is not there.
func (p *params) numberOr(name string, otherwise int) int {
	if n, ok := p.number(name); ok {
		return n
	}
	return otherwise
}

// outputBytes is the outputLength of cSHAKE and KMAC in bytes. Drafts called it length, which is still taken.
func (p *params) outputBytes() (int, error) {
	bits, ok := p.number("outputLength")
	if !ok {
		bits, ok = p.number("length")
	}
	switch {
	case !ok:
		return 0, typeError(p.alg.name + ": outputLength is required")
	case bits%8 != 0:
		return 0, operationError(p.alg.name + ": outputLength is not a multiple of 8")
	case bits/8 > maxOutput:
		return 0, operationError(p.alg.name + ": outputLength is too large")
	}
	return bits / 8, nil
}

// maxOutput bounds in bytes what an algorithm that can make any number of bytes is asked for.
const maxOutput = 1 << 20
