package presence

import (
	"rowan/engine/value"
)

// Codes of the errors that scripts get.
const (
	CodeAlreadyTracked = "already_tracked" // the owner has a presence under that key of the topic
	CodeNotTracked     = "not_tracked"     // it has none
	CodeLimit          = "limit"           // a bound is reached
	CodeStopped        = "stopped"         // the tracker has ended
)

var errNoObject = &value.Error{Name: "TypeError", Message: "the meta is not an object"}
