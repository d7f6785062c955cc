// Package channel is the Go half of the API group "channel": BroadcastChannel, MessageChannel and MessagePort, after the HTML Standard,
// section Cross-document messaging and channel messaging (https://html.spec.whatwg.org/multipage/web-messaging.html).
//
// The host functions of BroadcastChannel are those of the topics that every channel's name is one of: open(port, topic),
// post(port, topic, message) and close(port); the host calls the export "channel.deliver" with a port and a message. Those of
// message ports are here: see [Ports].
package channel

import (
	"net/url"

	"rowan/engine"
	"rowan/engine/value"
)

// Origin is the host function that gives the origin of all contexts, for those that have a location.
func Origin(location string) engine.Host {
	origin := ""
	if u, err := url.Parse(location); err == nil && u.Host != "" {
		origin = u.Scheme + "://" + u.Host
	}
	return engine.Host{Name: "origin", Template: engine.PureCall, Func: func(*engine.Turn, value.Args) (any, error) { return origin, nil }}
}
