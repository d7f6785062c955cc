package front_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"rowan/daemon/front"
)

// shout answers every message in capitals.
type shout struct{ ended chan struct{} }

func (shout) Message(c *front.Conn, data []byte, text bool) bool {
	c.Send([]byte(strings.ToUpper(string(data))), text)
	return true
}

func (shout) Drain(*front.Conn) {}

func (s shout) Close(_ *front.Conn, code int, reason string) {
	fmt.Println("closed:", code, reason)
	close(s.ended)
}

func ExampleUpgrade() {
	handler := shout{ended: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := front.Upgrade(w, r, front.UpgradeOptions{Options: front.Options{MaxPayloadLength: 1 << 16}})
		if err != nil {
			return // the client has its answer
		}
		c.Start(handler)
	}))
	defer server.Close()

	client, _, _, err := ws.Dial(context.Background(), strings.Replace(server.URL, "http", "ws", 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	wsutil.WriteClientText(client, []byte("hello"))
	answer, _ := wsutil.ReadServerText(client)
	fmt.Println(string(answer))
	wsutil.WriteClientMessage(client, ws.OpClose, ws.NewCloseFrameBody(ws.StatusNormalClosure, "bye"))
	<-handler.ended
	// Output:
	// HELLO
	// closed: 1000 bye
}
