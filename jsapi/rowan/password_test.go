package rowan

import (
	"strings"
	"testing"
)

func TestPasswordHash(t *testing.T) {
	// Made by the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
	h, err := parsePasswordHash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	if err != nil {
		t.Fatal(err)
	}
	if sum := h.of("password", len(h.sum)); string(sum) != string(h.sum) {
		t.Errorf("sum %x, want %x", sum, h.sum)
	}
	if text := h.String(); !strings.HasSuffix(text, "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc") {
		t.Errorf("the hash is written as %s", text)
	}
}

func TestPasswordHashErrors(t *testing.T) {
	for _, text := range []string{
		"", "x", "$2b$10$x", "$argon2id$v=18$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$!", "$argon2id$v=19$m=65536,t=2,p=1$$",
	} {
		if _, err := parsePasswordHash(text); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
}
