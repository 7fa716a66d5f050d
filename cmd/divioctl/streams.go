package main

import (
	"io"
	"os"

	"github.com/divioctl/divioctl/pkg/render"
)

// streams are the ways in and out of the process. Results go to out, progress,
// questions and problems to err, so that a pipe gets results and nothing else.
type streams struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
}

func processStreams() streams {
	return streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv}
}

// canAsk reports whether somebody is there to read a question and answer it.
func (s streams) canAsk() bool { return render.IsTerminal(s.in) && render.IsTerminal(s.err) }

// getenv is os.Getenv on the streams' environment.
func (s streams) getenv(name string) string {
	value, _ := s.env(name)
	return value
}

// style says how a stream is written to: --color first, then what it is.
func (s *session) style(w io.Writer) render.Options {
	style := render.For(w, s.io.getenv)
	if s.flags.Sandbox.given {
		style.Endpoint = "in the sandbox " + s.flags.sandboxState()
	}
	switch s.flags.Color {
	case "always":
		style.Color = true
	case "never":
		style.Color = false
	}
	return style
}
