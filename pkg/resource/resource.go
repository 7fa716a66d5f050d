// Package resource holds the nouns of the program: kinds and their fields,
// addresses, resources and states, changes and calls. It knows neither YAML
// nor HTTP, and imports nothing of ours but diag.
//
// The desired state (from the files) and the current state (from the API) are
// one type, [State], so that the plan is a function of two values.
package resource

import "github.com/divioctl/divioctl/pkg/diag"

// Resource is one thing in a state.
//
// In a desired state Fields holds what the files declare and nothing else: a
// field that is absent is not managed. In the current state it holds what the
// API gave; a sensitive field is never there.
type Resource struct {
	Kind    *Kind
	Address Address
	// Key is the natural key within the parent (a slug, a name). A kind
	// without one (cron jobs) has a display key here.
	Key string
	// Parent is the address of the parent, zero for a root.
	Parent Address
	// Fields by their name in the files.
	Fields map[string]Value
	// Masked names the fields whose value may not be shown, although it is
	// not a Secret on this side (a plain value that replaces a secret, say).
	Masked map[string]bool

	// Sources say where masked fields come from, once they are resolved.
	Sources map[string]Source

	// Handle is the API's opaque id; only in the current state.
	Handle string
	// Facts are answers of the API that are not managed but decide what can
	// be done (is_locked, is_read_only); only in the current state.
	Facts map[string]any

	// At is where the resource is declared, FieldAt where each of its fields
	// is, and each part of a list ("release_commands[1].label"); only in the
	// desired state.
	At      diag.Position
	FieldAt map[string]diag.Position
}

// Has reports whether the field is declared (or was read).
func (r *Resource) Has(field string) bool {
	_, ok := r.Fields[field]
	return ok
}

// Text gives a text field's value; secrets are revealed. It is "" for null, for
// an absent field and for anything that is not text.
func (r *Resource) Text(field string) string {
	switch v := r.Fields[field].(type) {
	case string:
		return v
	case Secret:
		return v.Reveal()
	}
	return ""
}

// Is reports whether a yes/no field is there and true.
func (r *Resource) Is(field string) bool {
	b, _ := r.Fields[field].(bool)
	return b
}

// Fact reports whether the API said name is true. A fact that the API left out
// is not true.
func (r *Resource) Fact(name string) bool {
	b, _ := r.Facts[name].(bool)
	return b
}

// SourceOf gives where a field's value comes from, if it does not stand in the
// files, whether it was looked up or not.
func (r *Resource) SourceOf(field string) (Source, bool) {
	if source, ok := r.Fields[field].(Source); ok {
		return source, true
	}
	source, ok := r.Sources[field]
	return source, ok
}

// IsMasked reports whether the value of field may not be shown.
func (r *Resource) IsMasked(field string) bool {
	switch r.Fields[field].(type) {
	case Secret, Source:
		return true
	}
	if r.Masked[field] {
		return true
	}
	f := r.Kind.Field(field)
	return f != nil && r.IsSecret(f)
}

// IsSecret reports whether the field itself, wherever its value comes from, may
// not be shown.
func (r *Resource) IsSecret(f *Field) bool {
	return f.Display == Masked || f.Display == MaskedIf && r.Is(f.If)
}

// IsWriteOnly reports whether the API never gives the field's value back.
func (r *Resource) IsWriteOnly(f *Field) bool {
	return f.WriteOnly || f.Display == MaskedIf && r.Is(f.If)
}

// Exposed reports whether a field that nobody may see has its value in the files
// themselves, where everybody who reads them sees it.
func (r *Resource) Exposed(f *Field) bool {
	if _, elsewhere := r.SourceOf(f.Name); elsewhere || !r.IsSecret(f) {
		return false
	}
	return !Equal(r.Fields[f.Name], nil) && !Equal(r.Fields[f.Name], "")
}
