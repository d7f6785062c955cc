package main

import (
	"strings"
	"testing"
)

// permissive are words of the licences that we take: they let the binary be passed on, with their text.
var permissive = []string{
	"Permission is hereby granted, free of charge",      // MIT
	"Redistribution and use in source and binary forms", // BSD
	"Apache License", // Apache 2.0
	"Permission to use, copy, modify, and/or distribute", // ISC
}

func TestLicences(t *testing.T) {
	modules, err := list("rowan")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		texts, err := m.texts()
		if err != nil {
			t.Error(err)
			continue
		}
		known := false
		for _, text := range texts {
			for _, words := range permissive {
				known = known || strings.Contains(strings.Join(strings.Fields(text), " "), words)
			}
		}
		if !known {
			t.Errorf("the licence of %s is none that is known to be permissive: %v", m.Path, texts)
		}
	}
	var b strings.Builder
	if err := write(&b, modules); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Go go1.", "modernc.org/libquickjs v", "Fabrice Bellard", "github.com/gobwas/ws v", "github.com/spf13/cobra v"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("nothing is said of %q", want)
		}
	}
	t.Logf("%d modules, %d bytes", len(modules), b.Len())
}
