package config

import (
	"fmt"
	"strconv"
)

// Admin has the settings of the admin side: numbers, profiles and the admin page, on an address of their own. They hold for as long
// as the server runs.
type Admin struct {
	Listen    OptionalAddress `toml:"listen"`     // its address; "" for none; default 127.0.0.1:4001, or a free port where that is taken
	Token     Secret          `toml:"token"`      // that requests must carry; default a random one
	TokenFile string          `toml:"token_file"` // file that has the token; in rowan.toml relative to the app's folder; default none
	Hosts     []string        `toml:"hosts"`      // names under which browsers may open it, besides localhost and addresses; default none
}

type (
	// An OptionalAddress is an Address, or "" for none.
	OptionalAddress string

	// A Secret is a text that is not shown, of 16 characters at least.
	Secret string
)

// Set checks an address, without looking up its host.
func (a *OptionalAddress) Set(text string) error {
	var address Address
	if text != "" && address.Set(text) != nil {
		return wrong(a, strconv.Quote(text))
	}
	*a = OptionalAddress(text)
	return nil
}

func (a OptionalAddress) String() string { return string(a) }

// Type returns "address".
func (*OptionalAddress) Type() string { return "address" }

func (*OptionalAddress) form() string {
	return `a host and a port such as "127.0.0.1:4000", or "" for none`
}

// Set checks the length.
func (s *Secret) Set(text string) error {
	if len(text) < 16 {
		return fmt.Errorf("must be %s", s.form())
	}
	*s = Secret(text)
	return nil
}

// String returns a text that stands for any secret, or "" for none.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Type returns "secret".
func (*Secret) Type() string { return "secret" }

func (*Secret) form() string { return "a text of 16 characters at least" }
