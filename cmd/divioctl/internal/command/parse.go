package command

import (
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/completion"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/help"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/plan"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/sandbox"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/show"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/planning"
)

// parse parses the arguments and returns the selected command. helped: help was
// requested and printed to out, and nothing is left to do. An error is always a
// *cli.UsageError.
func (g *grammar) parse(args []string, out io.Writer) (selected any, helped bool, err error) {
	if len(args) == 0 {
		// Without arguments, print the help.
		args = []string{"--help"}
	}
	found, helped, err := g.read(args, out)
	if other, known := translated(args, Model()); err != nil && known {
		again := new(grammar)
		f, h, e := again.read(other, out)
		if h || e == nil || complaint(withoutSuggestion(e.Error()), args) != "" { // else it is about our translation
			*g, found, helped, err = *again, f, h, e
		}
	}
	switch {
	case helped:
		return nil, true, nil
	case err != nil:
		return nil, false, explainUsage(args, err)
	}
	if name := emptyFlag(found); name != "" {
		return nil, false, &cli.UsageError{
			Message: name + ": the value is empty",
			Hint:    "Leave the flag out, or check the variable that the value comes from.",
		}
	}
	selected = found.Selected().Target.Addr().Interface()
	if g.Format == cli.FormatMarkdown && !printsPlan(selected) {
		g.Format = cli.FormatText
		return nil, false, &cli.UsageError{
			Message: "--format markdown: only available for plan and show",
			Hint:    "divioctl apply writes its plan as Markdown with --markdown-into FILE.",
		}
	}
	if g.Format == cli.FormatJSON && printsNoJSON(selected) {
		return nil, false, &cli.UsageError{
			Message: "--format json: divioctl " + found.Selected().Path() + " does not print JSON",
			Hint:    "Leave out --format.",
		}
	}
	return selected, false, nil
}

// read parses the arguments. helped: help was printed instead.
func (g *grammar) read(args []string, out io.Writer) (found *kong.Context, helped bool, err error) {
	found, err = g.parser(out, func(int) { helped = true }).Parse(args)
	return found, helped, err
}

// emptyFlag returns a flag that was given without a value (--application="$SLUG"), or "".
// Without it the command would do something else, mostly more.
func emptyFlag(found *kong.Context) string {
	for _, part := range found.Path {
		if part.Flag == nil {
			continue
		}
		switch value := part.Flag.Target; value.Kind() {
		case reflect.String, reflect.Slice:
			if value.Len() == 0 {
				return "--" + part.Flag.Name
			}
		}
	}
	return ""
}

func printsPlan(selected any) bool {
	switch selected.(type) {
	case *plan.Command, *show.Command:
		return true
	}
	return false
}

// printsNoJSON reports whether a command prints only text, for people or a shell. An
// error is better than output that a program cannot parse.
func printsNoJSON(selected any) bool {
	switch selected.(type) {
	case *completion.Command, *help.Command, *sandbox.Serve, *sandbox.Seed, *sandbox.Dump, *sandbox.Reset:
		return true
	}
	return false
}

func (g *grammar) parser(out io.Writer, exit func(int)) *kong.Kong {
	collections := planning.CollectionNames()
	parser, err := kong.New(g,
		kong.Name("divioctl"),
		kong.Description("Manage applications on Divio with YAML files."),
		kong.Vars{"collections": strings.Join(collections, ","), "collection_list": strings.Join(collections, ", ")},
		kong.Writers(out, out),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{{Key: "global", Title: "Flags of every command:"}}),
	)
	if err != nil {
		panic(err) // the grammar itself is invalid; every test would fail
	}
	return parser
}

// Model describes the whole command line: all commands and their flags.
func Model() *kong.Node {
	return new(grammar).parser(io.Discard, func(int) {}).Model.Node
}

// explainUsage turns kong's error into a UsageError, with what the name of another tool
// is called here, or with the nearest command or flag.
func explainUsage(args []string, err error) error {
	usage := &cli.UsageError{Message: err.Error(), Help: "divioctl"}
	node := Model()
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		if selected := parse.Context.Selected(); selected != nil {
			node = selected
			usage.Help = "divioctl " + selected.Path()
		}
	}
	if message, hint := calledElsewhere(usage.Message, args, node); hint != "" {
		usage.Message, usage.Hint = message, hint
		return usage
	}
	usage.Message = withSuggestion(usage.Message, args, node)
	return usage
}

// AsksForJSON reports whether the arguments seem to ask for --format json.
func AsksForJSON(args []string) bool {
	for i, arg := range args {
		switch {
		case arg == "--":
			return false
		case arg == "--format=json", spellings["-"+strings.TrimPrefix(arg, "-")] == "--format=json":
			return true
		case arg == "--format" && i+1 < len(args) && args[i+1] == "json":
			return true
		}
	}
	return false
}
