package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/schema"
)

// validate reports where root does not fit the JSON Schema. The validator names
// a place in the instance, a keyword, and where that stands in the schema: from
// these three, and nothing of its own text, words.go makes the message.
func validate(catalog catalog, root *node, report *report) {
	compiled, err := compile()
	if err == nil {
		err = compiled.schema.Validate(root.instance())
	}
	var invalid *jsonschema.ValidationError
	switch {
	case err == nil:
	case errors.As(err, &invalid):
		v := validation{catalog: catalog, root: root, schema: compiled.document, report: report}
		v.leaves(invalid)
	default: // the embedded schema is broken; a test guards against that
		report.list = append(report.list, diag.Diagnostic{
			At: root.position(), Message: err.Error(), Hint: "this is a fault of divioctl: please report it",
		})
	}
}

type compiledSchema struct {
	schema   *jsonschema.Schema
	document object // the same as plain JSON
}

var compile = sync.OnceValues(func() (compiledSchema, error) {
	var c compiledSchema
	if err := json.Unmarshal(schema.JSON, &c.document); err != nil {
		return c, fmt.Errorf("the embedded JSON Schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	err := compiler.AddResource(schema.ID, bytes.NewReader(schema.JSON))
	if err == nil {
		c.schema, err = compiler.Compile(schema.ID)
	}
	if err != nil {
		return c, fmt.Errorf("the embedded JSON Schema: %w", err)
	}
	return c, nil
})

type validation struct {
	catalog catalog
	root    *node
	schema  object
	report  *report
}

// leaves reports the innermost causes; the outer ones only say that something
// within is wrong.
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
	name    string // what the value is called in messages
	keyword string
	rule    object // the part of the schema that holds the keyword
	entry   string // the kind whose entry the value is, "" for none
}

func (v *validation) problem(e *jsonschema.ValidationError) {
	_, pointer, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	path := split(pointer)
	if len(path) == 0 {
		return
	}
	for _, part := range path {
		if strings.HasSuffix(part, keySuffix) {
			if _, value := v.root.find(e.InstanceLocation); value != nil && path[len(path)-1] == "type" {
				break // a name in a list that is no scalar at all
			}
			return // names are checked on decoding
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

// called names a value for people: its key, or for an entry of a list the list's.
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
