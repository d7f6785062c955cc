package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"rowan/daemon/admin/client"
)

func reloadCommand() *cobra.Command {
	var admin string
	cmd := &cobra.Command{
		Use:   "reload",
		Short: "Have a server load a new version of its app",
		Long: `Have a server load a new version of its app, with its settings, beside the one that it
serves: new sessions get it, those that live stay with theirs, or move to it, as
[reload] in rowan.toml says. A version that is broken changes nothing.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return withServer(admin, func(ctx context.Context, c *client.Client) error {
				var done struct{ Ignored []string }
				if err := c.Post(ctx, "reload", nil, &done); err != nil {
					return err
				}
				fmt.Println("loaded the new version of " + c.Name())
				if len(done.Ignored) > 0 {
					fmt.Fprintln(os.Stderr, "from the next start on: "+strings.Join(done.Ignored, ", "))
				}
				return nil
			})
		},
	}
	client.Flag(cmd.Flags(), &admin)
	return cmd
}

func restartCommand() *cobra.Command {
	var admin string
	cmd := &cobra.Command{
		Use:   "restart",
		Short: "Have a new process take a server's place, without refusing a connection",
		Long: `Have a server start its program anew, such as one that has been replaced by a newer
one, and hand its listening sockets over. When that serves, the server closes its
sessions, whose clients come back to the new process, and ends. If the new process
does not come to serve, the server goes on.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return withServer(admin, func(ctx context.Context, c *client.Client) error {
				var done struct{ PID int }
				if err := c.Post(ctx, "restart", nil, &done); err != nil {
					return err
				}
				fmt.Printf("process %d serves now: %s\n", done.PID, c.Name())
				return nil
			})
		},
	}
	client.Flag(cmd.Flags(), &admin)
	return cmd
}
