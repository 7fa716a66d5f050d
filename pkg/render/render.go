// Package render turns plans, results and problems into text and JSON. It alone decides
// about colour and width, and it is the last place where a secret could be leaked:
// secret fields are masked here, on both sides of a change.
//
// Text is made of spans (text.go), which escape everything that could control a
// terminal, so that no text from the API or from a file is printed raw. The content of
// a plan is prepared once, independent of any format, in view.go; plan_text.go and
// plan_json.go print it, and a further format only has to do the same.
package render

import (
	"io"

	"golang.org/x/term"
)

// Options say what the output device can show.
type Options struct {
	// Color: escape sequences for colours may be written.
	Color bool
	// Width is the number of columns, 0 where that is not known.
	Width int
	// Endpoint is shown instead of the plan's endpoint, "" for none: "in the sandbox
	// FILE".
	Endpoint string
}

// For detects what w can show. Terminals get colours; NO_COLOR (not empty) and
// TERM=dumb disable them, CLICOLOR_FORCE (neither empty nor 0) enables them for other
// outputs, and NO_COLOR takes precedence. getenv is os.Getenv or equivalent.
func For(w io.Writer, getenv func(string) string) Options {
	var o Options
	terminal := IsTerminal(w)
	if terminal {
		o.Width, _, _ = term.GetSize(int(w.(descriptor).Fd()))
	}
	force := getenv("CLICOLOR_FORCE")
	switch {
	case getenv("NO_COLOR") != "":
	case force != "" && force != "0":
		o.Color = true
	default:
		o.Color = terminal && getenv("TERM") != "dumb"
	}
	return o
}

type descriptor interface{ Fd() uintptr }

// IsTerminal reports whether stream, a reader or a writer, is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(descriptor)
	return ok && term.IsTerminal(int(f.Fd()))
}
