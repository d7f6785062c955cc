// Command reference writes the reference of the scripts' API, a page for each section of rowan.d.ts:
//
//	go generate ./types
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"rowan/types"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: reference FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// write writes the pages into a folder.
func write(dir string) error {
	pages, err := render(types.Definitions)
	if err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}
