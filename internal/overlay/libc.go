package main

import (
	"embed"
	"strings"
)

// libc is what is known of modernc.org/libc. At an upgrade of libc: read what it does in the declarations below, make the files
// below libc/ fit, then set version and hashes. The command says what it finds where something differs.
var libc = target{
	path:    "modernc.org/libc",
	version: "v1.79.0",
	files: []sourceFile{
		{"libc_musl.go", "1d8f0c2e92ed0c8f", []edit{
			{"TLS", addFields, "frames frameSegment"},
			{"TLS.alloca", drop, ""},
			{"TLS.AllocaEntry", drop, ""},
			{"TLS.AllocaExit", drop, ""},
			{"TLS.Close", rename, "closeOthers"},
		}},
		{"pthread.go", "9e2be6d5f0aa0c76", []edit{
			{"TLS", addFields, "frames frameSegment; leaveFrame func()"},
			{"TLS.alloca", drop, ""},
			{"TLS.FreeAlloca", drop, ""},
		}},
		{"etc.go", "1fabefce6ac7f566", []edit{
			{"TLS.Close", rename, "closeOthers"},
		}},
	},
	added: map[string]string{
		"frames.go":         ours("libc/frames.go.txt"),
		"frames_musl.go":    ours("libc/frames_musl.go.txt"),
		"frames_other.go":   ours("libc/frames_other.go.txt"),
		"frames_segment.go": strings.Replace(ours("segment/segment.go"), "\npackage segment\n", "\npackage libc\n", 1),
	},
}

//go:embed libc/*.txt segment/segment.go
var oursFS embed.FS

func ours(name string) string {
	b, err := oursFS.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(b)
}
