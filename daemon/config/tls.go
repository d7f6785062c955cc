package config

import (
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"

	"rowan/daemon/peer"
)

// TLS has the settings of encryption. Without a certificate there is none.
type TLS struct {
	Cert     string          `toml:"cert"`     // file of the certificate, and those between it and the authority's, as PEM; default none
	Key      string          `toml:"key"`      // file of its private key; default none
	Redirect OptionalAddress `toml:"redirect"` // where http:// is redirected to https://; default none
}

// Static has the settings of the files in public/.
type Static struct {
	// Headers go with every file, each as "Name: value". Default
	// X-Content-Type-Options, X-Frame-Options and Referrer-Policy.
	Headers Headers `toml:"headers"`
}

type (
	// Networks are addresses and networks, in the form of peer.ParseNetworks.
	Networks []string

	// Names are names of hosts; "*.example.com" stands for those below one.
	Names []string

	// Headers are fields of a header, each as "Name: value".
	Headers []string
)

func (n Networks) check() error {
	_, err := peer.ParseNetworks(n)
	return err
}

func (n Names) check() error {
	for _, name := range n {
		if plain := strings.TrimPrefix(name, "*."); plain == "" || strings.ContainsAny(plain, "*:/[] ") {
			return fmt.Errorf(`%q is no name of a host such as "example.com" or "*.example.com"`, name)
		}
	}
	return nil
}

func (h Headers) check() error {
	for _, line := range h {
		name, text, ok := strings.Cut(line, ":")
		if !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(strings.TrimSpace(text)) {
			return fmt.Errorf(`%q is no field of a header such as "X-Frame-Options: DENY"`, line)
		}
	}
	return nil
}

// check looks at what no single setting tells.
func (t TLS) check() error {
	switch {
	case t.Cert == "" && t.Key != "":
		return fmt.Errorf("key in [tls] needs cert, the certificate")
	case t.Cert != "" && t.Key == "":
		return fmt.Errorf("cert in [tls] needs key, the certificate's private key")
	case t.Cert == "" && t.Redirect != "":
		return fmt.Errorf("redirect in [tls] needs cert and key")
	}
	return nil
}
