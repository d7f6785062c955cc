package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rowan/daemon/auth"
)

// JWT says which JSON Web Tokens clients may come with. It holds for as long as the
// server runs; keys are read anew when they change.
type JWT struct {
	Secret     Secret     `toml:"secret"`     // key of HS256, of 32 bytes at least; default none
	KeyFile    string     `toml:"key_file"`   // PEM file with public keys; in rowan.toml relative to the app's folder; default none
	JWKS       string     `toml:"jwks"`       // file with a JWK Set, relative likewise, or https: URL of one; default none
	Algorithms Algorithms `toml:"algorithms"` // that tokens may be signed with; default those that the keys can be for

	Issuer        string   `toml:"issuer"`         // that tokens must be of; default anybody
	Audience      []string `toml:"audience"`       // one of which tokens must be for; default anything
	Leeway        Duration `toml:"leeway"`         // by which the clocks of others may be off; default 30s
	RequireExpiry bool     `toml:"require_expiry"` // refuse tokens that never expire; default true

	Required bool     `toml:"required"` // refuse who has no token; default false
	Cookie   string   `toml:"cookie"`   // in which a token is looked for too; default none
	Query    string   `toml:"query"`    // parameter in which it is; default none
	Refresh  Duration `toml:"refresh"`  // between two looks at the URL of jwks; default 15m
}

// Algorithms are names of algorithms of signatures.
type Algorithms []string

func (a Algorithms) check() error {
	for _, name := range a {
		if known := auth.Algorithms(); !slices.Contains(known, name) {
			return fmt.Errorf("%q is none of %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// Options returns the settings as package auth takes them, and whether there are any.
func (j JWT) Options() (o auth.Options, any bool) {
	any = j.Secret != "" || j.KeyFile != "" || j.JWKS != "" || j.Algorithms != nil || j.Issuer != "" || j.Audience != nil || j.Required || j.Cookie != "" || j.Query != ""
	return auth.Options{
		Secret: string(j.Secret), KeyFile: j.KeyFile, JWKS: j.JWKS, Algorithms: j.Algorithms,
		Issuer: j.Issuer, Audience: j.Audience, Leeway: time.Duration(j.Leeway), WithoutExpiry: !j.RequireExpiry,
		Query: j.Query, Cookie: j.Cookie, Required: j.Required, Refresh: time.Duration(j.Refresh),
	}, any
}
