package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/internal/handover"
)

func serveCommand() *cobra.Command {
	var flags config.Flags
	var dev bool
	cmd := &cobra.Command{
		Use:   "serve APP",
		Short: "Run an app",
		Long: `Run an app: a JavaScript or TypeScript file whose default export has the app's
handlers. Files in public/ beside it are served as they are, and a rowan.toml
beside it can say what the flags say, for each kind of context.

SIGHUP loads a new version of the app, with its settings, as rowan reload does.
SIGUSR1 has a new process take over, as rowan restart does. SIGTERM and SIGINT
close the sessions with 1001 and end the server; a second one ends it at once.
SIGUSR2 collects garbage and gives the memory that is free back to the system, so
that the size of the process is what it holds. Sockets that systemd passes are
used in place of the address.`,
		Example: "  rowan serve examples/counter/app.ts\n  rowan serve app.ts --dev --listen 0.0.0.0:8080 --apis all,-timers --memory 8MB",
		Args:    one(anApp),
		RunE: func(_ *cobra.Command, args []string) error {
			inherited, err := handover.Inherit()
			if err != nil {
				return broken(err)
			}
			c, err := configure(args[0], flags)
			if err != nil {
				return err
			}
			return serve(args[0], c, dev, inherited)
		},
	}
	flags.AddFile(cmd.Flags())
	flags.AddServer(cmd.Flags())
	flags.AddContext(cmd.Flags())
	cmd.Flags().BoolVar(&dev, "dev", false, "load a new version when the app's files change")
	return cmd
}

// configure loads the configuration of an app: the file beside it, the variables of the environment, and the flags.
func configure(app string, flags config.Flags) (*config.Config, error) {
	c, err := flags.Load(filepath.Dir(app), os.Environ())
	if err != nil {
		return nil, broken(err)
	}
	return c, nil
}

// serve runs the server until a signal ends it, or another process has taken over.
func serve(app string, c *config.Config, dev bool, inherited *handover.Inherited) error {
	log := daemon.NewLogger(c.Log)
	defer log.Sync()
	var s *daemon.Server
	s, err := daemon.New(daemon.Options{
		App: app, Config: c, Version: versionText(), Dev: dev, Log: log, Listen: inherited.Listen,
		Restart: func(ctx context.Context) (int, error) { return startSuccessor(ctx, s) },
	})
	if err != nil {
		if _, missing := os.Stat(app); errors.Is(missing, fs.ErrNotExist) {
			err = fmt.Errorf("%w\n  note: rowan init DIR writes an app to begin with", err)
		}
		return broken(err)
	}
	if err := s.Listen(); err != nil {
		return &failure{exitFailed, fmt.Errorf("rowan: %w", err)}
	}
	if a := s.Admin(); a != nil {
		url := a.URL()
		if daemon.IsTerminal(os.Stderr) { // not into a log, where others may read it
			url = a.LoginURL()
		}
		fmt.Fprintf(os.Stderr, "rowan: admin page: %s\n", url)
	}
	collect()  // what building the app has left
	log.Sync() // what the app has said before
	fmt.Fprintf(os.Stderr, "rowan: %s is ready: open %s\n", app, s.URL())

	defer onSignals(s)()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	if err := inherited.Ready(); err != nil {
		log.Error("the process before cannot be told that this one serves: " + err.Error())
	}
	notify(handover.StateReady)
	select {
	case err := <-served:
		return &failure{exitFailed, err}
	case <-signals:
		notify(handover.StateStopping)
	case <-s.Replaced():
	}
	go func() {
		<-signals
		log.Sync()
		os.Exit(exitFailed)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(c.Shutdown.Timeout))
	defer cancel()
	waits := time.AfterFunc(time.Second, func() {
		fmt.Fprintf(os.Stderr, "rowan: ending, which may take up to %v, since clients have something under way; Ctrl-C or SIGTERM ends it at once\n", c.Shutdown.Timeout)
	})
	defer waits.Stop()
	s.Shutdown(ctx)
	return nil
}

// collect gives the memory that is free back to the system.
func collect() {
	runtime.GC() // what pools hold goes with the second collection
	debug.FreeOSMemory()
}

// startSuccessor starts this program anew, as it was started, with the server's listeners, and returns its number when it serves.
func startSuccessor(ctx context.Context, s *daemon.Server) (pid int, err error) {
	if os.Getpid() == 1 {
		return 0, errors.New("process 1 of a container cannot be replaced, since the container ends with it")
	}
	path, err := os.Executable()
	if err != nil {
		return 0, err
	}
	if pid, err = handover.Start(ctx, path, os.Args, s.Listeners()); err != nil {
		return 0, err
	}
	return pid, handover.Notify(handover.MainPID(pid))
}

// notify tells systemd, where it wants to know.
func notify(state string) {
	if err := handover.Notify(state); err != nil {
		fmt.Fprintf(os.Stderr, "rowan: systemd cannot be told: %v\n", err)
	}
}
