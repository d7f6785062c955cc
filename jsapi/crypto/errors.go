package crypto

import "rowan/engine/value"

// What operations fail with; the script makes DOMExceptions of those that are none of JavaScript's own.

func fail(name, message string) error { return &value.Error{Name: name, Message: message} }

func notSupported(message string) error   { return fail("NotSupportedError", message) }
func syntaxError(message string) error    { return fail("SyntaxError", message) }
func dataError(message string) error      { return fail("DataError", message) }
func operationError(message string) error { return fail("OperationError", message) }
func invalidAccess(message string) error  { return fail("InvalidAccessError", message) }
func typeError(message string) error      { return fail("TypeError", message) }
