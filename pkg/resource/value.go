package resource

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
)

// Value is the value of a field. It is one of
//
//	nil             the API's null
//	string, bool, int64
//	Secret          text that must never be shown
//	Ref             a reference to an object with an id
//	Source          the source of a text (value_from); resolved before a plan
//	[]any, map[string]any   structured values (lists, sets, free objects)
//	json.Number     only within values of undocumented shape (free.go)
//
// A field that is absent from a resource has no Value at all.
type Value = any

// Secret is text that no output may contain. It is always printed as "(sensitive)";
// only Reveal returns the text, and only the HTTP client and comparisons call that.
//
// The text is behind a pointer because fmt prints unexported fields of a struct without
// calling the methods below; of a pointer to a string it prints the address.
type Secret struct{ text *string }

// Hidden replaces a secret in every output.
const Hidden = "(sensitive)"

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String returns [Hidden].
func (s Secret) String() string { return Hidden }

// GoString returns [Hidden].
func (s Secret) GoString() string { return Hidden }

// Format writes [Hidden] for every verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, Hidden) }

// MarshalJSON returns [Hidden] as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(Hidden) }

// LogValue returns [Hidden].
func (s Secret) LogValue() slog.Value { return slog.StringValue(Hidden) }

// Conceal makes every text in a value a [Secret], at any depth.
func Conceal(v Value) Value {
	return Map(v, func(v Value) Value {
		if text, ok := v.(string); ok {
			return NewSecret(text)
		}
		return v
	})
}

// Revealed makes every [Secret] in a value a text, at any depth.
func Revealed(v Value) Value {
	return Map(v, func(v Value) Value {
		if secret, ok := v.(Secret); ok {
			return secret.Reveal()
		}
		return v
	})
}

// Map replaces every single value in v by f of it, at any depth of lists and objects.
func Map(v Value, f func(Value) Value) Value {
	switch x := v.(type) {
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = Map(item, f)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, item := range x {
			out[key] = Map(item, f)
		}
		return out
	}
	return f(v)
}

// Source is the source of a text (value_from in the file). Exactly one of Env, File and
// Exec is set. File is relative to Dir, the folder of the YAML file; Exec, a program
// and its arguments, is run there.
type Source struct {
	Env  string   `json:"env,omitempty"`
	File string   `json:"file,omitempty"`
	Exec []string `json:"exec,omitempty"`
	Dir  string   `json:"-"`
}

// Ref refers to an object of the API. Name is the text in the files (a name or an id);
// Handle is the id once it is known. Two references are equal if their handles are.
//
// A reference to a managed resource also has its Address: that resource may not exist
// yet and have no id.
type Ref struct {
	Name    string
	Handle  string
	Address Address
}

// String returns the name, or the id if the name is unknown.
func (r Ref) String() string { return cmp.Or(r.Name, r.Handle) }

// MarshalJSON returns the name, or the id if the name is unknown.
func (r Ref) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// Show returns a value as text on one line, with secrets masked.
func Show(v Value) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(x)
	case Ref:
		return x.String()
	case Source:
		switch {
		case x.Env != "":
			return "from the environment variable " + x.Env
		case x.File != "":
			return "from the file " + x.File
		}
		return "from the program " + x.Exec[0] // its arguments may contain secrets
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// SortedKeys returns the keys of m in order: no output may depend on the order of a
// map.
func SortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
