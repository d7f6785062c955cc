package daemon

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// TestHTTPErrors has net/http say what it does: of a panic, and of what clients do.
func TestHTTPErrors(t *testing.T) {
	core, observed := observer.New(zapcore.DebugLevel)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh no") }))
	server.Config.ErrorLog = httpErrors(zap.New(core))
	server.StartTLS()
	defer server.Close()
	client := server.Client()
	for _, url := range []string{strings.Replace(server.URL, "https", "http", 1), server.URL} {
		if response, err := client.Get(url); err == nil {
			response.Body.Close()
		}
	}
	client.CloseIdleConnections()
	server.Close()
	levels := map[zapcore.Level]int{}
	for _, e := range observed.All() {
		levels[e.Level]++
	}
	if levels[zapcore.ErrorLevel] != 1 || levels[zapcore.DebugLevel] == 0 || len(levels) != 2 {
		t.Errorf("it said %v", observed.All())
	}
}
