// Command divioctl keeps applications on Divio as YAML files say. The command line is in
// internal/command; what it does is in pkg/workflow.
package main

import (
	"context"
	"os"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command"
)

func main() {
	signals, release := cli.WatchSignals()
	code := command.Run(context.Background(), os.Args[1:], cli.ProcessStreams(), signals)
	// Nothing is deferred in main: os.Exit would skip it.
	release()
	os.Exit(int(code))
}
