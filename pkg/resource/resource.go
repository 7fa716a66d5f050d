// Package resource contains the basic types of the program: kinds and their fields,
// addresses, resources and states, changes and calls. It knows neither YAML nor HTTP,
// and imports only diag from this module.
//
// The desired state (from the files) and the current state (from the API) are of the
// same type, [State], so that the plan is a function of two values.
package resource

import "github.com/divioctl/divioctl/pkg/diag"

// Resource is one resource in a state.
//
// In a desired state Fields contains only what the files declare: an absent field is
// not managed. In the current state it contains what the API returned, never a
// sensitive field.
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
	// Masked names the fields whose value is secret although it is not a Secret on this
	// side (for example a plain value that replaces a secret).
	Masked map[string]bool

	// Sources are the sources of masked fields, once they are resolved.
	Sources map[string]Source

	// Handle is the API's opaque id; only in the current state.
	Handle string
	// Facts are values of the API that are not managed but decide what can be done
	// (is_locked, is_read_only); only in the current state.
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

// Text returns a text field's value; secrets are revealed. It is "" for null, for an
// absent field and for anything that is not text.
func (r *Resource) Text(field string) string {
	switch v := r.Fields[field].(type) {
	case string:
		return v
	case Secret:
		return v.Reveal()
	}
	return ""
}

// Is reports whether a yes/no field is present and true.
func (r *Resource) Is(field string) bool {
	b, _ := r.Fields[field].(bool)
	return b
}

// Fact reports whether the API returned true for name. A missing fact is not true.
func (r *Resource) Fact(name string) bool {
	b, _ := r.Facts[name].(bool)
	return b
}

// SourceOf returns the source of a field's value (value_from), resolved or not, if
// there is one.
func (r *Resource) SourceOf(field string) (Source, bool) {
	if source, ok := r.Fields[field].(Source); ok {
		return source, true
	}
	source, ok := r.Sources[field]
	return source, ok
}

// IsMasked reports whether the value of field is secret.
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

// IsSecret reports whether the field itself is secret, independent of the source of its
// value.
func (r *Resource) IsSecret(f *Field) bool {
	return f.Display == Masked || f.Display == MaskedIf && r.Is(f.If)
}

// IsWriteOnly reports whether the API never returns the field's value.
func (r *Resource) IsWriteOnly(f *Field) bool {
	return f.WriteOnly || f.Display == MaskedIf && r.Is(f.If)
}

// Exposed reports whether the value of a secret field is written in the files
// themselves.
func (r *Resource) Exposed(f *Field) bool {
	if _, sourced := r.SourceOf(f.Name); sourced || !r.IsSecret(f) {
		return false
	}
	return !Equal(r.Fields[f.Name], nil) && !Equal(r.Fields[f.Name], "")
}
