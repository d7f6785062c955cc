package daemon_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"rowan/internal/daemontest"
)

// polled is the answer to a request of long polling.
type polled struct {
	Status   int
	Token    string
	Messages []string
}

func poll(t *testing.T, method, url, body string) (p polled) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if err := json.Unmarshal(text, &p); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s: status %d, %s", method, resp.StatusCode, text)
	}
	return p
}

func TestLongPoll(t *testing.T) {
	s := daemontest.Serve(t, room)
	url := s.URL() + "socket/longpoll?vsn=2.0.0&"
	first := poll(t, "GET", url, "")
	if first.Status != 410 || len(first.Token) < 32 || len(first.Messages) != 0 {
		t.Fatalf("the first poll: %+v", first)
	}
	url += "token=" + first.Token
	frames := `["1","1","room:1","phx_join",{}]` + "\n" + `["1","2","room:1","echo",{"x":"ø"}]`
	if p := poll(t, "POST", url, frames); p.Status != 200 {
		t.Fatalf("a batch: %+v", p)
	}
	var got []string
	for len(got) < 3 {
		p := poll(t, "GET", url, "")
		if p.Status != 200 || p.Token != first.Token {
			t.Fatalf("a poll: %+v", p)
		}
		got = append(got, p.Messages...)
	}
	want := []string{
		`["1","1","room:1","phx_reply",{"response":{"hello":null,"user":null},"status":"ok"}]`,
		`["1",null,"room:1","joined",{"topic":"room:1"}]`,
		`["1","2","room:1","phx_reply",{"response":{"x":"ø"},"status":"ok"}]`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("messages %q, want %q", got, want)
	}
	// Bytes go as base64 both ways.
	if p := poll(t, "POST", url, "AAEBBgQxM3Jvb206MWVjaG8BAg=="); p.Status != 200 { // push "1" "3" "room:1" "echo" 01 02
		t.Fatalf("a binary push: %+v", p)
	}
	if p := poll(t, "GET", url, ""); len(p.Messages) != 1 || p.Messages[0] != `["1","3","room:1","phx_reply",{"response":{"base64":"AQI="},"status":"ok"}]` {
		t.Errorf("the answer to a binary push: %+v", p)
	}
}
