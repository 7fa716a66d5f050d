// Package render turns plans, results and problems into text and JSON. It alone
// decides about colour and width, and it is the last place where a secret could
// slip out: what may not be shown is left out here by field, on both sides.
//
// Text is made of spans (text.go), which escape whatever could steer a terminal,
// so that nothing that came from the API or from a file reaches the screen raw.
// What there is to say about a plan is prepared once, free of any format, in
// view.go; plan_text.go and plan_json.go print it, and a further format only has to
// do the same.
package render

import (
	"io"

	"golang.org/x/term"
)

// Options say what the reader's screen can show.
type Options struct {
	// Color: escape sequences for colours may be written.
	Color bool
	// Width is the number of columns, 0 where that is not known.
	Width int
	// Endpoint says where the plan's endpoint is, if that is not an address for
	// people: "in the sandbox FILE".
	Endpoint string
}

// For finds out what w can show. Colours go to terminals; NO_COLOR (not empty)
// and TERM=dumb switch them off, CLICOLOR_FORCE (neither empty nor 0) switches
// them on elsewhere, and NO_COLOR is the strongest. getenv is os.Getenv or its
// like.
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
