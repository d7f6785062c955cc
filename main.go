// Command rowan runs JavaScript for real-time servers: every WebSocket session and every actor has a JavaScript context of
// its own.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"rowan/engine"
)

// Exit codes.
const (
	exitFailed = 1 // the script, or the server, failed
	exitUsage  = 2 // a flag, a file or the app is wrong
)

// version is set by release builds.
var version = ""

func main() { os.Exit(run(os.Args[1:])) }

// run is the command without the process; it returns the exit code.
func run(args []string) int {
	root := &cobra.Command{
		Use:   "rowan",
		Short: "Server-side JavaScript for real-time apps: one context for every session",
		Long: `rowan runs a JavaScript or TypeScript app and gives every WebSocket session,
every HTTP request and every actor a JavaScript context of its own.

  rowan init my-app         write an app to begin with
  rowan serve app.ts        run an app
  rowan check app.ts        say what is wrong with it, and what it consists of
  rowan config app.ts       print the settings in force, and where each comes from
  rowan eval -e '1 + 1'     run a script
  rowan top                 show what a server does, and its contexts
  rowan attach 12           run JavaScript in one of them
  rowan reload              load a new version of an app that is served
  rowan restart             have a new process take over
  rowan bench --self        measure the server, or another one
`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       versionText(),
		// An unknown command is an error, not help.
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("rowan {{.Version}}\n")
	root.AddCommand(initCommand(), typesCommand())
	root.AddCommand(serveCommand(), evalCommand(), checkCommand(), configCommand(), benchCommand(), topCommand(), attachCommand(), reloadCommand(), restartCommand(), versionCommand())
	addCompletions(root)
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	if err == nil {
		return 0
	}
	var failed *failure
	if errors.As(err, &failed) {
		if failed.err != nil {
			fmt.Fprintln(os.Stderr, failed.Error())
		}
		return failed.code
	}
	fmt.Fprintf(os.Stderr, "rowan: %v\n", err)
	if !strings.Contains(err.Error(), "\n") {
		fmt.Fprintf(os.Stderr, "See '%s --help'.\n", cmd.CommandPath())
	}
	return exitUsage
}

// anApp is what commands about an app want.
const anApp = "the app's file, such as app.ts"

// one takes exactly one argument, which is what that says.
func one(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return errors.New("give " + what)
		case 1:
			return nil
		default:
			return fmt.Errorf("give one argument alone, %s: what is %q?", what, args[1])
		}
	}
}

// failure is an error with its own exit code, printed as it is. Without an error there is only the exit code.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit code %d", f.code)
	}
	return f.err.Error()
}

func broken(err error) error { return &failure{exitUsage, err} }

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintf(cmd.OutOrStdout(), "rowan %s\nframes: %s\n", versionText(), engine.Frames())
		},
	}
}

// versionText is the version with the Go release and the revision that the binary was built from.
func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := version
	if v == "" {
		v = strings.Trim(info.Main.Version, "()")
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && !strings.Contains(v, s.Value[:12]) {
			v += " " + s.Value[:12]
		}
	}
	return v + " " + info.GoVersion
}
