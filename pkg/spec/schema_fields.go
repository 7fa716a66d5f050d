package spec

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/divioctl/divioctl/pkg/resource"
)

// field describes a field's value, in all forms in which it may be written.
func (g *generator) field(f *resource.Field) object {
	out := object{"type": types(f)}
	if f.Doc != "" {
		out["description"] = f.Doc
	}
	if f.HasDefault && f.Default != nil {
		out["default"] = f.Default
	}
	switch f.Type {
	case resource.Text:
		if f.Need == resource.Always {
			out["minLength"] = 1
		}
	case resource.Reference:
		out["minLength"] = 1
	case resource.Enum:
		anyCase(out, f.Values)
	case resource.List, resource.Tags:
		if len(f.Items) > 0 {
			out["items"] = g.item(f)
		}
		if f.Type == resource.Tags {
			out["additionalProperties"] = object{"type": list("string", "number", "boolean")}
		}
	}
	if f.Min != nil {
		out["minimum"] = *f.Min
	}
	if f.Max != nil {
		out["maximum"] = *f.Max
	}
	if f.MaxLength > 0 {
		out["maxLength"] = f.MaxLength
	}
	if f.MaxItems > 0 {
		out["maxItems"] = f.MaxItems
		if f.Type == resource.Tags {
			out["maxProperties"] = f.MaxItems
		}
	}
	if f.Pattern != "" {
		out["pattern"] = f.Pattern
		out["patternErrorMessage"] = f.Hint
	}
	return out
}

func (g *generator) item(f *resource.Field) object {
	properties := object{}
	var required []string
	for i := range f.Items {
		part := &f.Items[i]
		properties[part.Name] = g.field(part)
		if f.Type == resource.Tags {
			properties[part.Name] = object{"type": list("string", "number", "boolean"), "description": part.Doc}
		}
		if part.Need == resource.Always {
			required = append(required, part.Name)
		}
	}
	return closed(properties, required...)
}

// types are the JSON types in which a field may be written.
func types(f *resource.Field) []any {
	var out []any
	switch f.Type {
	case resource.Int:
		out = list("integer")
	case resource.Bool:
		out = list("boolean")
	case resource.TypedText:
		out = list("string", "number", "boolean")
	case resource.Reference:
		out = list("string", "number")
	case resource.List:
		out = list("array")
	case resource.Tags:
		out = list("object", "array")
	case resource.FreeObject:
		out = list("object")
	default:
		out = list("string")
	}
	if f.Nullable {
		out = append(out, "null")
	}
	return out
}

// anyCase adds the rules of an enum, whose values are accepted in any case and with outer
// white space.
func anyCase(rule object, values []string) object {
	var choices []string
	var examples []any
	for _, value := range values {
		var choice strings.Builder
		for _, r := range value {
			if upper, lower := unicode.ToUpper(r), unicode.ToLower(r); upper != lower {
				choice.WriteString("[" + string(upper) + string(lower) + "]")
			} else {
				choice.WriteString(regexp.QuoteMeta(string(r)))
			}
		}
		choices = append(choices, choice.String())
		examples = append(examples, strings.ToLower(value))
	}
	rule["pattern"] = `^\s*(?:` + strings.Join(choices, "|") + `)\s*$`
	rule["patternErrorMessage"] = "use one of " + strings.ToLower(strings.Join(values, ", "))
	rule["examples"] = examples
	return rule
}

// source describes value_from as the source of the field f.
func source(f *resource.Field) object {
	out := closed(object{
		"env":  object{"type": "string", "minLength": 1, "description": "Name of an environment variable of the process; unset is an error."},
		"file": object{"type": "string", "minLength": 1, "description": "Path of a file, relative to this one and below its directory; one trailing newline is dropped."},
		"exec": object{
			"type": "array", "minItems": 1, "items": object{"type": "string"},
			"description": "A program and its arguments, run in the directory of this file; its output is the value. Requires --allow-exec.",
		},
	})
	out["minProperties"], out["maxProperties"] = 1, 1
	out["description"] = "Source of the value; the value is never shown."
	if f.If != "" {
		out["description"] = "Source of the value; the value is never shown, unless it comes from a file and " + f.If + " is false."
	}
	return out
}

// closed describes a mapping that has no keys other than these.
func closed(properties object, required ...string) object {
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func list(items ...any) []any { return items }
