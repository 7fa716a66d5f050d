package main

import (
	"encoding/json"
	"fmt"

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
	compiled, err := jsonschema.CompileString(name+".json", string(map[string][]byte{
		"plan": schema.Plan, "apply": schema.Apply, "error": schema.Error,
	}[name]))
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
