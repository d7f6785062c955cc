// Package channel holds the API group "channel": BroadcastChannel, after the HTML Standard
// (https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts).
//
// It is all script. Its host functions are those of the topics that every channel's name is one of: open(port, topic),
// post(port, topic, message) and close(port). The host calls the export "channel.deliver" with a port and a message.
//
// Events are plain objects with the members type, data and target, and a channel has addEventListener and
// removeEventListener without being an EventTarget, until the group events has these classes.
package channel
