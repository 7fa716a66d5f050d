package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

type exportCmd struct {
	Application  []string `sep:"none" placeholder:"SLUG" help:"Only this application; may repeat. Otherwise: the whole organisation."`
	Organisation string   `placeholder:"NAME" help:"The organisation, by name or id; needed where the token sees several."`
	Output       string   `short:"o" placeholder:"FILE" xor:"output" help:"Write to FILE instead of standard output."`
	Split        string   `placeholder:"DIR" xor:"output" help:"Write a file per application into DIR."`
	Ordered      bool     `help:"Write variables as sequences, so that their order is managed."`
	Force        bool     `help:"Overwrite files that are there."`
}

// Help is the second part of the command's help.
func (exportCmd) Help() string {
	return `
What is written validates, and its plan is empty. Values of sensitive variables
cannot be read back; they are left for you to fill in where you need them.

Example:

    divioctl export --application shop --output divio.yaml
    divioctl export --split divio/ --ordered
`
}

// run is the pipeline backwards: the API into a state, the state into files.
func (c *exportCmd) run(ctx context.Context, s *session) (exitCode, error) {
	if s.format == formatJSON && c.Output == "" && c.Split == "" {
		return 0, &usageError{message: "export writes YAML: with --format json, say where to with --output or --split", help: "divioctl export"}
	}
	if c.Output != "" {
		// Looked at first, since reading a whole organisation takes a while.
		if err := c.free(c.Output); err != nil {
			return 0, err
		}
	}
	client, err := s.connect()
	if err != nil {
		return 0, err
	}
	state, err := remote.ReadAll(ctx, client, s.kinds, resource.Ref{Name: c.Organisation}, c.Application)
	if err != nil {
		return 0, wrongFlag(fmt.Errorf("read what there is from %s: %w", client.Endpoint(), err))
	}
	for _, warning := range state.Warnings {
		s.say("divioctl: warning: %s", warning)
	}
	export := spec.Write(state, s.kinds, spec.WriteOptions{Ordered: c.Ordered, Split: c.Split != ""})
	for _, what := range export.LeftOut {
		s.say("divioctl: warning: left out %s", what)
	}
	if c.Output == "" && c.Split == "" {
		for _, name := range resource.SortedKeys(export.Files) {
			if _, err := s.write(export.Files[name]); err != nil {
				return 0, err
			}
		}
		return exitDone, nil
	}
	written, err := c.save(export.Files)
	if err != nil {
		return 0, err
	}
	return c.tell(s, written, export.Resources)
}

// wrongFlag turns an error about a name into one about the flag that gave it: nothing
// else of an export names anything.
func wrongFlag(err error) error {
	var choice *remote.ChoiceError
	if !errors.As(err, &choice) {
		return err
	}
	usage := &usageError{message: choice.Error(), hint: "Name it with --" + choice.What + " NAME."}
	if choice.Name != "" {
		slices.Sort(choice.Choices)
		usage.message = fmt.Sprintf("--%s %s: there is no single one of that name", choice.What, choice.Name)
		usage.hint = "Choose one of " + strings.Join(choice.Choices, ", ") + "."
		if near := closest(choice.Name, choice.Choices); len(near) > 0 {
			usage.message += ", did you mean " + strconv.Quote(near[0]) + "?"
		}
		if len(choice.Choices) == 0 {
			usage.hint = "There are none."
		}
	}
	return usage
}

// save writes the files to where the flags say, all or none of them.
func (c *exportCmd) save(files map[string][]byte) (written []string, err error) {
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
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return nil, fmt.Errorf("write the export: %w", err)
		}
		written = append(written, path)
	}
	return written, nil
}

// free refuses to overwrite somebody's work, and to write below a directory that is
// not there: its name may be misspelt. That of --split is ours to make.
func (c *exportCmd) free(path string) error {
	if _, err := os.Stat(filepath.Dir(path)); c.Split == "" && errors.Is(err, fs.ErrNotExist) {
		return &usageError{
			message: fmt.Sprintf("--output %s: there is no directory %s", path, filepath.Dir(path)),
			hint:    "Is it a slip? If not, make the directory first. (--split DIR makes its own.)",
		}
	}
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && c.Force:
		return nil
	case err == nil:
		return &usageError{
			message: fmt.Sprintf("%s is there already, and export does not overwrite", path),
			hint:    "Choose another name, or give --force.",
		}
	}
	return fmt.Errorf("write the export: %w", err)
}

func (c *exportCmd) tell(s *session, written []string, resources int) (exitCode, error) {
	if s.format == formatText {
		s.say("Wrote %s to %s.", plural(resources, "resource"), list(written))
		return exitDone, nil
	}
	text, err := json.MarshalIndent(struct {
		Files     []string `json:"files"`
		Resources int      `json:"resources"`
	}{written, resources}, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("write the result: %w", err)
	}
	return s.write(append(text, '\n'))
}
