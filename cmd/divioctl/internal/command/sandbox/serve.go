package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// Serve is the command line of "divioctl sandbox serve".
type Serve struct {
	Listen         string        `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"The address to listen on (default: 127.0.0.1:8080); port 0 selects a free port."`
	Empty          bool          `help:"Start without applications."`
	Latency        time.Duration `placeholder:"TIME" help:"Delay of each response (50ms)."`
	DeploymentTime time.Duration `placeholder:"TIME" help:"How long a deployment takes (default: 1s)."`
	PageSize       int           `placeholder:"N" help:"Results per page (default: 100)."`
	Quiet          bool          `short:"q" help:"Do not print the requests."`
}

// Help is the second part of the command's help.
func (Serve) Help() string {
	return `
Accepts any token. Stop the server with Ctrl-C; its state is kept in the file.

Example:

    divioctl sandbox serve --listen 127.0.0.1:8080
    DIVIO_ENDPOINT=http://127.0.0.1:8080 DIVIO_API_TOKEN=any divioctl plan
`
}

// ServeOptions are the dependencies of serve.
type ServeOptions struct {
	Serve
	Options
}

// Run serves the sandbox until ctx ends.
func (o *ServeOptions) Run(ctx context.Context) (cli.ExitCode, error) {
	var log io.Writer
	if !o.Quiet {
		log = o.Console.Err
	}
	box, err := sandbox.New(sandbox.Options{
		File: o.File, Empty: o.Empty, Latency: o.Latency,
		DeploymentTime: o.DeploymentTime, PageSize: o.PageSize, Log: log,
	})
	if err != nil {
		return 0, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return 0, fmt.Errorf("serve the sandbox: %w", err)
	}
	if host, ok := listener.Addr().(*net.TCPAddr); ok && !host.IP.IsLoopback() {
		o.Console.Warn("the sandbox accepts any token, and other machines can reach this address")
	}
	_, err = o.Console.Print(fmt.Appendf(nil, "The sandbox listens on http://%[1]s, and keeps its state in %[2]s.\n"+
		"Try it: DIVIO_ENDPOINT=http://%[1]s DIVIO_API_TOKEN=any divioctl plan\n",
		listener.Addr(), o.File))
	o.Console.SayUnprinted(err)
	return cli.ExitDone, serve(ctx, listener, box)
}

// serve answers requests until ctx ends, and gives running requests a moment to finish.
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
