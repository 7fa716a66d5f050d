package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/schema"
)

// schemaOf gives the schema of a golden file.
func schemaOf(name string) []byte {
	switch {
	case strings.HasPrefix(name, "plan"):
		return schema.Plan
	case strings.HasPrefix(name, "apply"), strings.HasPrefix(name, "report"):
		return schema.Apply
	}
	return schema.Error
}

// valid wants a document to be as the published schema says.
func valid(t interface{ Fatal(...any) }, text, document []byte) {
	if err := validate(text, document); err != nil {
		t.Fatal(err)
	}
}

// compiled are the schemas, by their text.
var compiled sync.Map

func validate(text, document []byte) error {
	known, seen := compiled.Load(string(text))
	if !seen {
		known = jsonschema.MustCompileString("schema.json", string(text))
		compiled.Store(string(text), known)
	}
	var decoded any
	if err := json.Unmarshal(document, &decoded); err != nil {
		return err
	}
	if err := known.(*jsonschema.Schema).Validate(decoded); err != nil {
		return fmt.Errorf("%#v\n%s", err, document)
	}
	return nil
}

// What the schemas share is the same in each, and every object is closed and
// every part of it is explained.
func TestSchemas(t *testing.T) {
	shared := map[string]any{}
	for _, text := range [][]byte{schema.Plan, schema.Apply, schema.Error} {
		var document map[string]any
		if err := json.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		for name, def := range document["$defs"].(map[string]any) {
			if shared[name] == nil {
				shared[name] = def
			}
			if d := cmp.Diff(shared[name], def); d != "" {
				t.Errorf("%s of %s: %s", name, document["title"], d)
			}
			strict(t, name, def)
		}
	}
}

func strict(t *testing.T, path string, node any) {
	switch x := node.(type) {
	case []any:
		for _, item := range x {
			strict(t, path, item)
		}
	case map[string]any:
		properties, object := x["properties"].(map[string]any)
		if object && x["additionalProperties"] != false && !strings.HasSuffix(path, "/if") && !strings.HasSuffix(path, "/then") {
			t.Errorf("%s is open", path)
		}
		for name, property := range properties {
			about, _ := property.(map[string]any)
			_, described := about["description"]
			_, refers := about["$ref"]
			if about != nil && !described && !refers && !strings.HasSuffix(path, "/if") {
				t.Errorf("%s/%s is not explained", path, name)
			}
		}
		for name, child := range x {
			strict(t, path+"/"+name, child)
		}
	}
}

// The schemas are strict: they refuse what the program never prints.
func TestSchemasRefuse(t *testing.T) {
	var out bytes.Buffer
	if err := render.PlanJSON(&out, everything(), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ right, wrong string }{
		{`"format_version": "2.0"`, `"format_version": "3.0"`},
		{`"sensitive": true`, `"sensitive": true, "after": "x"`},
		{`"action": "move"`, `"action": "rename"`},
		{`"unmanaged": 13`, `"unmanaged": 13, "more": 1`},
		{`"notes"`, `"nots"`},
	} {
		document := strings.Replace(out.String(), c.right, c.wrong, 1)
		if document == out.String() {
			t.Fatalf("there is no %s", c.right)
		}
		if validate(schema.Plan, []byte(document)) == nil {
			t.Errorf("%s is accepted", c.wrong)
		}
	}
}
