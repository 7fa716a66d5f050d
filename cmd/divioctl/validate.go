package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/spec"
)

type validateCmd struct{}

// Help is the second part of the command's help.
func (validateCmd) Help() string {
	return `
Checks everything that can be checked without the API, and reports all problems
at once. Values that come from elsewhere (value_from) are not looked up.

Example:

    divioctl validate
    divioctl validate --file divio/ --format json
`
}

func (validateCmd) run(_ context.Context, s *session) (exitCode, error) {
	doc, err := s.load()
	if err != nil {
		return 0, err
	}
	warnings := exposed(doc)
	for _, warning := range warnings {
		s.say("divioctl: warning: %s", warning)
	}
	files, resources := len(doc.Files), len(doc.State.Resources)
	if s.format == formatText {
		return s.write([]byte(fmt.Sprintf("OK: %s, %s\n", plural(files, "file"), plural(resources, "resource"))))
	}
	text, err := json.MarshalIndent(struct {
		Files     []string `json:"files"`
		Resources int      `json:"resources"`
		Warnings  []string `json:"warnings"`
	}{doc.Files, resources, warnings}, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("write the result: %w", err)
	}
	return s.write(append(text, '\n'))
}

// exposed warns of secrets that stand in the files.
func exposed(doc *spec.Document) []string {
	warnings := []string{}
	for _, r := range doc.State.Resources {
		for i := range r.Kind.Fields {
			if f := &r.Kind.Fields[i]; r.Exposed(f) {
				at := cmp.Or(r.FieldAt[f.Name], r.At)
				at.Column = 0
				warnings = append(warnings, fmt.Sprintf("%s: %s: %s", at, r.Address, plan.ExposedSecret))
			}
		}
	}
	return warnings
}
