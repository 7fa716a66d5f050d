// Command divioctl keeps applications on Divio as YAML files say.
//
// Start reading at pipeline.go, which is the whole program in one page. Every
// command is a file of its own: a struct of flags (read by kong) with a run
// method. What commands share is in session.go, how they end in exit.go.
package main

import (
	"context"
	"os"
)

func main() {
	signals, release := watchSignals()
	code := run(context.Background(), os.Args[1:], processStreams(), signals)
	// Nothing is deferred in main: os.Exit would skip it.
	release()
	os.Exit(int(code))
}

// run is the program without the process around it: it parses the arguments,
// runs the command and says how it ended.
func run(ctx context.Context, args []string, io streams, signals *signals) (code exitCode) {
	root := new(cli)
	selected, helped, err := root.parse(args, io)
	if helped {
		return exitDone
	}
	s := newSession(&root.Globals, io, signals)
	if err != nil {
		// A command line that cannot be read has no valid --format either; what it
		// seems to ask for decides, so that a pipeline gets JSON in any case.
		if asksForJSON(args) {
			s.format = formatJSON
		}
		return s.fail(err)
	}
	defer func() {
		if broken := recover(); broken != nil {
			code = s.crash(broken)
		}
	}()
	if err := s.openLog(); err != nil {
		return s.fail(err)
	}
	defer s.closeLog()

	ctx, cancel := signals.untilFirst(ctx)
	defer cancel()
	code, err = selected.run(ctx, s)
	if err != nil {
		return s.fail(err)
	}
	return code
}
