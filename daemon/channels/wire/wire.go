// Package wire is the Phoenix Channels protocol on the wire: frames of versions 1 and 2, the parameters of a connection,
// and the token in the sub-protocol. It keeps no state and knows neither sockets nor channels.
//
// What it writes is byte for byte what Phoenix 1.8 writes, down to the order of keys, so that a client cannot tell the servers
// apart; what it reads is what Phoenix reads, and the broadcasts of Supabase's client. Where a frame is refused, Phoenix closes
// the socket with 1011.
package wire

import "regexp"

// Version is a version of the serializer, which the client names as vsn when it connects.
type Version uint8

const (
	// V1 are JSON objects {topic, event, payload, ref}, text only.
	V1 Version = 1
	// V2 are JSON arrays [join_ref, ref, topic, event, payload], and binary frames.
	V2 Version = 2
)

// versionForm is a semantic version of 1.0 or 2.0: the digit, the patch number, and what marks a pre-release.
var versionForm = func() *regexp.Regexp {
	const (
		number     = `(?:0|[1-9][0-9]*)`
		prerelease = `(?:` + number + `|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`
		build      = `[0-9A-Za-z-]+`
	)
	return regexp.MustCompile(`^([12])\.0\.(` + number + `)(-` + prerelease + `(?:\.` + prerelease + `)*)?(?:\+` + build + `(?:\.` + build + `)*)?$`)
}()

// parseVersion returns the version that vsn asks for: what matches "~> 1.0.0" or "~> 2.0.0" as Elixir's Version does, so
// "2.0.1", but neither "2.1.0" nor "2".
func parseVersion(vsn string) (v Version, ok bool) {
	m := versionForm.FindStringSubmatch(vsn)
	if m == nil || m[2] == "0" && m[3] != "" { // 2.0.0-rc comes before 2.0.0
		return 0, false
	}
	return Version(m[1][0] - '0'), true
}

// VersionOf returns the version among the parameters of a connection: that of vsn, or V1 where it is missing.
func VersionOf(params map[string]any) (v Version, ok bool) {
	vsn, given := params["vsn"]
	if !given {
		return V1, true
	}
	text, _ := vsn.(string)
	return parseVersion(text)
}

// Message is a frame of a client. Its slices point into the frame, save where escapes had to be decoded, and are valid as long
// as that is.
type Message struct {
	// JoinRef and Ref are JSON as it came: `"12"`, `12`, `null`, and `null` where there is none. Phoenix compares them
	// together with their type, so 12 is another reference than "12".
	JoinRef, Ref []byte
	// RawTopic is the topic's JSON, to be echoed, whatever it is; a string has no escapes that it does not need.
	RawTopic []byte
	// Topic and Event are the decoded strings; nil where there is no string.
	Topic, Event []byte
	// Payload is JSON, or the bytes of a binary push.
	Payload []byte
	// Binary says that Payload is bytes.
	Binary bool
}
