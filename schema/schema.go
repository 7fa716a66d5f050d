// Package schema contains the published JSON Schemas: of the files that users write,
// and of the documents that divioctl prints.
//
// The one of the files is generated from the kinds: "DIVIOCTL_UPDATE=1 go test
// ./pkg/spec" rewrites it. The others are written by hand, and the tests of render and
// the scripts validate every document against them. Each of them, except that of a
// saved plan, is self-contained; common definitions are identical in each.
package schema

import _ "embed"

// ID is the address under which editors find the schema of the files.
const ID = "https://raw.githubusercontent.com/divioctl/divioctl/main/schema/divioctl.schema.json"

var (
	// JSON is the schema of the files.
	//
	//go:embed divioctl.schema.json
	JSON []byte
	// Plan is the schema of a plan (plan --format json, --json-into).
	//
	//go:embed plan.schema.json
	Plan []byte
	// Apply is the schema of a result (apply --format json, --report).
	//
	//go:embed apply.schema.json
	Apply []byte
	// Saved is the schema of a saved plan (plan --out). It refers to Plan.
	//
	//go:embed saved-plan.schema.json
	Saved []byte
	// Error is the schema of a failure of any command.
	//
	//go:embed error.schema.json
	Error []byte
)
