package resource

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Value is what a field holds. It is one of
//
//	nil             the API's null
//	string, bool, int64
//	Secret          text that must never be shown
//	Ref             a reference to something with an id
//	Source          where a text is to be taken from; resolved before a plan
//	[]any, map[string]any   structured values (lists, sets, free objects)
//
// A field that is absent from a resource has no Value at all.
type Value = any

// Secret is text that no output may hold. Every way of printing it gives
// "(sensitive)"; only Reveal gives the text, and only the HTTP client and
// comparisons call that.
//
// The text is behind a pointer because fmt shows what is in unexported fields, of
// any struct that holds a Secret in one, without asking the methods below; of a
// pointer to text it shows the address.
type Secret struct{ text *string }

// Hidden is what stands for a secret in every output.
const Hidden = "(sensitive)"

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal gives the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String gives [Hidden].
func (s Secret) String() string { return Hidden }

// GoString gives [Hidden].
func (s Secret) GoString() string { return Hidden }

// Format gives [Hidden] for every verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, Hidden) }

// MarshalJSON gives [Hidden] as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(Hidden) }

// LogValue gives [Hidden].
func (s Secret) LogValue() slog.Value { return slog.StringValue(Hidden) }

// Conceal makes every text in a value a [Secret], however deep it is.
func Conceal(v Value) Value {
	switch x := v.(type) {
	case string:
		return NewSecret(x)
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = Conceal(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, item := range x {
			out[key] = Conceal(item)
		}
		return out
	}
	return v
}

// Source says where a text comes from (value_from in the file). Exactly one of
// Env, File and Exec is set. File is relative to Dir, the folder of the YAML
// file; Exec, a program and its arguments, is run there.
type Source struct {
	Env  string   `json:"env,omitempty"`
	File string   `json:"file,omitempty"`
	Exec []string `json:"exec,omitempty"`
	Dir  string   `json:"-"`
}

// Ref refers to something that the API knows by id. Name is what people write
// (or an id); Handle is the id once it is known. Two references are equal when
// their handles are.
//
// A reference to one of our own resources also has its Address: that resource may
// be about to be created, and have no id yet.
type Ref struct {
	Name    string
	Handle  string
	Address Address
}

// String gives the name, or the id where no name is known.
func (r Ref) String() string { return cmp.Or(r.Name, r.Handle) }

// MarshalJSON gives the name, or the id where no name is known.
func (r Ref) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// Equal reports whether two values mean the same to the API: references by
// handle, text whether secret or not, null and absent alike, and structured
// values by content.
func Equal(a, b Value) bool {
	switch x := a.(type) {
	case Ref:
		y, ok := b.(Ref)
		return ok && SameID(x.Handle, y.Handle) && (x.Handle != "" || x.Name == y.Name)
	case Secret:
		a = x.Reveal()
	}
	if y, ok := b.(Secret); ok {
		b = y.Reveal()
	}
	return reflect.DeepEqual(a, b)
}

// Show gives a value on one line for people. It never shows a secret.
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
		return "from the program " + x.Exec[0] // its arguments may hold what nobody should see
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// SortedKeys gives the keys of m in order: nothing that is printed may depend
// on the order of a map.
func SortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// Normal brings a value of this field to the form in which both states hold it,
// so that equal values compare equal: enum values in the API's case, whole
// numbers as int64, tags sorted by name and value, an empty list as such.
// Values that do not fit the type are returned as they are; the schema reports
// them.
func (f *Field) Normal(v Value) Value {
	switch x := v.(type) {
	case string:
		if f.Upper {
			return strings.ToUpper(x)
		}
		if f.Type == Enum {
			for _, allowed := range f.Values {
				if strings.EqualFold(x, allowed) {
					return allowed
				}
			}
		}
	case int:
		return int64(x)
	case float64:
		if whole := int64(x); float64(whole) == x {
			return whole
		}
	case json.Number:
		if whole, err := x.Int64(); err == nil {
			return whole
		}
		if fraction, err := x.Float64(); err == nil {
			return fraction
		}
	case []any:
		return f.normalList(x)
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, item := range x {
			out[key] = new(Field).Normal(item)
		}
		return out
	}
	return v
}

func (f *Field) normalList(list []any) []any {
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = new(Field).Normal(item)
		// An answer may hold more than the contract says; only the declared
		// parts of an item are compared.
		if object, ok := out[i].(map[string]any); ok && len(f.Items) > 0 {
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
