package config

import (
	"fmt"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"rowan/daemon/front"
	"rowan/jsapi"
	"rowan/jsapi/netguard"
)

// The values of settings that are more than a text or a yes. Each is a
// pflag.Value, and says what it must look like when it is set to anything else.
type (
	// Bytes is a size above 0: a whole number, alone or with one of the units KB,
	// MB and GB. A KB is 1024 bytes, a MB is 1024 KB and a GB is 1024 MB; KiB, MiB
	// and GiB say the same.
	Bytes int64

	// A Duration is a time above 0, as in "50ms", "1.5s" or "2m30s".
	Duration time.Duration

	// A Count is a whole number above 0.
	Count int

	// An Address is a host and a port, as in "127.0.0.1:4000" or ":4000".
	Address string

	// A Level is "debug", "info", "warn" or "error".
	Level string

	// A LogFormat is "console", "json", or "auto", which is console on a terminal
	// and json elsewhere.
	LogFormat string

	// APIs selects API groups, in the form of [ParseAPIs].
	APIs string

	// A ProxyHeader is "x-forwarded" or "forwarded": where proxies say who the
	// client is.
	ProxyHeader string

	// A Synchronous is "normal" or "full": what a write to the storage waits for.
	Synchronous string

	// An Existing is "stay" or "move": what becomes of contexts when a new version
	// is loaded.
	Existing string
)

// Lists whose items are checked when they are set.
type (
	// Hosts are hosts that scripts may reach, in the form of netguard.Parse.
	Hosts []string

	// Variables are environment variables: the name of one of the process, or
	// "NAME=VALUE".
	Variables []string

	// Paths are paths of URLs, which begin with a slash.
	Paths []string

	// Origins are those whose pages may connect, in the form of front.ParseOrigins.
	Origins []string
)

// A list is one of the types above, or a pointer to it.
type list interface{ check() error }

func (h Hosts) check() error {
	_, err := netguard.Parse(h)
	return err
}

func (v Variables) check() error {
	for _, item := range v {
		if name, _, _ := strings.Cut(item, "="); name == "" {
			return fmt.Errorf("%q names no variable; write NAME, or NAME=VALUE", item)
		}
	}
	return nil
}

func (p Paths) check() error {
	for _, path := range p {
		if !strings.HasPrefix(path, "/") {
			return fmt.Errorf("the path %q must begin with a slash", path)
		}
	}
	return nil
}

func (o Origins) check() error {
	_, err := front.ParseOrigins(o)
	return err
}

// A value is one of the first types.
type value interface {
	String() string
	Set(text string) error
	Type() string
	form() string // what it must be, for errors
}

// wrong returns the error of setting v to something, which is quoted if need be.
func wrong(v value, something string) error {
	return fmt.Errorf("must be %s, not %s", v.form(), something)
}

// units are the suffixes of sizes, from the largest. String uses the first of
// its size.
var units = []struct {
	suffix string
	bytes  int64
}{
	{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10},
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
}

// Set parses a size.
func (b *Bytes) Set(text string) error {
	number, unit := text, int64(1)
	for _, u := range units {
		if n, ok := strings.CutSuffix(text, u.suffix); ok {
			number, unit = strings.TrimSuffix(n, " "), u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil || n == 0 || int64(n) > math.MaxInt64/unit {
		return wrong(b, strconv.Quote(text))
	}
	*b = Bytes(int64(n) * unit)
	return nil
}

// String returns the size in the largest unit that leaves a whole number.
func (b Bytes) String() string {
	for _, u := range units {
		if b != 0 && int64(b)%u.bytes == 0 {
			return strconv.FormatInt(int64(b)/u.bytes, 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// Type returns "size".
func (*Bytes) Type() string { return "size" }

func (*Bytes) form() string { return `a size such as 512000, "512KB" or "32MB"` }

// Set parses a duration.
func (d *Duration) Set(text string) error {
	t, err := time.ParseDuration(text)
	if err != nil || t <= 0 {
		return wrong(d, strconv.Quote(text))
	}
	*d = Duration(t)
	return nil
}

// String returns the duration as time.Duration does, without the units at its end
// that are 0: "2m" and "1h"; and "0" for none.
func (d Duration) String() string {
	if d == 0 {
		return "0"
	}
	text := time.Duration(d).String()
	for _, zero := range []string{"0s", "0m"} {
		if rest := strings.TrimSuffix(text, zero); rest != "" && strings.ContainsAny(rest[len(rest)-1:], "mh") {
			text = rest
		}
	}
	return text
}

// Type returns "duration".
func (*Duration) Type() string { return "duration" }

func (*Duration) form() string { return `a duration above 0 such as "50ms" or "30s"` }

// Set parses a number.
func (c *Count) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n == 0 {
		return wrong(c, strconv.Quote(text))
	}
	*c = Count(n)
	return nil
}

func (c Count) String() string { return strconv.Itoa(int(c)) }

// Type returns "number".
func (*Count) Type() string { return "number" }

func (*Count) form() string { return "a whole number above 0" }

// Set checks an address, without looking up its host.
func (a *Address) Set(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return wrong(a, strconv.Quote(text))
	}
	*a = Address(text)
	return nil
}

func (a Address) String() string { return string(a) }

// Type returns "address".
func (*Address) Type() string { return "address" }

func (*Address) form() string { return `a host and a port such as "127.0.0.1:4000"` }

// Set takes one of the names of levels.
func (l *Level) Set(text string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, text) {
		return wrong(l, strconv.Quote(text))
	}
	*l = Level(text)
	return nil
}

func (l Level) String() string { return string(l) }

// Type returns "level".
func (*Level) Type() string { return "level" }

func (*Level) form() string { return `"debug", "info", "warn" or "error"` }

// Set takes one of the names of formats.
func (f *LogFormat) Set(text string) error {
	if !slices.Contains([]string{"console", "json", "auto"}, text) {
		return wrong(f, strconv.Quote(text))
	}
	*f = LogFormat(text)
	return nil
}

func (f LogFormat) String() string { return string(f) }

// Type returns "format".
func (*LogFormat) Type() string { return "format" }

func (*LogFormat) form() string { return `"console", "json" or "auto"` }

// Set takes a list of groups, all of which must be known.
func (a *APIs) Set(text string) error {
	if _, err := APIs(text).Groups(); err != nil {
		return err
	}
	*a = APIs(text)
	return nil
}

// Groups returns the groups that are selected.
func (a APIs) Groups() (Set, error) { return ParseAPIs(string(a), jsapi.Names()) }

func (a APIs) String() string { return string(a) }

// Type returns "groups".
func (*APIs) Type() string { return "groups" }

func (*APIs) form() string { return `a text such as "all", "none" or "all,-fetch"` }

// Set takes one of the names.
func (s *Synchronous) Set(text string) error {
	if text != "normal" && text != "full" {
		return wrong(s, strconv.Quote(text))
	}
	*s = Synchronous(text)
	return nil
}

func (s Synchronous) String() string { return string(s) }

// Type returns "synchronous".
func (*Synchronous) Type() string { return "synchronous" }

func (*Synchronous) form() string { return `"normal" or "full"` }

// Set takes one of the names.
func (p *ProxyHeader) Set(text string) error {
	if text != "x-forwarded" && text != "forwarded" {
		return wrong(p, strconv.Quote(text))
	}
	*p = ProxyHeader(text)
	return nil
}

func (p ProxyHeader) String() string { return string(p) }

// Type returns "header".
func (*ProxyHeader) Type() string { return "header" }

func (*ProxyHeader) form() string { return `"x-forwarded" or "forwarded"` }

// Set takes one of the names.
func (e *Existing) Set(text string) error {
	if text != "stay" && text != "move" {
		return wrong(e, strconv.Quote(text))
	}
	*e = Existing(text)
	return nil
}

func (e Existing) String() string { return string(e) }

// Type returns "existing".
func (*Existing) Type() string { return "existing" }

func (*Existing) form() string { return `"stay" or "move"` }
