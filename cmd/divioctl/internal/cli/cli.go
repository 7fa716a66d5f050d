// Package cli is what all commands have in common: the streams and how they are written
// to, the flags of every command, signals, exit codes, and how a failure is printed. It
// knows no command.
package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/divioctl/divioctl/pkg/render"
)

// Streams are the input and output of the process. Results go to Out; progress,
// questions and problems go to Err, so that a pipe receives only results.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Env looks up a variable of the environment.
	Env func(string) (string, bool)
}

// ProcessStreams are those of this process.
func ProcessStreams() Streams {
	return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv}
}

// CanAsk reports whether a user can read a question and answer it.
func (s Streams) CanAsk() bool { return render.IsTerminal(s.In) && render.IsTerminal(s.Err) }

// Getenv is os.Getenv on the streams' environment.
func (s Streams) Getenv(name string) string {
	value, _ := s.Env(name)
	return value
}

// Console is the streams of one run, and how they are written to according to its
// flags.
type Console struct {
	Streams
	// Format of results: FormatText, FormatJSON or FormatMarkdown.
	Format   string
	color    string
	endpoint string // shown instead of the endpoint of a plan, "" for none
}

// NewConsole makes the console that the flags ask for. The flags may be invalid: then
// results are text.
func NewConsole(streams Streams, flags *Globals) *Console {
	c := &Console{Streams: streams, Format: flags.Format, color: flags.Color}
	if c.Format != FormatJSON && c.Format != FormatMarkdown {
		c.Format = FormatText
	}
	if flags.Sandbox.Given {
		c.endpoint = "in the sandbox " + flags.SandboxFile()
	}
	return c
}

// Style says how a stream is written to: --color first, then what it is.
func (c *Console) Style(w io.Writer) render.Options {
	style := render.For(w, c.Getenv)
	style.Endpoint = c.endpoint
	switch c.color {
	case "always":
		style.Color = true
	case "never":
		style.Color = false
	}
	return style
}

// Print prints a result: our own text, or a document that escapes text from outside.
func (c *Console) Print(text []byte) (ExitCode, error) {
	if _, err := c.Out.Write(text); err != nil {
		return 0, fmt.Errorf("write the result to standard output: %w", err)
	}
	return ExitDone, nil
}

// PrintJSON prints a result as an indented document.
func (c *Console) PrintJSON(result any) (ExitCode, error) {
	var text bytes.Buffer
	if err := render.JSON(&text, result); err != nil {
		return 0, fmt.Errorf("write the result: %w", err)
	}
	return c.Print(text.Bytes())
}

// Say prints a message that is not part of the result: progress, or what to do next. It
// also does so with --format json, since standard error is for people in every format.
// The format may have several lines, but each value stays on its line. A message that
// cannot be printed stops nothing.
func (c *Console) Say(format string, args ...any) { c.Prompt(format+"\n", args...) }

// Prompt is Say without the end of the line.
func (c *Console) Prompt(format string, args ...any) { _ = render.Message(c.Err, format, args...) }

// Note prints a note.
func (c *Console) Note(text string) { c.Say("divioctl: note: %s", text) }

// Warn prints a warning: something may be wrong although nothing failed.
func (c *Console) Warn(text string) { c.Say("divioctl: warning: %s", text) }

// SayUnprinted says that a result could not be printed, where err is not nil. It
// changes no exit code: what was written to the API stays written.
func (c *Console) SayUnprinted(err error) {
	if err != nil {
		c.Say("divioctl: the result could not be printed: %v", err)
	}
}
