package kinds

import (
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Phases of the calls on one environment's variables: values first, then new and
// replaced variables one after another (the server appends, so their order is the order
// of the calls), then moves, then deletions.
const (
	phaseUpdate = iota
	phaseCreate
	phaseMove
	phaseDelete
)

// temporarySuffix is the suffix of the temporary variable that keeps the position of
// another one while that is replaced. Names with this suffix are reserved.
const temporarySuffix = "__divioctl"

// variable describes an environment variable. The API cannot change is_sensitive, so a
// difference replaces the variable (see replaceVariable).
func variable() *resource.Kind {
	return &resource.Kind{
		Name: "variable", Title: "environment variable", Plural: "environment variables",
		Collection: "variables", Parent: "environment", Form: resource.Either,
		Key: "name", KeyField: "name", KeyMax: 255,
		KeyPattern: `^[^\s=]+$`, KeyHint: "a name has no spaces and no equals sign",
		ParentField: "environment",
		Shorthand:   "value",
		Sets:        "variable_sets",
		Renames:     true,
		Doc:         "Environment variables by name; as a list their order is also managed.",
		Fields: []resource.Field{
			{Name: "value", Type: resource.TypedText, MaxLength: 10000, Display: resource.MaskedIf, If: "sensitive", From: true,
				Doc: "The value: text, exactly as typed."},
			{Name: "sensitive", API: "is_sensitive", Type: resource.Bool, Changes: resource.Replaces, HasDefault: true, Default: false,
				Doc: "The API does not return the value. Without a value: the variable must exist, and its value is not managed."},
			{Name: "pattern_replacement", API: "is_pattern_replacement_active", Type: resource.Bool, HasDefault: true, Default: false,
				Doc: "Divio expands patterns in the value."},
		},
		Ops: resource.Ops{
			Create: "CreateEnvironmentVariable", Get: "GetEnvironmentVariable",
			Update: "PartialUpdateEnvironmentVariable", Delete: "DestroyEnvironmentVariable",
		},
		// The filter is required, and may repeat: seen in the official client.
		Reads: []resource.ListOp{{Op: "ListEnvironmentVariables", Filter: "environment", Scope: resource.ByParent, Repeat: true}},
		Facts: []string{"is_read_only", "date_modified"}, Modified: "date_modified",
		Order: &resource.Order{Before: "MoveBeforeEnvironmentVariable", After: "MoveAfterEnvironmentVariable"},
		Check: func(siblings []*resource.Resource) []resource.Problem {
			var problems []resource.Problem
			for _, r := range siblings {
				if strings.HasSuffix(r.Key, temporarySuffix) {
					problems = append(problems, resource.Problem{
						Resource: r,
						Message:  "names that end in " + temporarySuffix + " are reserved",
						Hint:     "divioctl uses them while it replaces a variable; choose another name",
					})
				}
			}
			return problems
		},
		Foreign: readOnlyVariable,
		Locked: func(current *resource.Resource) string {
			if readOnlyVariable(current) {
				return "the variable is read-only"
			}
			return ""
		},
		Leftover: func(current *resource.Resource) string {
			if name, ok := strings.CutSuffix(current.Key, temporarySuffix); ok {
				return name
			}
			return ""
		},
		Review:  reviewVariables,
		Compile: compileVariable,
	}
}

func readOnlyVariable(current *resource.Resource) bool { return current.Fact("is_read_only") }

// reviewVariables blocks changes that need a value that is not available.
func reviewVariables(s resource.Siblings) []resource.Verdict {
	var verdicts []resource.Verdict
	for _, p := range s.Pairs {
		c := p.Change
		if c == nil {
			continue
		}
		v := resource.Verdict{Change: c}
		switch c.Action {
		case resource.Create:
			if !c.After.Has("value") {
				v.Block = "it does not exist, and a value is required to create it"
			}
		case resource.Replace:
			v.Block = cannotReplace(c)
			if c.Before != nil {
				v.Reason = "replaced through a temporary variable: its position is kept, and its value unless the file contains one"
			}
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// cannotReplace says why a variable cannot be replaced, or "".
func cannotReplace(c *resource.Change) string {
	if len(c.After.Key)+len(temporarySuffix) > 255 {
		return "it must be replaced, but its name is too long for the name of the temporary variable (" + c.After.Key + temporarySuffix + ")"
	}
	finished := c.Before == nil && c.Leftover != nil && sameSensitivity(c.Leftover, c.After)
	if !c.After.Has("value") && !finished && (c.Before == nil || !c.Before.Has("value")) {
		return "sensitive can only be changed by replacing the variable, and the API does not return its value: add the value to the file"
	}
	return ""
}

func sameSensitivity(current, desired *resource.Resource) bool {
	return !desired.Has("sensitive") || current.Is("sensitive") == desired.Is("sensitive")
}

func compileVariable(c *resource.Change) []resource.Call {
	switch c.Action {
	case resource.Create:
		create := createVariable(c.After, c.Address, c.After.Key, c.After.Fields)
		return []resource.Call{create}
	case resource.Update:
		calls := []resource.Call{}
		if names := updatable(c); len(names) > 0 {
			update := patch(c, "update", names...)
			update.Phase = phaseUpdate
			calls = append(calls, update)
		}
		if c.Before.Key != c.After.Key {
			if len(calls) == 0 {
				calls = append(calls, patch(c, "rename"))
			}
			calls[0].Body["name"] = c.After.Key
		}
		return calls
	case resource.Replace:
		return replaceVariable(c)
	case resource.Move:
		return []resource.Call{moveVariable(c)}
	}
	return []resource.Call{removeVariable(c.Address, phaseDelete)}
}

// replaceVariable replaces a variable so that neither its value nor its position is
// lost if a call fails:
//
//	create NAME__divioctl with the value · move it beside NAME · delete NAME ·
//	rename NAME__divioctl to NAME
//
// After any of these calls the next run finds one of four states and continues from
// there:
//
//	NAME and no temporary variable     nothing happened: start
//	NAME and a temporary variable      the temporary variable may lack position or value: write, move,
//	                         delete NAME, rename
//	only a temporary variable          rename it (and write the value, which cannot be
//	                         compared)
//	NAME as declared, and a temporary variable (the file was changed back meanwhile):
//	                         the plan deletes the temporary variable
//
// A temporary variable whose own sensitivity is not the declared one (the file changed
// again) is only used for its position: if NAME exists it is deleted first; otherwise
// NAME is created again beside it and the temporary variable deleted last.
func replaceVariable(c *resource.Change) []resource.Call {
	temporary := resource.NewAddress(c.Kind.Name, c.After.Parent, c.After.Key+temporarySuffix)
	fields := map[string]resource.Value{}
	if c.Before != nil {
		for _, f := range c.Kind.Fields {
			if value, ok := c.Before.Fields[f.Name]; ok {
				fields[f.Name] = value
			}
		}
	}
	for name, value := range c.After.Fields {
		fields[name] = value
	}
	// A value that is or was sensitive must not be part of an error.
	if text, plain := fields["value"].(string); plain {
		fields["value"] = resource.NewSecret(text)
	}
	usable := c.Leftover != nil && sameSensitivity(c.Leftover, c.After)

	if c.Before == nil { // only the temporary variable exists
		if usable {
			return []resource.Call{renameVariable(c, temporary, c.After.Fields)}
		}
		move := beside(c.Address, temporary)
		move.Does = "move to the position of the temporary variable"
		return []resource.Call{
			createVariable(c.After, c.Address, c.After.Key, fields), move, removeTemporary(temporary, phaseCreate),
		}
	}

	var calls []resource.Call
	if usable {
		calls = append(calls, writeVariable(c, temporary, fields))
	} else {
		if c.Leftover != nil {
			calls = append(calls, removeTemporary(temporary, phaseCreate))
		}
		create := createVariable(c.After, temporary, c.After.Key+temporarySuffix, fields)
		create.Does = "create the temporary variable of"
		calls = append(calls, create)
	}
	remove := removeVariable(c.Address, phaseCreate)
	remove.Does = "delete the old"
	return append(calls, beside(temporary, c.Address), remove, renameVariable(c, temporary, nil))
}

// createVariable creates a variable under any name; a variable that is found under that
// name after a lost answer is the created one.
func createVariable(r *resource.Resource, gives resource.Address, name string, fields map[string]resource.Value) resource.Call {
	environment := resource.HandleOf{Address: r.Parent}
	body := variableBody(r.Kind, fields, true)
	body["name"], body["environment"] = name, environment
	return resource.Call{
		Does: "create", Op: r.Kind.Ops.Create, Body: body, Gives: gives,
		Retry: resource.LookUp,
		Probe: &resource.Probe{
			Op:    "ListEnvironmentVariables",
			Query: map[string]resource.Value{"environment": environment, "name": name},
			Where: map[string]resource.Value{"name": name},
		},
		Phase: phaseCreate, Serial: true,
	}
}

func writeVariable(c *resource.Change, at resource.Address, fields map[string]resource.Value) resource.Call {
	return resource.Call{
		Does: "write the temporary variable of", Op: c.Kind.Ops.Update, Params: id(at),
		Body:  variableBody(c.Kind, fields, false),
		Phase: phaseCreate, Serial: true,
	}
}

func renameVariable(c *resource.Change, from resource.Address, fields map[string]resource.Value) resource.Call {
	body := variableBody(c.Kind, fields, false)
	body["name"] = c.After.Key
	return resource.Call{
		Does: "rename the temporary variable to", Op: c.Kind.Ops.Update, Params: id(from), Body: body,
		Gives: c.Address, Phase: phaseCreate, Serial: true,
	}
}

func removeVariable(at resource.Address, phase int) resource.Call {
	return resource.Call{
		Does: "delete", Op: "DestroyEnvironmentVariable", Params: id(at),
		Phase: phase, Serial: phase == phaseCreate,
	}
}

func removeTemporary(at resource.Address, phase int) resource.Call {
	remove := removeVariable(at, phase)
	remove.Does = "delete the temporary variable of"
	return remove
}

// beside moves a variable directly after another one.
func beside(at, target resource.Address) resource.Call {
	return resource.Call{
		Does: "move the temporary variable beside", Op: "MoveAfterEnvironmentVariable", Params: id(at),
		Body:  map[string]resource.Value{"target": resource.HandleOf{Address: target}},
		Phase: phaseCreate, Serial: true,
	}
}

func moveVariable(c *resource.Change) resource.Call {
	op, anchor := c.Kind.Order.After, c.Position.After
	if anchor.IsZero() {
		op, anchor = c.Kind.Order.Before, c.Position.Before
	}
	return resource.Call{
		Does: "move", Op: op, Params: self(c),
		Body:  map[string]resource.Value{"target": resource.HandleOf{Address: anchor}},
		Needs: []resource.Address{anchor},
		Phase: phaseMove, Serial: true,
	}
}

func variableBody(kind *resource.Kind, fields map[string]resource.Value, create bool) map[string]resource.Value {
	body := map[string]resource.Value{}
	for name, value := range fields {
		if f := kind.Field(name); create || f.Changes != resource.Replaces {
			body[f.APIName()] = value
		}
	}
	return body
}
