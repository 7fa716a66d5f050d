package main

import (
	"context"

	"github.com/divioctl/divioctl/schema"
)

type schemaCmd struct{}

// Help is the second part of the command's help.
func (schemaCmd) Help() string {
	return `
The schema lets editors complete and check the files. Begin a file with
"# yaml-language-server: $schema=./divioctl.schema.json", or give the schema's
address there.

Example:

    divioctl schema > divioctl.schema.json
`
}

// run prints the schema. It is JSON in every format.
func (schemaCmd) run(_ context.Context, s *session) (exitCode, error) {
	return s.write(schema.JSON)
}
