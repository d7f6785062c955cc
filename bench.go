package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"rowan/daemon/admin/client"
	"rowan/internal/bench"
	"rowan/internal/swarm"
)

func benchCommand() *cobra.Command {
	o := bench.Defaults()
	var self, asJSON, quiet bool
	var admin string
	cmd := &cobra.Command{
		Use:   "bench (URL | --self [-- FLAGS OF SERVE])",
		Short: "Measure a WebSocket server",
		Long: `Send messages to a WebSocket server at a steady rate, whether its answers come or
not, and report how long they took from the time at which each message was due:
a server that stands still for 100 ms shows it in every message of these 100 ms.

By default the server is expected to send every message back on its connection,
as text or as bytes, as any echo server does. With --broadcast, what one more
connection sends must reach all the others, in order; the sender may get it too.
With --channels each connection joins the topic "bench:all" of Phoenix Channels
at /socket/websocket: the event "echo" must be answered with the status ok and
its payload, "all" be broadcast to the topic. Messages are checked to the byte.

A rowan server closes a connection that sends more than [limits] in its
rowan.toml allows, 1,000 messages a second by default: use more connections.

With --self the server is "rowan serve" with an app that does all this, in a
process of its own; what stands behind -- is given to it.

The memory of a session is by how much the server's resident set grows from one
connection to all, idle: open thousands, since the first ones cost more. A server
with a garbage collector holds garbage besides, unless it collects it: see
--collect.

The exit code is 1 if anything went wrong: a connection that failed or ended, a
message that was not sent, or not answered, or answered wrongly.`,
		Example: `  rowan bench --self
  rowan bench --self --connections 1000 --rate 20000 --duration 30s -- --workers 1
  rowan bench --self --channels --broadcast --connections 5000 --rate 5
  rowan bench ws://127.0.0.1:8080/echo --pid $(pidof server) --json > report.json
  rowan bench wss://example.com/ws --connections 50 --rate 100 --admin http://127.0.0.1:4001
  rowan bench ws://127.0.0.1:8080/ --connections 15000 --connect-rate 2000 --rate 0`,
		RunE: func(cmd *cobra.Command, args []string) error {
			before, after := args, []string(nil)
			if dash := cmd.ArgsLenAtDash(); dash >= 0 {
				before, after = args[:dash], args[dash:]
			}
			switch {
			case self && len(before) > 0:
				return errors.New("give a URL or --self, not both")
			case self && (o.PID != 0 || admin != "" || o.Collect):
				return errors.New("the memory of --self is read without --pid, --admin and --collect")
			case !self && (len(before) != 1 || len(after) > 0):
				return errors.New("give one URL, such as ws://127.0.0.1:4000/, or --self")
			case !self:
				o.URL = before[0]
			}
			if admin != "" {
				c, err := client.Open(admin)
				if err != nil {
					return err
				}
				o.Metrics, o.MetricsHeader = c.URL+"metrics", c.Header()
			}
			if !quiet {
				var done func()
				o.Progress, done = progress(os.Stderr)
				defer done()
			}
			return measure(cmd, o, self, after, asJSON)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&self, "self", false, "measure rowan itself")
	flags.IntVar(&o.Connections, "connections", o.Connections, "connections that send in turn, or that receive what is broadcast")
	flags.Float64Var(&o.Rate, "rate", o.Rate, "messages a second in all; 0 only opens connections, and holds them")
	flags.IntVar(&o.Payload, "payload", o.Payload, "bytes of a message, 16 at least")
	flags.DurationVar(&o.Duration, "duration", o.Duration, "time that is measured")
	flags.DurationVar(&o.Warmup, "warmup", o.Warmup, "time before, under the same load")
	flags.DurationVar(&o.Timeout, "timeout", o.Timeout, "for a connection to open, for the first answer, and for the last ones")
	flags.DurationVar(&o.Settle, "settle", o.Settle, "time for which connections are idle before the server's memory is read")
	flags.BoolVar(&o.Binary, "binary", false, "send bytes instead of text")
	flags.BoolVar(&o.Broadcast, "broadcast", false, "have one connection send, and all others receive")
	flags.BoolVar(&o.Channels, "channels", false, "speak Phoenix Channels")
	flags.Float64Var(&o.ConnectRate, "connect-rate", 0, "connections opened a second (default as fast as it goes, 64 at a time)")
	flags.Func("from", "`addresses` that connections come from, such as 127.0.0.1-127.0.0.8 (default: on Linux, enough of 127.0.0.0/8 if the server is there)", func(text string) (err error) {
		o.From, err = swarm.ParseFrom(text)
		return err
	})
	flags.BoolVar(&o.Insecure, "insecure", false, "trust any certificate of a wss:// server")
	flags.IntVar(&o.PID, "pid", 0, "`process` of the server on this machine, to read its memory and CPU time")
	flags.BoolVar(&o.Collect, "collect", false, "send SIGUSR2 to the server before its memory is read, for one that collects its garbage then, as rowan does")
	flags.StringVar(&admin, "admin", "", "`URL` of the admin side of a rowan server, to read the same; its token is in "+client.TokenVariable+" or in a file of this user")
	flags.BoolVar(&asJSON, "json", false, "print the report as JSON; times are nanoseconds")
	flags.BoolVar(&quiet, "quiet", false, "do not show on standard error how it goes")
	return cmd
}

// measure runs a measurement and prints its report.
func measure(cmd *cobra.Command, o bench.Options, self bool, args []string, asJSON bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if self {
		runtime.LockOSThread()
		server, err := bench.StartSelf(o.Broadcast, args)
		if err != nil {
			return &failure{exitFailed, fmt.Errorf("rowan: %w", err)}
		}
		defer server.Close()
		o.URL, o.PID, o.Collect = server.URL, server.PID, runtime.GOOS != "windows"
	}
	report, err := bench.Run(ctx, o)
	var wrong *bench.OptionError
	switch {
	case errors.As(err, &wrong):
		return err
	case err != nil:
		return &failure{exitFailed, fmt.Errorf("rowan: %w", err)}
	}
	write := report.WriteText
	if asJSON {
		write = report.WriteJSON
	}
	if err := write(cmd.OutOrStdout()); err != nil {
		return &failure{exitFailed, err}
	}
	if report.Failures() > 0 {
		return &failure{exitFailed, nil}
	}
	return nil
}

// progress shows how a run goes, and returns what ends that.
func progress(to *os.File) (show func(bench.Progress), end func()) {
	if info, err := to.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return bench.Terminal(to)
	}
	return bench.Plain(to), func() {}
}
