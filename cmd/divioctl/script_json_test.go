package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/divioctl/divioctl/schema"
)

// jsonValid SCHEMA FILE wants a file to be as the published schema says.
func jsonValid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: json-valid plan|apply|error FILE")
	}
	text := ts.ReadFile(args[1])
	ts.Check(obeys(args[0], text))
	ts.Check(checkDocument(text))
}

// checkDocument holds every JSON document of every script to its schema, which it
// knows by what is in it, and its counts to its contents. Documents without a
// published schema pass.
func checkDocument(text string) error {
	var saved struct {
		Checksum string
		Plan     json.RawMessage
	}
	if json.Unmarshal([]byte(text), &saved) == nil && saved.Checksum != "" {
		if err := obeys("saved-plan", text); err != nil {
			return err
		}
		return checkDocument(string(saved.Plan))
	}
	var document struct {
		Changes []struct{ Action, Blocked string }
		Steps   []struct{ Status string }
		Summary map[string]int
		Error   json.RawMessage
	}
	if json.Unmarshal([]byte(text), &document) != nil {
		return nil
	}
	counted := map[string]int{}
	switch {
	case document.Changes != nil:
		for _, c := range document.Changes {
			if c.Blocked != "" {
				c.Action = "blocked"
			}
			counted[c.Action]++
		}
		for _, action := range []string{"create", "update", "replace", "move", "transfer", "delete", "blocked"} {
			if counted[action] != document.Summary[action] {
				return fmt.Errorf("the plan lists %v, but its summary says %v", counted, document.Summary)
			}
		}
		return obeys("plan", text)
	case document.Steps != nil:
		for _, s := range document.Steps {
			counted[s.Status]++
		}
		for _, status := range []string{"done", "failed", "skipped", "unknown"} {
			if counted[status] != document.Summary[status] {
				return fmt.Errorf("the steps are %v, but the summary says %v", counted, document.Summary)
			}
		}
		return obeys("apply", text)
	case document.Error != nil:
		return obeys("error", text)
	}
	return nil
}

// obeys compares a document with one of the published schemas.
func obeys(name, text string) error {
	published := map[string][]byte{
		"plan": schema.Plan, "apply": schema.Apply, "error": schema.Error, "saved-plan": schema.Saved,
	}
	publishedAt := strings.TrimSuffix(schema.ID, "divioctl.schema.json")
	compiler := jsonschema.NewCompiler()
	for name, text := range published {
		if err := compiler.AddResource(publishedAt+name+".schema.json", bytes.NewReader(text)); err != nil {
			return fmt.Errorf("the schema %q: %w", name, err)
		}
	}
	compiled, err := compiler.Compile(publishedAt + name + ".schema.json")
	if err != nil {
		return fmt.Errorf("the schema %q: %w", name, err)
	}
	var document any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return err
	}
	if err := compiled.Validate(document); err != nil {
		return fmt.Errorf("not as the schema of %s says: %#v\n%s", name, err, text)
	}
	return nil
}

// checkFiles holds the documents that a script leaves behind to their schemas and
// counts, whatever wrote them.
func checkFiles(dir string) error {
	return filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		extension := filepath.Ext(name)
		if err != nil || entry.IsDir() || extension != ".json" && extension != ".divio" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := checkDocument(string(text)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

// TestScriptsLookAtJSON: exec does not look at what it prints, so that JSON comes
// from exits alone.
func TestScriptsLookAtJSON(t *testing.T) {
	blind := regexp.MustCompile(`(?m)^!? *exec divioctl .*--format[ =]json.*$`)
	scripts, err := filepath.Glob("../../testscripts/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range blind.FindAllString(string(text), -1) {
			t.Errorf("%s: write exits CODE instead of exec, so that the JSON is checked: %s", name, line)
		}
	}
}
