package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/divioctl/divioctl/schema"
)

// validate reports where root violates the JSON Schema. The validator returns a place
// in the instance, a keyword, and its place in the schema: words.go makes the message
// only from these three, not from the validator's text.
func validate(catalog catalog, compiled compiledSchema, root *node, report *report) {
	err := compiled.schema.Validate(root.instance())
	var invalid *jsonschema.ValidationError
	switch {
	case err == nil:
	case errors.As(err, &invalid):
		v := validation{catalog: catalog, root: root, schema: compiled.document, report: report}
		v.leaves(invalid)
	default: // the tree contains a value that JSON cannot represent
		report.add(root.place, bugHint, "the file cannot be checked: %s", err)
	}
}

// bugHint is the hint for a bug in divioctl.
const bugHint = "this is a bug in divioctl: please report it"

// compiledSchema is the schema of one catalog.
type compiledSchema struct {
	schema   *jsonschema.Schema
	document object // the same as plain JSON
}

// schemas are compiled once for each text: compiling takes longer than checking a
// file.
var schemas sync.Map // string to compiledSchema

// compile returns the schema of the kinds, which is the published one for the kinds of
// this program.
func compile(catalog catalog) (compiledSchema, error) {
	text, err := Schema(catalog.Catalog)
	if err != nil {
		return compiledSchema{}, err
	}
	if known, ok := schemas.Load(string(text)); ok {
		return known.(compiledSchema), nil
	}
	var c compiledSchema
	if err := json.Unmarshal(text, &c.document); err != nil {
		return c, fmt.Errorf("the JSON Schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err = compiler.AddResource(schema.ID, bytes.NewReader(text)); err == nil {
		c.schema, err = compiler.Compile(schema.ID)
	}
	if err != nil {
		return c, fmt.Errorf("the JSON Schema: %w", err)
	}
	schemas.Store(string(text), c)
	return c, nil
}

// validation is the context for explaining the problems of one file.
type validation struct {
	catalog catalog
	root    *node
	schema  object
	report  *report
}

// leaves reports the innermost causes; the outer ones only say that there is an inner
// problem.
func (v *validation) leaves(e *jsonschema.ValidationError) {
	if len(e.Causes) == 0 {
		v.problem(e)
		return
	}
	for _, cause := range e.Causes {
		v.leaves(cause)
	}
}

// violation is one keyword that one value does not satisfy.
type violation struct {
	key     *node // the mapping's key, nil at the top and in lists
	value   *node
	name    string // the name of the value in messages
	keyword string
	rule    object // the part of the schema that contains the keyword
	entry   string // the kind whose entry the value is, "" for none
}

func (v *validation) problem(e *jsonschema.ValidationError) {
	_, pointer, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	path := split(pointer)
	if len(path) == 0 {
		return
	}
	if len(path) > 1 && path[0] == "definitions" && strings.HasSuffix(path[1], keySuffix) {
		if _, value := v.root.find(e.InstanceLocation); value == nil || path[len(path)-1] != "type" {
			return // names are checked on decoding, except one in a list that is not a scalar
		}
	}
	rule := v.schema
	for _, part := range path[:len(path)-1] {
		next, ok := rule[part].(object)
		if !ok {
			break
		}
		rule = next
	}
	key, value := v.root.find(e.InstanceLocation)
	if value == nil {
		key, value = nil, v.root
	}
	x := violation{
		key: key, value: value, name: called(e.InstanceLocation),
		keyword: path[len(path)-1], rule: rule,
	}
	if len(path) == 3 && path[0] == "definitions" {
		x.entry = path[1]
	}
	v.explain(x)
}

const (
	entryOf   = "an entry of "
	wholeFile = "the file"
)

// called returns the name of a value in messages: its key, or for an entry of a list
// the list's key.
func called(pointer string) string {
	parts := split(pointer)
	for i := len(parts) - 1; i >= 0; i-- {
		if strings.Trim(parts[i], "0123456789") != "" || i == 0 {
			if i < len(parts)-1 {
				return entryOf + parts[i]
			}
			return parts[i]
		}
	}
	return wholeFile
}
