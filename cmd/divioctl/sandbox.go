package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/divioctl/divioctl/pkg/sandbox"
)

// sandboxFile is where the sandbox keeps its state when nothing else is said.
const sandboxFile = ".divioctl/sandbox.json"

type sandboxCmd struct {
	Serve sandboxServeCmd `cmd:"" help:"Serve the sandbox over HTTP, for any client."`
	Seed  sandboxSeedCmd  `cmd:"" help:"Add what a seed file describes."`
	Dump  sandboxDumpCmd  `cmd:"" help:"Print what is in the sandbox."`
	Reset sandboxResetCmd `cmd:"" help:"Go back to the demo organisation."`
}

// Help is the second part of the command's help.
func (sandboxCmd) Help() string {
	return `
The sandbox stands in for the Divio API. It lives in a file (--sandbox=FILE,
default .divioctl/sandbox.json) and begins with a small demo organisation.
Everything that it is told is kept in that file in clear text: never give it
real secrets.

Example:

    divioctl apply --sandbox
    divioctl sandbox dump
`
}

// sandboxState is the state file that the flags name.
func (g *Globals) sandboxState() string { return cmp.Or(g.Sandbox.value, sandboxFile) }

func (s *session) openSandbox() (*sandbox.Sandbox, error) {
	return sandbox.New(sandbox.Options{File: s.flags.sandboxState()})
}

type sandboxSeedCmd struct {
	Seed string `arg:"" help:"The seed file; - for standard input."`
}

// Help is the second part of the command's help.
func (sandboxSeedCmd) Help() string {
	return `
A seed file is JSON. Objects stand inside each other and refer to each other by
name; keys are those of the API's answers, and what is left out has its default.
docs/sandbox.md has all of it. Nothing is added when there is a mistake.

    {"applications": [{
      "slug": "shop",
      "environments": [{
        "slug": "live",
        "variables": [{"name": "DEBUG", "value": "False", "is_sensitive": false}],
        "cronjobs": [{"command": "true", "frequency": "DAILY", "time": "02:30"}],
        "domains": [{"name": "www.shop.example"}]
      }]
    }]}

Example:

    divioctl sandbox seed seed.json
    divioctl sandbox seed - --sandbox=try.json
`
}

func (c *sandboxSeedCmd) run(_ context.Context, s *session) (exitCode, error) {
	seed := s.io.in
	if c.Seed != "-" {
		file, err := os.Open(c.Seed)
		if err != nil {
			return 0, fmt.Errorf("read the seed: %w", err)
		}
		defer file.Close()
		seed = file
	}
	box, err := s.openSandbox()
	if err != nil {
		return 0, err
	}
	if err := box.Seed(seed); err != nil {
		return 0, &seedError{fmt.Errorf("seed the sandbox from %s: %w", c.Seed, err)}
	}
	return exitDone, nil
}

// seedError is a mistake in a seed file.
type seedError struct{ err error }

func (e *seedError) Error() string { return e.err.Error() }
func (e *seedError) Unwrap() error { return e.err }

type sandboxDumpCmd struct{}

// Help is the second part of the command's help.
func (sandboxDumpCmd) Help() string {
	return `
The dump holds neither ids nor times, so that two dumps can be compared.

Example:

    divioctl sandbox dump --sandbox=try.json
`
}

func (sandboxDumpCmd) run(_ context.Context, s *session) (exitCode, error) {
	box, err := s.openSandbox()
	if err != nil {
		return 0, err
	}
	return exitDone, box.Dump(s.io.out)
}

type sandboxResetCmd struct{}

// Help is the second part of the command's help.
func (sandboxResetCmd) Help() string {
	return `
Asks nothing: what is in the file is gone. It may be a broken one.

Example:

    divioctl sandbox reset
    divioctl sandbox reset --sandbox=try.json
`
}

func (sandboxResetCmd) run(_ context.Context, s *session) (exitCode, error) {
	if err := sandbox.Restart(sandbox.Options{File: s.flags.sandboxState()}); err != nil {
		return 0, err
	}
	s.say("Reset: %s holds the demo organisation, and nothing else.", s.flags.sandboxState())
	return exitDone, nil
}

type sandboxServeCmd struct {
	Listen         string        `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where to listen (default: 127.0.0.1:8080); port 0 takes a free one."`
	Empty          bool          `help:"Begin without applications."`
	Latency        time.Duration `placeholder:"TIME" help:"Wait before each answer (50ms)."`
	DeploymentTime time.Duration `placeholder:"TIME" help:"How long a deployment takes (default: 1s)."`
	PageSize       int           `placeholder:"N" help:"Results per page (default: 100)."`
	Quiet          bool          `short:"q" help:"Do not print the requests."`
}

// Help is the second part of the command's help.
func (sandboxServeCmd) Help() string {
	return `
Any token is accepted. Stop the server with Ctrl-C; its state stays in the file.

Example:

    divioctl sandbox serve --listen 127.0.0.1:8080
    DIVIO_ENDPOINT=http://127.0.0.1:8080 DIVIO_API_TOKEN=any divioctl plan
`
}

func (c *sandboxServeCmd) run(ctx context.Context, s *session) (exitCode, error) {
	var log io.Writer
	if !c.Quiet {
		log = s.io.err
	}
	box, err := sandbox.New(sandbox.Options{
		File: s.flags.sandboxState(), Empty: c.Empty, Latency: c.Latency,
		DeploymentTime: c.DeploymentTime, PageSize: c.PageSize, Log: log,
	})
	if err != nil {
		return 0, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return 0, fmt.Errorf("serve the sandbox: %w", err)
	}
	if host, ok := listener.Addr().(*net.TCPAddr); ok && !host.IP.IsLoopback() {
		fmt.Fprintln(s.io.err, "divioctl: warning: the sandbox takes any token, and other machines can reach it here")
	}
	fmt.Fprintf(s.io.out, "The sandbox listens on http://%[1]s, and keeps its state in %[2]s.\n"+
		"Try it: DIVIO_ENDPOINT=http://%[1]s DIVIO_API_TOKEN=any divioctl plan\n",
		listener.Addr(), s.flags.sandboxState())
	return exitDone, serve(ctx, listener, box)
}

// serve answers until ctx ends, and lets running requests finish for a moment.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		stopped <- server.Shutdown(grace)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the sandbox: %w", err)
	}
	return <-stopped
}
