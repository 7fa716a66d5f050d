// Package resource holds the nouns of the program: kinds and their fields,
// addresses, resources and states, changes and calls. It knows neither YAML
// nor HTTP, and imports nothing of ours but diag.
//
// The desired state (from the files) and the current state (from the API) are
// one type, [State], so that the plan is a function of two values.
package resource

import (
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
)

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
	// Parent is the address of the parent, "" for a root.
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

// Secretive reports whether the value of field may not be shown.
func (r *Resource) Secretive(field string) bool {
	switch r.Fields[field].(type) {
	case Secret, Source:
		return true
	}
	if r.Masked[field] {
		return true
	}
	f := r.Kind.Field(field)
	return f != nil && (f.Sensitive || (f.SensitiveIf != "" && r.Is(f.SensitiveIf)))
}

// Exposed reports whether a field that is declared as sensitive has its value in the
// files themselves, where everybody who reads them sees it.
func (r *Resource) Exposed(f *Field) bool {
	if _, elsewhere := r.SourceOf(f.Name); elsewhere || !f.Sensitive && (f.SensitiveIf == "" || !r.Is(f.SensitiveIf)) {
		return false
	}
	return !Equal(r.Fields[f.Name], nil) && !Equal(r.Fields[f.Name], "")
}

// DisplayKey is what stands for the natural key of a resource whose kind has
// none: the text of its first field (a cron job's command).
func DisplayKey(r *Resource) string { return r.Text(r.Kind.Fields[0].Name) }

// LongKey is the display key where several siblings share the short one:
// "command@frequency,time".
func LongKey(r *Resource) string {
	var rest []string
	for _, f := range r.Kind.Fields[1:] {
		if text := r.Text(f.Name); text != "" {
			rest = append(rest, text)
		}
	}
	return DisplayKey(r) + "@" + strings.Join(rest, ",")
}

// CollectionID names the children of one kind under one parent ("" for a root
// kind).
type CollectionID struct {
	Parent Address
	Kind   string
}

// Collection says what is known of the children of one kind under one parent.
type Collection struct {
	// Ordered: the files give a sequence where order is managed (desired).
	Ordered bool
	// At is where the collection's key stands (desired).
	At diag.Position
	// Complete: everything was read (current). Nothing may be deleted from a
	// collection that is not complete.
	Complete bool
}

// State is what is wanted, or what is there.
type State struct {
	// Organisation that the files name (desired; may be empty) or that was
	// found (current).
	Organisation   Ref
	OrganisationAt diag.Position
	// Resources, parents before children; siblings in file order (desired) or
	// in server order (current).
	Resources []*Resource
	// Collections that are declared (desired) or that were read (current). A
	// collection that is absent is not managed.
	Collections map[CollectionID]Collection
	// Catalogue holds what references can mean; only in the current state.
	Catalogue Catalogue
	// Warnings that reading gave, for people.
	Warnings []string
	// Unread names the kinds of which not everything could be read, or not what
	// their fields refer to; only in the current state, beside an error.
	Unread []string
}

// Entry is something that a reference can mean.
type Entry struct {
	Handle string
	// Names by which people know it, the preferred one first.
	Names []string
	// Default: the API uses it where nothing is said.
	Default bool
}

// Catalogue holds, for each reference target ("region", "plan_group",
// "organisation", "service", "repository"), what is known. A target that is
// absent was not needed and not read.
type Catalogue map[string][]Entry

// Name gives the preferred name of a handle, or "" where it is not known.
func (c Catalogue) Name(target, handle string) string {
	for _, e := range c[target] {
		if e.Handle == handle && len(e.Names) > 0 {
			return e.Names[0]
		}
	}
	return ""
}

// Settings are what the files say besides resources.
type Settings struct {
	// Prune names the collections ("variables") whose undeclared members are
	// deleted.
	Prune []string
	// Protect are address patterns that nothing may delete or replace.
	Protect []Protect
	// Moved are the renames and moves that the files ask for.
	Moved []Moved
	// Limits on deletions; nil means the default.
	DeletePercent *int
	DeleteCount   *int
	// Ledger is the file that remembers sensitive values, "" for none.
	Ledger string
}

// Protect is one pattern under protect.
type Protect struct {
	Pattern string
	At      diag.Position
}

// Moved is one entry under moved.
type Moved struct {
	From, To Address
	At       diag.Position
}
