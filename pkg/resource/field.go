package resource

import (
	"cmp"
	"fmt"
	"regexp"
)

// FieldType says what a field holds.
type FieldType int

// The types of fields.
const (
	Text      FieldType = iota
	TypedText           // text; in the files any scalar, taken as typed
	Int
	Bool
	Enum       // one of Values
	Reference  // to Target
	List       // a list of objects with Items; order matters
	Tags       // a set of name/value pairs; a mapping, or a list where a name repeats
	FreeObject // an object whose shape the API does not tell
)

// Need says when a field must be declared.
type Need int

// When a field must be declared.
const (
	Optional  Need = iota
	ForCreate      // when the resource is created, unless the choices have a default
	Always
	// Derived fields are never declared: the kind's hooks give both sides
	// (Complete, Derive), so that a state of the API compares like a field.
	Derived
)

// Mutability says how a field of something that exists changes.
type Mutability int

// How a field changes.
const (
	InPlace    Mutability = iota // by the update operation
	UpdateOnly                   // in place too; the create operation does not take it, so that an update follows a create
	CreateOnly                   // never: it is sent with a create, and not compared afterwards
	Fixed                        // never: it is compared, and a difference is blocked
	Replaces                     // by replacing the resource
	OwnCall                      // by a call of its own; it is part of no body
)

// Display says whether a field's value may be shown.
type Display int

// Whether a value may be shown.
const (
	Shown Display = iota
	Masked
	// MaskedIf: the value is masked, and cannot be read back, while the yes/no field
	// named by If is true.
	MaskedIf
)

// Field describes one field of a kind.
type Field struct {
	// Name in the files, and API, its name in bodies and answers where that
	// differs.
	Name, API string
	Type      FieldType
	Doc       string

	Need    Need
	Changes Mutability
	// Irreversible: changing it needs --allow-destroy.
	Irreversible bool

	// Display and WriteOnly are two questions: may the value be shown, and does
	// the API ever give it back. A write-only value cannot be compared; what was
	// written last is remembered by the ledger.
	Display   Display
	If        string
	WriteOnly bool

	// From: the value may come from elsewhere (value_from).
	From bool
	// Nullable: the API allows null.
	Nullable bool
	// Default is what the API sets where nothing was sent; export leaves it
	// out. Only meaningful where HasDefault.
	Default    Value
	HasDefault bool
	// ReadOp is the operation whose answer shows the field, where lists and the
	// usual detail do not. Where it is refused, the value is not known.
	ReadOp string

	Min, Max  *int64
	MaxLength int
	MaxItems  int
	Pattern   string // a regular expression that text must match
	Hint      string // says Pattern to people
	Values    []string
	// Target is what a Reference refers to: the name of a kind, or of what the
	// API offers to choose from ("region").
	Target string
	Items  []Field
}

// APIName is the name in bodies and answers.
func (f *Field) APIName() string { return cmp.Or(f.API, f.Name) }

// InUpdates reports whether the update operation takes the field.
func (f *Field) InUpdates() bool { return f.Changes == InPlace || f.Changes == UpdateOnly }

// InCreates reports whether the create operation takes the field.
func (f *Field) InCreates() bool { return f.Changes != UpdateOnly && f.Changes != OwnCall }

// FieldID names one field of one resource.
type FieldID struct {
	Address Address
	Name    string
}

// Compare orders by address, then by name.
func (id FieldID) Compare(other FieldID) int {
	return cmp.Or(id.Address.Compare(other.Address), cmp.Compare(id.Name, other.Name))
}

// String is "address: field".
func (id FieldID) String() string { return id.Address.String() + ": " + id.Name }

// contradictions says what cannot be true of a field of k at the same time.
func (f *Field) contradictions(k *Kind) []string {
	var found []string
	must := func(holds bool, format string, args ...any) {
		if !holds {
			found = append(found, fmt.Sprintf("field "+f.Name+": "+format, args...))
		}
	}
	condition := k.Field(f.If)
	must(f.Name != "", "it has no name")
	must(f.Doc != "" || f.Need == Derived, "it has no documentation")
	must((f.Display == MaskedIf) == (f.If != ""), "MaskedIf and If go together")
	must(f.Display != MaskedIf || !f.WriteOnly, "MaskedIf says already when it cannot be read back")
	must(f.If == "" || condition != nil && condition.Type == Bool, "If names no yes/no field")
	must((f.Type == Reference) == (f.Target != ""), "a reference needs a target, and nothing else has one")
	must((f.Type == Enum) == (len(f.Values) > 0), "an enum needs values, and nothing else has them")
	must(len(f.Items) == 0 || f.Type == List || f.Type == Tags, "only lists and tags have items")
	must(f.Type != Tags || len(f.Items) >= 2, "tags need a name and a value")
	must(f.Default == nil || f.HasDefault, "a default without HasDefault")
	must(!f.WriteOnly || !f.HasDefault, "a default cannot be seen where nothing is read back")
	must(!f.WriteOnly || f.Changes != Fixed && f.Changes != Replaces, "what cannot be read back cannot be compared")
	must(!f.From || f.Type == Text || f.Type == TypedText, "only text can come from elsewhere")
	must(f.Display == Shown || f.From, "a masked field must be able to come from elsewhere")
	must(!f.Irreversible || f.Changes == OwnCall || f.InUpdates(), "what never changes is not irreversible")
	must(f.Need != Derived || f.Display == Shown && !f.From && !f.WriteOnly && f.Changes == OwnCall, "a derived field is shown, and changes by calls of its own")
	must(f.Need == Optional || f.Need == Derived || f.Changes != UpdateOnly, "a create cannot need what it does not take")
	must(f.Min == nil || f.Type == Int, "only numbers have a minimum")
	must(f.Max == nil || f.Type == Int, "only numbers have a maximum")
	must((f.Pattern == "") == (f.Hint == ""), "Pattern and Hint go together")
	if _, err := regexp.Compile(f.Pattern); err != nil {
		must(false, "Pattern does not compile")
	}
	return found
}
