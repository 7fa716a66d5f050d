package main

import (
	"context"

	"github.com/divioctl/divioctl/schema"
)

type schemaCmd struct {
	Of string `arg:"" optional:"" enum:"files,plan,apply,error,saved-plan" default:"files" help:"files (default), what is printed as JSON (plan, apply or error), or saved-plan."`
}

// Help is the second part of the command's help.
func (schemaCmd) Help() string {
	return `
The schema of the files lets editors complete and check them. Begin a file with
"# yaml-language-server: $schema=./divioctl.schema.json", or give the schema's
address there. The others describe what --format json prints, and what plan --out
saves.

Example:

    divioctl schema > divioctl.schema.json
    divioctl schema plan
`
}

// run prints the schema. It is JSON in every format.
func (c *schemaCmd) run(_ context.Context, s *session) (exitCode, error) {
	return s.write(map[string][]byte{
		"files": schema.JSON, "plan": schema.Plan, "apply": schema.Apply, "error": schema.Error, "saved-plan": schema.Saved,
	}[c.Of])
}
