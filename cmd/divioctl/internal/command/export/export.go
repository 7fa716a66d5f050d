// Package export is the command "divioctl export": it writes the files for the
// resources that already exist.
package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/suggest"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Command is the command line, as kong reads it.
type Command struct {
	Application  []string `placeholder:"SLUG" help:"Only this application. May repeat; several may be separated by commas. Default: the whole organisation."`
	Organisation string   `placeholder:"NAME" help:"The organisation, by name or id; required if the token can access several."`
	Output       string   `short:"o" placeholder:"FILE" xor:"output" help:"Write to FILE instead of standard output; - is standard output."`
	Split        string   `placeholder:"DIR" xor:"output" help:"Write one file per application to DIR, and one for the rest. Names the files there of applications that no longer exist."`
	Ordered      bool     `help:"Write variables as sequences, so that their order is also managed."`
	Force        bool     `help:"Overwrite existing files. With --split, also delete files there of applications that no longer exist, if an export wrote them and nobody edited them."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
The exported files are valid, and their plan is empty. Values of sensitive variables
cannot be read back; they are left for you to fill in where you need them. Other values
that look like secrets are written in the clear: a warning has their addresses.

Example:

    divioctl export --application shop,blog --output divio.yaml
    divioctl export --split divio/ --ordered
`
}

// Options are the dependencies of the command.
type Options struct {
	Command
	Console  *cli.Console
	Workflow *workflow.Workflow
	// Files are the values of --file: there must be none.
	Files []string
}

// Run reads the API and writes files.
func (o *Options) Run(ctx context.Context) (cli.ExitCode, error) {
	if len(o.Files) > 0 {
		return 0, &cli.UsageError{
			Message: "--file cannot be used with export, which reads the API and no files",
			Hint:    "Pass --output FILE or --split DIR to write files, and --application SLUG to export only one application.",
		}
	}
	if o.Console.Format == cli.FormatJSON && o.Output == "" && o.Split == "" {
		return 0, &cli.UsageError{Message: "export writes YAML: with --format json, pass --output or --split", Help: "divioctl export"}
	}
	if o.Output == "-" { // as for --file
		o.Output = ""
	}
	for i, slug := range o.Application {
		o.Application[i] = strings.TrimSpace(slug)
	}
	if err := o.refusePart(); err != nil {
		return 0, err
	}
	if o.Output != "" {
		// Checked first, since reading a whole organisation takes a while.
		if err := o.free(o.Output); err != nil {
			return 0, err
		}
	}
	options := spec.WriteOptions{Ordered: o.Ordered, Split: o.Split != ""}
	export, err := o.Workflow.Export(ctx, o.Organisation, o.Application, options)
	if err != nil {
		return 0, wrongFlag(err)
	}
	o.warn(export)
	if o.Output == "" && o.Split == "" {
		for _, name := range resource.SortedKeys(export.Files) {
			if _, err := o.Console.Print(export.Files[name]); err != nil {
				return 0, err
			}
		}
		return cli.ExitDone, nil
	}
	gone, err := o.findGone(export)
	if err != nil {
		return 0, err
	}
	o.warnGone(gone)
	done := saved{Resources: export.Resources, Removed: []string{}}
	if done.Files, err = o.save(export.Files); err != nil {
		return 0, err
	}
	if done.Removed, err = o.remove(gone); err != nil {
		return 0, err
	}
	return o.tell(done)
}

// refusePart refuses to export some applications into a directory with an export: the
// file for the rest holds what all applications share, and would lose what only the
// others use.
func (o *Options) refusePart() error {
	if o.Split == "" || len(o.Application) == 0 {
		return nil
	}
	shared := filepath.Join(o.Split, spec.DefaultFile)
	if _, err := os.Lstat(shared); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return &cli.UsageError{
		Message: fmt.Sprintf("--split %s with --application: %s exists, and holds what all applications share", o.Split, shared),
		Hint:    "Export the whole organisation, or into another directory.",
	}
}

// warn says what is not in the files, and what should not be in them.
func (o *Options) warn(export spec.Written) {
	for _, what := range export.LeftOut {
		o.Console.Warn("not exported: " + what)
	}
	for _, what := range export.Exposed {
		o.Console.Warn("in plain text, and may be a secret: " + what)
	}
	if len(export.Exposed) > 0 {
		o.Console.Note("a secret belongs in value_from, with sensitive: true; do not commit it in a file")
	}
}

// wrongFlag turns an error about a name into one about the flag with that name: an
// export has no other source of names.
func wrongFlag(err error) error {
	var choice *remote.ChoiceError
	if !errors.As(err, &choice) {
		return err
	}
	usage := &cli.UsageError{Message: choice.Error(), Hint: "Pass --" + choice.What + " NAME."}
	if choice.Name != "" {
		slices.Sort(choice.Candidates)
		usage.Message = fmt.Sprintf("--%s %s: not found, or ambiguous", choice.What, choice.Name)
		usage.Hint = "Choose one of " + strings.Join(choice.Candidates, ", ") + "."
		if near := suggest.Closest(choice.Name, choice.Candidates); len(near) > 0 {
			usage.Message += ", did you mean " + strconv.Quote(near[0]) + "?"
		}
		if len(choice.Candidates) == 0 {
			usage.Hint = "There are none."
		}
	}
	return usage
}

// save writes the files to the paths that the flags give, all or none of them.
func (c *Command) save(files map[string][]byte) (written []string, err error) {
	place := func(name string) string {
		if c.Split != "" {
			return filepath.Join(c.Split, filepath.FromSlash(name))
		}
		return c.Output
	}
	for _, name := range resource.SortedKeys(files) {
		if err := c.free(place(name)); err != nil {
			return nil, err
		}
	}
	for _, name := range resource.SortedKeys(files) {
		path := place(name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, fmt.Errorf("write the export: %w", err)
		}
		if err := (output.File{Path: path}).Write(files[name], 0o644); err != nil {
			return nil, fmt.Errorf("write the export: %w", err)
		}
		written = append(written, path)
	}
	return written, nil
}

// free refuses to overwrite files, and to write to a directory that does not exist,
// which may be a typing error. The directory of --split is created.
func (c *Command) free(path string) error {
	if _, err := os.Stat(filepath.Dir(path)); c.Split == "" && errors.Is(err, fs.ErrNotExist) {
		return &cli.UsageError{
			Message: fmt.Sprintf("--output %s: directory %s not found", path, filepath.Dir(path)),
			Hint:    "Check the path, or create the directory first. (--split DIR creates its directory.)",
		}
	}
	if (output.File{Path: path}).IsWrittenInto() {
		return nil
	}
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && c.Force:
		return nil
	case err == nil:
		return &cli.UsageError{
			Message: fmt.Sprintf("%s already exists", path),
			Hint:    "Choose another name, or pass --force to overwrite it.",
		}
	}
	return fmt.Errorf("write the export: %w", err)
}

// saved is the result of an export to files.
type saved struct {
	Files     []string `json:"files"`
	Removed   []string `json:"removed"`
	Resources int      `json:"resources"`
}

func (o *Options) tell(done saved) (cli.ExitCode, error) {
	if o.Console.Format != cli.FormatText {
		return o.Console.PrintJSON(done)
	}
	o.Console.Say("Wrote %s to %s.", cli.Plural(done.Resources, "resource"), cli.List(done.Files))
	if len(done.Removed) > 0 {
		o.Console.Say("Removed %s.", cli.List(done.Removed))
	}
	return cli.ExitDone, nil
}
