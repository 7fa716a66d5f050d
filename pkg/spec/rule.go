package spec

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// What a rule of the schema says, as far as messages need it.

func asObject(v any) object {
	o, _ := v.(object)
	return o
}

// texts returns a list of the schema, or a single text, as texts.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				out = append(out, text)
			}
		}
		return out
	}
	return nil
}

// about says what a key is for.
func about(name string, rule object) string {
	doc, _ := rule["description"].(string)
	return purpose(name, doc)
}

// purpose describes a key by its documentation; "" if it has none.
func purpose(name, doc string) string {
	if doc == "" {
		return ""
	}
	return name + ": " + strings.TrimSuffix(doc, ".")
}

// between shows the bounds of a number.
func between(rule object) string {
	low, high := rule["minimum"], rule["maximum"]
	switch {
	case high == nil:
		return "at least " + number(low)
	case low == nil:
		return "at most " + number(high)
	}
	return "from " + number(low) + " to " + number(high)
}

// number shows a number of the schema without an exponent.
func number(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// takesSourceOnly reports whether a mapping is the value of a field that accepts only
// value_from as a mapping.
func takesSourceOnly(rule object) bool {
	return slices.Equal(texts(rule["required"]), []string{valueFrom})
}
