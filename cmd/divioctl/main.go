// Command divioctl manages applications on Divio with YAML files. The command line is
// in internal/command, the library behind it in pkg/workflow.
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
	// main defers nothing: os.Exit would skip it.
	release()
	os.Exit(int(code))
}
