package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"rowan/daemon/admin/client"
	"rowan/internal/terminal"
)

func topCommand() *cobra.Command {
	t := terminal.Top{In: os.Stdin, Out: os.Stdout}
	var admin string
	cmd := &cobra.Command{
		Use:   "top",
		Short: "Show what a server does: workers, load, contexts",
		Long: `Show a server's load and memory, its workers, and its contexts by what they take.
It finds the only server of this user; of several, --admin says which.

Keys: m, t, b, r, w and n sort by memory, time of turns in all, share of a core now
(busy), turns, waiting tasks and age; arrows and pages scroll; q ends it. On something else than a
terminal it prints one look.`,
		Example: "  rowan top\n  rowan top --once --sort time --rows 5\n  rowan top --once --json | jq '.overview.totals'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if !slices.Contains(terminal.SortNames(), t.Sort) {
				return fmt.Errorf("--sort %s: contexts can be sorted by %s", t.Sort, strings.Join(terminal.SortNames(), ", "))
			}
			if t.Rows < 0 || t.Rows > 500 {
				return fmt.Errorf("--rows %d: must be between 0 and 500", t.Rows)
			}
			return withServer(admin, func(ctx context.Context, c *client.Client) error {
				t.Client = c
				return t.Run(ctx)
			})
		},
	}
	f := cmd.Flags()
	client.Flag(f, &admin)
	f.StringVar(&t.Sort, "sort", "memory", "sort contexts by `COLUMN`: "+strings.Join(terminal.SortNames(), ", "))
	f.StringVar(&t.Search, "search", "", "show contexts whose number, kind or name has `TEXT` in it")
	f.StringVar(&t.Kind, "kind", "", "show contexts of one `KIND`, such as session or \"actor room\"")
	f.IntVar(&t.Rows, "rows", 20, "show so many contexts, where there is no terminal")
	f.DurationVar(&t.Every, "every", time.Second, "look anew each `TIME`")
	f.BoolVar(&t.Once, "once", false, "print one look and end")
	f.BoolVar(&t.JSON, "json", false, "print one JSON text for each look")
	return cmd
}

func attachCommand() *cobra.Command {
	a := terminal.Attach{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	var admin string
	cmd := &cobra.Command{
		Use:   "attach CONTEXT",
		Short: "Run JavaScript in a context of a server, and see its console",
		Long: `Open a prompt into one context: what is typed runs there, in a turn of its own, with
the context's limits, and may await. What it declares stays. The lines of the
context's console are shown as they come.

The context is named by its number, as rowan top and the log show it (12 or
session#12); an actor also by its kind and id (room/lobby). Ctrl-C takes back what is
typed, or waits no longer for what runs; Ctrl-D leaves.

Where the input is no terminal, all of it is run, and its value printed.`,
		Example: "  rowan attach 12\n  rowan attach room/lobby -e 'Object.keys(globalThis)'\n  echo '1 + 1' | rowan attach session#12",
		Args:    one("a context, such as 12 or room/lobby; rowan top shows them"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.Target = args[0]
			return withServer(admin, func(ctx context.Context, c *client.Client) error {
				a.Client = c
				return a.Run(ctx)
			})
		},
	}
	client.Flag(cmd.Flags(), &admin)
	cmd.Flags().StringVarP(&a.Code, "eval", "e", "", "run `CODE`, print its value, and end")
	return cmd
}

// withServer finds a server of this user, or that of an address, and has f speak with it until a signal comes.
func withServer(admin string, f func(ctx context.Context, c *client.Client) error) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	c, err := client.Open(admin)
	if err == nil {
		err = f(ctx, c)
	}
	if err == terminal.ErrThrown {
		return &failure{code: exitFailed}
	}
	if err != nil {
		return &failure{exitFailed, fmt.Errorf("rowan: %w", err)}
	}
	return nil
}
