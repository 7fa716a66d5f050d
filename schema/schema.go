// Package schema holds the JSON Schema of divioctl's files, as published beside
// it. It is generated from the kinds: "DIVIOCTL_UPDATE=1 go test ./pkg/spec"
// writes it anew.
package schema

import _ "embed"

// ID is the address under which editors find the schema.
const ID = "https://raw.githubusercontent.com/divioctl/divioctl/main/schema/divioctl.schema.json"

// JSON is the schema itself.
//
//go:embed divioctl.schema.json
var JSON []byte
