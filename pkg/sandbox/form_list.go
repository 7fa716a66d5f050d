package sandbox

import (
	"fmt"
)

// releaseCommand and tag are the items of an application's lists, as the official client sends them.
type releaseCommand struct {
	Label   string `json:"label"`
	Command string `json:"command"`
}

type tag struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// maxTags is the limit in the reference.
const maxTags = 50

// releaseCommands reads the list, which replaces the former one as a whole. That labels are unique is a rule of
// the official client's wizard, assumed to be the API's (INFERRED).
func (f *form) releaseCommands(into *[]releaseCommand, name string, n need) {
	seen := map[string]bool{}
	nested(f, into, name, n, 0, func(item *form) (command releaseCommand) {
		item.text(&command.Label, "label", textRule{need: required, max: 255})
		item.text(&command.Command, "command", textRule{need: required})
		if command.Label != "" && seen[command.Label] {
			item.refuse("label", "The label must be unique.")
		}
		seen[command.Label] = true
		return command
	})
}

func (f *form) tags(into *[]tag, name string) {
	nested(f, into, name, optional, maxTags, func(item *form) (t tag) {
		item.text(&t.Name, "name", textRule{need: required, max: 255})
		item.text(&t.Value, "value", textRule{need: required, blank: true, max: 255})
		return t
	})
}

// nested reads a list of objects. As a nested serializer does, it answers problems as a list with one object
// per item, empty for valid items. Items are never partial, not even in a PATCH.
func nested[T any](f *form, into *[]T, name string, n need, most int, read func(item *form) T) {
	items, isList, ok := f.list(name, n)
	if !ok {
		return
	}
	if !isList {
		*into = []T{}
		return
	}
	if most > 0 && len(items) > most {
		f.problems[name] = object{"non_field_errors": []string{fmt.Sprintf("Ensure this field has no more than %d elements.", most)}}
		return
	}
	parsed, problems, bad := make([]T, len(items)), make([]object, len(items)), false
	for i, value := range items {
		item := &form{problems: object{}}
		if fields, isObject := value.(object); isObject {
			item.fields = fields
			parsed[i] = read(item)
		} else {
			item.refuse("non_field_errors", fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", pythonType(value)))
		}
		problems[i] = item.problems
		bad = bad || len(item.problems) > 0
	}
	if bad {
		f.problems[name] = problems
		return
	}
	*into = parsed
}

// list fetches a list. isList is false for a null that is allowed.
func (f *form) list(name string, n need) (items []any, isList, ok bool) {
	value, ok := f.value(name, n)
	if !ok || value == nil {
		return nil, false, ok
	}
	items, isList = value.([]any)
	if !isList {
		f.problems[name] = object{"non_field_errors": []string{fmt.Sprintf("Expected a list of items but got type \"%s\".", pythonType(value))}}
		return nil, false, false
	}
	return items, true, true
}

// object reads an object of undocumented content; it is kept unchanged. An allowed null is nil.
func (f *form) object(into *object, name string, n need) {
	value, ok := f.value(name, n)
	if !ok {
		return
	}
	fields, isObject := value.(object)
	if !isObject && value != nil {
		f.problems[name] = object{"non_field_errors": []string{fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", pythonType(value))}}
		return
	}
	*into = fields
}
