package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The API may return values that no file can contain: one that was allowed when it was
// written, or one of a later version of the API. These are the rules of the schema
// (schema_fields.go) for values in the form of the API.

// unfit says why a file cannot contain the value of a field, or "".
func unfit(f *resource.Field, value resource.Value) string {
	if _, sourced := value.(resource.Source); sourced || value == nil && f.Nullable {
		return ""
	}
	switch f.Type {
	case resource.Text, resource.TypedText, resource.Enum:
		return unfitText(f, value)
	case resource.Int:
		number, ok := value.(int64)
		switch {
		case !ok:
			return "it is not a whole number"
		case f.Min != nil && number < *f.Min:
			return fmt.Sprintf("%d is less than %d", number, *f.Min)
		case f.Max != nil && number > *f.Max:
			return fmt.Sprintf("%d is more than %d", number, *f.Max)
		}
	case resource.Bool:
		if _, ok := value.(bool); !ok {
			return "it is neither true nor false"
		}
	case resource.Reference:
		if ref, ok := value.(resource.Ref); !ok || ref.String() == "" {
			return "it has no name and no id"
		}
	case resource.List, resource.Tags:
		return unfitList(f, value)
	case resource.FreeObject:
		if _, ok := value.(map[string]any); !ok {
			return "it is not an object"
		}
	}
	return ""
}

func unfitText(f *resource.Field, value resource.Value) string {
	text, ok := value.(string)
	switch {
	case !ok:
		return "it is not a text"
	case f.Type == resource.Enum && !slices.Contains(f.Values, text):
		return fmt.Sprintf("%s is not one of %s", resource.Show(text), strings.Join(f.Values, ", "))
	case f.Need == resource.Always && f.Type == resource.Text && strings.TrimSpace(text) == "":
		return "it is empty"
	case f.MaxLength > 0 && utf8.RuneCountInString(text) > f.MaxLength:
		return fmt.Sprintf("it is longer than %d characters", f.MaxLength)
	case f.Pattern != "" && !regexp.MustCompile(f.Pattern).MatchString(text):
		return f.Hint
	}
	return ""
}

func unfitList(f *resource.Field, value resource.Value) string {
	items, ok := value.([]any)
	switch {
	case !ok:
		return "it is not a list"
	case f.MaxItems > 0 && len(items) > f.MaxItems:
		return fmt.Sprintf("it has more than %d entries", f.MaxItems)
	}
	for _, item := range items {
		object, ok := item.(map[string]any)
		if !ok && len(f.Items) > 0 {
			return "an entry is not an object"
		}
		for i := range f.Items {
			part := &f.Items[i]
			value, there := object[part.Name]
			switch {
			case !there && part.Need == resource.Always:
				return "an entry has no " + part.Name
			case !there:
			case f.Type == resource.Tags: // any text
				if _, ok := value.(string); !ok {
					return part.Name + " is not a text"
				}
			default:
				if why := unfit(part, value); why != "" {
					return part.Name + ": " + why
				}
			}
		}
	}
	return ""
}

// isPlainName reports whether a text can be a name in a mapping.
func isPlainName(text string) bool {
	return text != "" && strings.TrimSpace(text) == text && !strings.ContainsFunc(text, unicode.IsControl)
}
