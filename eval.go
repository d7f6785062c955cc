package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"rowan/daemon"
	"rowan/daemon/config"
)

func evalCommand() *cobra.Command {
	var flags config.Flags
	var code, location string
	cmd := &cobra.Command{
		Use:   "eval (FILE | -e CODE | -)",
		Short: "Run a script",
		Long: `Run a JavaScript or TypeScript file, the code given by -e, or standard input, until
nothing is pending. A file with import or export, or with await at its top level,
is a module; any other is a classic script, whose value -e prints. An uncaught
error is printed with its stack, and the exit code is 1.`,
		Example: "  rowan eval script.ts\n  rowan eval -e 'console.log([1, 2].map((x) => x * 2))'",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			script := daemon.Script{Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr(), Version: versionText(), Location: location}
			switch {
			case code != "" && len(args) > 0:
				return errors.New("give a file or -e CODE, not both")
			case code != "":
				script.Name, script.Code, script.Print = "eval.ts", code, true
			case len(args) == 0:
				return errors.New("nothing to run: give a file, -e CODE, or - for standard input")
			case args[0] == "-":
				text, err := io.ReadAll(os.Stdin)
				if err != nil {
					return err
				}
				script.Name, script.Code = "stdin.ts", string(text)
			default:
				text, err := os.ReadFile(args[0])
				if err != nil {
					return broken(err)
				}
				script.Name, script.Code, script.Path = args[0], string(text), args[0]
			}
			c := config.Default()
			c.Apply(flags)
			err := daemon.Eval(script, c)
			var exit *daemon.ScriptExit
			if errors.As(err, &exit) {
				if exit.Code == 0 {
					return nil
				}
				return &failure{exit.Code, nil}
			}
			var uncaught *daemon.ScriptError
			if errors.As(err, &uncaught) {
				return &failure{exitFailed, err}
			}
			if err != nil {
				return broken(err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&location, "location", "", "the `URL` that relative URLs are resolved against, and the global location")
	cmd.Flags().StringVarP(&code, "eval", "e", "", "the `code` to run")
	flags.AddContext(cmd.Flags())
	// A script that is run by hand may take what a server's contexts may not.
	cmd.Flags().Lookup("memory").Usage = "heap of the script (default 96MB)"
	cmd.Flags().Lookup("turn").Usage = "thread time of one turn of the script (default no limit)"
	return cmd
}
