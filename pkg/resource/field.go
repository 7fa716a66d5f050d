package resource

import "cmp"

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
	// Derived fields are never declared. The kind's hooks give both sides (Complete,
	// and Derive where the API has no such field), so that a state of the API compares
	// like a field. They are taken as answers show them, and never asked for.
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
	OwnCall                      // by calls of its own; it is part of no standard body
	Identity                     // never: it says which existing resource is meant, is sent nowhere and not compared
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
	// Name in the files; API, its name in bodies and answers where that differs;
	// ReadAs, its name in answers where that is yet another one.
	Name, API, ReadAs string
	Type              FieldType
	Doc               string

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
	// Upper: text is brought to upper case, as the API has it.
	Upper bool
	// ReadOp is the operation whose answer shows the field, where lists and the
	// usual detail do not. Where it is refused, the value is not known.
	ReadOp string

	Min, Max  *int64
	MaxLength int
	MaxItems  int
	Pattern   string // a regular expression that text must match
	Hint      string // says Pattern to people
	Values    []string
	// Target is what a Reference refers to: the name of a kind at the top
	// ("repository"), or of what the API offers to choose from ("region",
	// "service_offering": the kind "service" is what was made of one).
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
