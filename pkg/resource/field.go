package resource

import "cmp"

// FieldType is the type of a field.
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
	Tags       // a set of name/value pairs; a mapping, or a list if a name repeats
	FreeObject // an object of undocumented shape
)

// Need says when a field must be declared.
type Need int

// When a field must be declared.
const (
	Optional  Need = iota
	ForCreate      // when the resource is created, unless the choices have a default
	Always
	// Derived fields are never declared. The kind's hooks set both sides (Complete, and
	// Derive if the API has no such field), so that a status of the API compares like a
	// field. They are read from answers if present, and never requested.
	Derived
)

// Mutability says how a field of an existing resource changes.
type Mutability int

// How a field changes.
const (
	InPlace    Mutability = iota // by the update operation
	UpdateOnly                   // in place; the create operation does not take it, so an update follows a create
	CreateOnly                   // never: it is sent with a create, and not compared afterwards
	Fixed                        // never: it is compared, and a difference is blocked
	Replaces                     // by replacing the resource
	OwnCall                      // by separate calls; it is not part of a standard body
	Identity                     // never: it identifies an existing resource, is never sent and not compared
)

// Display says whether a field's value may be shown.
type Display int

// Whether a value may be shown.
const (
	Shown Display = iota
	Masked
	// MaskedIf: the value is masked and write-only while the yes/no field If is true.
	MaskedIf
)

// Field describes one field of a kind.
type Field struct {
	// Name in the files; API, its name in bodies and answers if that differs; ReadAs,
	// its name in answers if that also differs.
	Name, API, ReadAs string
	Type              FieldType
	Doc               string

	Need    Need
	Changes Mutability
	// Irreversible: changing it needs --allow-destroy, and it cannot become null again.
	Irreversible bool

	// Display and WriteOnly are independent: whether the value may be shown, and
	// whether the API never returns it. A write-only value cannot be compared; the
	// ledger records what was written last.
	Display   Display
	If        string
	WriteOnly bool

	// From: the value may come from a source (value_from).
	From bool
	// Nullable: the API allows null.
	Nullable bool
	// Default is what the API sets if nothing was sent; export leaves it out. Only
	// meaningful with HasDefault.
	Default    Value
	HasDefault bool
	// Upper: text is converted to upper case, as in the API.
	Upper bool
	// ReadOp is the operation that returns the field, if lists and the usual detail do
	// not. If it is refused, the value is unknown.
	ReadOp string

	Min, Max  *int64
	MaxLength int
	MaxItems  int
	Pattern   string // a regular expression that text must match
	Hint      string // describes Pattern in words
	Values    []string
	// Target is what a Reference refers to: the name of a root kind ("repository"), or
	// of choices of the API ("region", "service_offering": the kind "service" is an
	// instance of one).
	Target string
	// TypeFrom names the field of the same resource that says of which type
	// ([Choice.Type]) the choice must be.
	TypeFrom string
	Items    []Field
}

// APIName is the name in bodies and answers.
func (f *Field) APIName() string { return cmp.Or(f.API, f.Name) }

// AnswerName is the name in answers.
func (f *Field) AnswerName() string { return cmp.Or(f.ReadAs, f.APIName()) }

// InUpdates reports whether the update operation takes the field.
func (f *Field) InUpdates() bool { return f.Changes == InPlace || f.Changes == UpdateOnly }

// InCreates reports whether the create operation takes the field.
func (f *Field) InCreates() bool {
	return f.Changes != UpdateOnly && f.Changes != OwnCall && f.Changes != Identity
}

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
