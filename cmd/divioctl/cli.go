package main

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/pkg/kinds"
)

// cli is the command line as kong reads it.
type cli struct {
	Globals `group:"global"`

	Plan       planCmd       `cmd:"" help:"Show what apply would change."`
	Apply      applyCmd      `cmd:"" help:"Make the changes that the files ask for."`
	Export     exportCmd     `cmd:"" help:"Write the files for what already exists."`
	Validate   validateCmd   `cmd:"" help:"Check the files, without a connection."`
	Schema     schemaCmd     `cmd:"" help:"Print the JSON Schema of the files."`
	Sandbox    sandboxCmd    `cmd:"" help:"An emulator of the API, to try everything without an account."`
	Completion completionCmd `cmd:"" help:"Print the completion script of a shell."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	ShowHelp   helpCmd       `cmd:"" name:"help" help:"Print the help of a command."`

	ShowVersion versionFlag `name:"version" help:"Print the version."`
}

// command is what kong selects. An error is told to the user and classified in
// one place; a code without an error has told all there is to tell.
type command interface {
	run(ctx context.Context, s *session) (exitCode, error)
}

// Help is the second part of the root help.
func (cli) Help() string {
	var b strings.Builder
	b.WriteString("Example:\n\n" +
		"    divioctl plan --sandbox\n" +
		"    divioctl apply --file divio.yaml --auto-approve\n\n" +
		"Exit codes:\n\n")
	for _, e := range exitCodes {
		b.WriteString("    " + padLeft(strconv.Itoa(int(e.code)), 3) + "  " + e.meaning + "\n")
	}
	return b.String()
}

func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-len(text))) + text
}

// parse reads the arguments. helped: help was asked for and printed, nothing is
// left to do. An error is always a *usageError.
func (root *cli) parse(args []string, io streams) (selected command, helped bool, err error) {
	parser, err := root.parser(io.out, func(int) { helped = true })
	if err != nil {
		panic(err) // the grammar itself is broken; every test sees it
	}
	if len(args) == 0 {
		// Somebody who types the bare name wants to know what there is.
		args = []string{"--help"}
	}
	found, err := parser.Parse(args)
	switch {
	case helped:
		return nil, true, nil
	case err != nil:
		return nil, false, explainUsage(parser, args, err)
	}
	selected = found.Selected().Target.Addr().Interface().(command)
	if _, plans := selected.(*planCmd); root.Format == formatMarkdown && !plans {
		root.Format = formatText
		return nil, false, &usageError{
			message: "--format markdown: only plan has it",
			hint:    "divioctl apply writes its plan as Markdown with --markdown-into FILE.",
		}
	}
	if root.Format == formatJSON && printsNoJSON(selected) {
		return nil, false, &usageError{
			message: "--format json: divioctl " + found.Selected().Path() + " does not print JSON",
			hint:    "Leave out --format.",
		}
	}
	return selected, false, nil
}

// printsNoJSON reports whether a command's output is for people, or for a shell,
// alone. Refusing is better than what a program cannot read.
func printsNoJSON(c command) bool {
	switch c.(type) {
	case *completionCmd, *helpCmd, *sandboxServeCmd, *sandboxSeedCmd, *sandboxDumpCmd, *sandboxResetCmd:
		return true
	}
	return false
}

func (root *cli) parser(out io.Writer, exit func(int)) (*kong.Kong, error) {
	var collections []string
	for _, k := range kinds.All() {
		collections = append(collections, k.Collection)
	}
	return kong.New(root,
		kong.Name("divioctl"),
		kong.Description("Keep applications on Divio as YAML files say."),
		kong.Vars{"collections": strings.Join(collections, ","), "collection_list": strings.Join(collections, ", ")},
		kong.Writers(out, out),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{{Key: "global", Title: "Flags of every command:"}}),
	)
}

// explainUsage turns kong's error into one that says where to look, with the
// nearest command or flag where kong found none.
func explainUsage(parser *kong.Kong, args []string, err error) error {
	usage := &usageError{message: err.Error(), help: "divioctl"}
	node := parser.Model.Node
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		if selected := parse.Context.Selected(); selected != nil {
			node = selected
			usage.help = "divioctl " + selected.Path()
		}
	}
	usage.message = suggest(usage.message, args, node)
	return usage
}

// asksForJSON reports whether the arguments seem to ask for --format json.
func asksForJSON(args []string) bool {
	for i, arg := range args {
		switch {
		case arg == "--":
			return false
		case arg == "--format=json":
			return true
		case arg == "--format" && i+1 < len(args) && args[i+1] == "json":
			return true
		}
	}
	return false
}
