package main

import (
	"github.com/spf13/cobra"

	"rowan/daemon/config"
)

func configCommand() *cobra.Command {
	var flags config.Flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "config [APP]",
		Short: "Print the settings in force, and where each comes from",
		Long: `Print the settings that "rowan serve" would use with the same arguments and in the
same environment, as a rowan.toml: the defaults, over them the file rowan.toml
beside the app (here or in the working folder), over that variables such as
ROWAN_LISTEN or ROWAN_SESSION_MEMORY, over these the flags. Beside each stands where it
comes from. Secrets are not shown.

Whoever asks for a setting that there is not, or gives one a wrong value, is told
where, and which one may be meant; exit code 2.`,
		Example: "  rowan config examples/counter/app.ts\n  ROWAN_SESSION_MEMORY=8MB rowan config --json | jq '.[\"session.memory\"]'",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			app := "app.ts" // in the working folder, whatever it is called
			if len(args) > 0 {
				app = args[0]
			}
			c, err := configure(app, flags)
			if err != nil {
				return err
			}
			if asJSON {
				return c.WriteJSON(cmd.OutOrStdout())
			}
			return c.WriteTOML(cmd.OutOrStdout())
		},
	}
	flags.AddFile(cmd.Flags())
	flags.AddServer(cmd.Flags())
	flags.AddContext(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print an object by key: {\"listen\": {\"value\": …, \"from\": …}, …}")
	return cmd
}
