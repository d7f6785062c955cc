package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"rowan/internal/starter"
	"rowan/types"
)

func initCommand() *cobra.Command {
	template := starter.Templates[0].Name
	var list strings.Builder
	for _, t := range starter.Templates {
		fmt.Fprintf(&list, "\n  %-10s%s", t.Name, t.Summary)
	}
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Write an app to begin with",
		Long: `Write an app to begin with into a folder, with its types, a page and a test. No file
is overwritten. The templates are:
` + list.String(),
		Example: "  rowan init my-chat\n  rowan init . --template http",
		Args:    one("the folder for the app, such as my-app"),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := starter.Write(args[0], template)
			if err != nil {
				return broken(fmt.Errorf("rowan: %w", err))
			}
			told(cmd.OutOrStdout(), args[0], files)
			return nil
		},
	}
	cmd.Flags().StringVar(&template, "template", template, "the `name` of the template")
	return cmd
}

// told says what was written, and what comes next.
func told(out io.Writer, dir string, files []string) {
	for _, file := range files {
		fmt.Fprintln(out, "  "+file)
	}
	fmt.Fprintln(out, "\nNow run it, and open http://127.0.0.1:4000/:")
	if dir != "." {
		fmt.Fprintf(out, "  cd %s\n", quoted(dir))
	}
	fmt.Fprintln(out, "  rowan serve app.ts --dev")
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-") == "" && !strings.HasPrefix(word, "-") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func typesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "types", Short: "Print the type definitions for TypeScript", Args: cobra.NoArgs,
		Long: `Print the type definitions of this version, for the file types/rowan.d.ts of an app
that "rowan init" has made.`,
		Example: "  rowan types > types/rowan.d.ts",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), types.Definitions)
			return err
		},
	}
}
