package actors

// Codes of the errors that callers get.
const (
	CodeTimeout     = "timeout"      // the deadline has passed
	CodeCrashed     = "crashed"      // the actor was lost, or could not be started
	CodeMailboxFull = "mailbox_full" // too much waits for the actor
	CodeStopped     = "stopped"      // the actor has ended
	CodeReentrant   = "reentrant"    // the call would wait for itself
	CodeLimit       = "limit"        // a limit ended the turn, or a bound is reached
	CodeUnclonable  = "unclonable"   // a value cannot be sent
)
