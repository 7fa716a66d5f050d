package main

import (
	"context"
	"encoding/json"
	"fmt"
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
	files, resources := len(doc.Files), len(doc.State.Resources)
	if s.format == formatText {
		return s.write([]byte(fmt.Sprintf("OK: %s, %s\n", plural(files, "file"), plural(resources, "resource"))))
	}
	text, err := json.MarshalIndent(struct {
		Files     []string `json:"files"`
		Resources int      `json:"resources"`
	}{doc.Files, resources}, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("write the result: %w", err)
	}
	return s.write(append(text, '\n'))
}
