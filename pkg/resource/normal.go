package resource

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Normal converts a value of this field to the form of both states, so that equal
// values compare equal: text without outer white space (space.go), enum values in the
// API's case, whole numbers as int64, tags sorted by name and value, an empty list as
// such. Values that do not fit the type are returned as they are; the schema reports
// them.
func (f *Field) Normal(v Value) Value {
	if f.Type == FreeObject || f.Type == List && len(f.Items) == 0 {
		return free(v)
	}
	switch x := v.(type) {
	case string:
		return f.normalText(x)
	case int, float64, json.Number:
		return wholeNumber(free(x))
	case []any:
		return f.normalList(x)
	case map[string]any:
		return free(x)
	}
	return v
}

func (f *Field) normalText(text string) string {
	if f.Type == TypedText {
		return text
	}
	text = Trim(text)
	if f.Upper {
		return strings.ToUpper(text)
	}
	for _, allowed := range f.Values {
		if strings.EqualFold(text, allowed) {
			return allowed
		}
	}
	return text
}

// wholeNumber returns a number as int64 if it is a whole one (4.0), and otherwise
// unchanged.
func wholeNumber(v Value) Value {
	number, ok := v.(json.Number)
	if !ok {
		return v
	}
	if fraction, err := number.Float64(); err == nil {
		if whole := int64(fraction); equal(whole, number) {
			return whole
		}
	}
	return v
}

func (f *Field) normalList(list []any) []any {
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = free(item)
		// An answer may contain more than the contract says; only the declared parts of
		// an item are compared.
		if object, ok := item.(map[string]any); ok && len(f.Items) > 0 {
			kept := make(map[string]any, len(f.Items))
			for _, part := range f.Items {
				if value, ok := object[part.APIName()]; ok {
					kept[part.Name] = part.Normal(value)
				}
			}
			out[i] = kept
		}
	}
	if f.Type == Tags {
		slices.SortStableFunc(out, func(a, b any) int { return cmp.Compare(Show(a), Show(b)) })
	}
	return out
}
