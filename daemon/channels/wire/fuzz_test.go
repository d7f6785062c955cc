package wire_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
	"unicode/utf8"

	"rowan/daemon/channels/wire"
)

// FuzzParams reads queries. What comes of one goes to a script as JSON, and must arrive there as it is.
func FuzzParams(f *testing.F) {
	for _, query := range []string{"vsn=2.0.0&a[b][]=1&a[b][]=2", "a=%41+b&&=", "a[[]]=1&a]=2&[a]=3", "a[]=1&a[b]=2&a=3", "__proto__[x]=1&constructor[prototype][y]=2", "%zz=%ff"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		params, err := wire.Params(query)
		if err != nil {
			return
		}
		text, err := json.Marshal(params)
		if err != nil {
			t.Fatal(err)
		}
		var again map[string]any
		if err := json.Unmarshal(text, &again); err != nil || !reflect.DeepEqual(params, again) {
			t.Errorf("%q is %v, and then %v: %v", query, params, again, err)
		}
		wire.VersionOf(params)
	})
}

// FuzzToken reads the sub-protocols of a handshake.
func FuzzToken(f *testing.F) {
	f.Add("phoenix, base64url.bearer.phx.YQ", "")
	f.Add("base64url.bearer.phx.aXQncyBtZT8gfn5+", "phoenix")
	f.Add(",,phoenix ,\t", "base64url.bearer.phx.")
	f.Fuzz(func(t *testing.T, first, second string) {
		r := &http.Request{Header: http.Header{"Sec-Websocket-Protocol": {first, second}}}
		token, _, err := wire.Token(r)
		if !utf8.ValidString(token) || err != nil && token != "" {
			t.Errorf("the token is %q, %v", token, err)
		}
	})
}

// FuzzPollFrames reads the bodies of long polls. What is binary must be what was encoded.
func FuzzPollFrames(f *testing.F) {
	f.Add([]byte("[null,\"1\",\"phoenix\",\"heartbeat\",{}]\n\nAAEC\n{}"))
	f.Add([]byte("\r\n====\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		n := 0
		err := wire.PollFrames(body, 3, func(frame []byte, text bool) bool {
			n++
			line := frame
			if !text {
				line = []byte(base64.StdEncoding.EncodeToString(frame))
			}
			if text && !bytes.Contains(body, line) {
				t.Errorf("%q is no part of %q", line, body)
			}
			return true
		})
		if n > 3 || err != nil && err != wire.ErrPollFrame {
			t.Errorf("%d frames, %v", n, err)
		}
	})
}
