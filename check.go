package main

import (
	"github.com/spf13/cobra"

	"rowan/daemon"
	"rowan/daemon/config"
)

func checkCommand() *cobra.Command {
	var flags config.Flags
	cmd := &cobra.Command{
		Use:   "check APP",
		Short: "Say what is wrong with an app, and what it consists of",
		Long: `Bundle an app and its actors and evaluate them, as serve does, without listening.
A broken app ends with one message that names file, line and column, and exit
code 2.`,
		Args: one(anApp),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := configure(args[0], flags)
			if err != nil {
				return err
			}
			if c.Log.Format == "auto" {
				c.Log.Format = "console" // people read it, by a pipe too
			}
			log := daemon.NewLogger(c.Log)
			report, err := daemon.Check(daemon.Options{App: args[0], Config: c, Log: log})
			log.Sync()
			if err != nil {
				return broken(err)
			}
			_, err = report.WriteTo(cmd.OutOrStdout())
			return err
		},
	}
	flags.AddFile(cmd.Flags())
	flags.AddContext(cmd.Flags())
	return cmd
}
