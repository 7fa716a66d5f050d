package resource

import "time"

// Kind describes one kind of resource as data, with a closed list of pure
// hooks for what data cannot say. Validation, the JSON Schema, reading,
// diffing, ordering, applying, masking, export and help derive from it.
type Kind struct {
	// Name is the first part of addresses ("variable"); Title and Plural are
	// for people ("environment variable", "environment variables").
	Name, Title, Plural string
	// Collection is the key in the files ("variables"); Parent the name of the
	// kind that holds it, "" at the top.
	Collection, Parent string
	// Form of the collection in the files.
	Form Form
	// Key is the field that is the natural key (the mapping's key), "" where
	// there is none.
	Key string
	// KeyPattern restricts the key; KeyHint says so to people.
	KeyPattern, KeyHint string
	KeyMax              int
	// Normal brings a key to the API's normal form (domains in lower case).
	// It fails on a key that can never be one. Nil: the key stays as it is.
	Normal func(key string) (string, error)
	// KeyField is the API's name of the key, ParentField the API's field that
	// holds the parent's id in answers and in bodies.
	KeyField, ParentField string
	// Shorthand is the field that a bare scalar stands for, "" for none.
	Shorthand string
	// Sets is the key under which named groups of this kind can be drawn in
	// ("variable_sets"), by the parent and by its parent. "" for none.
	Sets string
	// Doc is one line for help and for the schema.
	Doc string

	Fields []Field

	// Ops are the operation ids for the standard calls, "" where the API has
	// none.
	Ops Ops
	// Reads are the ways to list this kind, the preferred one first.
	Reads []Read
	// Facts are the API's fields that decide what can be done.
	Facts []string
	// Modified is the fact that holds the date of the last change, "" for none.
	Modified string
	// Global: the natural key is unique everywhere, so that a resource is
	// paired with its declaration wherever it sits, and moved by Transfer.
	Global bool
	// TransferFrom is the field that names another organisation from which a
	// resource may be taken over by Transfer, "" for none.
	TransferFrom string
	// Order is how the order among siblings is managed, nil where it is not.
	Order *Order
	// Deploy is how a resource of this kind is deployed, nil where it is not. What
	// is changed at or below it takes effect with its next deployment.
	Deploy *Deploy
	// Renames: the key itself can be changed, where a moved entry asks for it.
	Renames bool
	// Precious: a delete or replace needs --allow-destroy ADDRESS.
	Precious bool

	// Hooks. All are pure; nil means "nothing special".

	// Match pairs the declared resources of one parent with the current ones;
	// nil pairs by key. See [Matching].
	Match func(Matching) []Pairing
	// Implies lists the children that the creation of r brings along.
	Implies func(r *Resource) []Implied
	// Check finds problems among the declared siblings of one parent,
	// offline.
	Check func(siblings []*Resource) []Problem
	// Complete adds to a declared resource what its other fields imply (no time
	// where a job runs every ten minutes).
	Complete func(r *Resource)
	// Foreign: belongs to Divio; never unmanaged, never pruned, never
	// exported.
	Foreign func(current *Resource) bool
	// Locked says why nothing at or below current may be changed, or "".
	Locked func(current *Resource) string
	// Warn says what is worth knowing before anything at or below current is
	// changed, or "".
	Warn func(current *Resource) string
	// Leftover gives the key of the declared resource that an interrupted
	// replacement left current behind for, or "".
	Leftover func(current *Resource) string
	// Review sees all pairs of one parent after diffing and may block changes
	// or add reasons and fields. It never adds or removes a change, and may be asked
	// again after others have blocked something.
	Review func(Siblings)
	// Compile turns a change into calls, in their order.
	Compile func(*Change) []Call
}

// Form is how a collection is written.
type Form int

// The forms of a collection.
const (
	Mapping  Form = iota // by natural key
	Sequence             // a list; the kind has no natural key
	Either               // both; a list manages the order too
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

// Field describes one field of a kind.
type Field struct {
	// Name in the files, and API, its name in bodies and answers where that
	// differs.
	Name, API string
	Type      FieldType
	Doc       string
	// Required: must be declared always. Creation: must be declared (or have
	// a default in the catalogue) when the resource is created.
	Required, Creation bool
	// CreateOnly: sent when creating, never compared. Fixed: compared, and a
	// difference is blocked, since the API cannot change it. Replace: a
	// difference replaces the resource. Action: changed by a call of its own
	// and never part of a body.
	CreateOnly, Fixed, Replace, Action bool
	// UpdateOnly: the create operation does not take it, so that a create is
	// followed by an update. Irreversible: changing it needs --allow-destroy.
	UpdateOnly, Irreversible bool
	// Sensitive: never shown, never read back. SensitiveIf names a yes/no
	// field that makes it so.
	Sensitive   bool
	SensitiveIf string
	// From: may be given by value_from instead.
	From bool
	// Nullable: the API allows null.
	Nullable bool
	// Default is what the API sets where nothing was sent; export leaves it
	// out. Only meaningful where HasDefault.
	Default    Value
	HasDefault bool

	Min, Max  *int64
	MaxLength int
	MaxItems  int
	Pattern   string // a regular expression that text must match
	Hint      string // says Pattern to people
	Values    []string
	Target    string // what a Reference refers to
	Items     []Field
}

// APIName is the name in bodies and answers.
func (f *Field) APIName() string {
	if f.API != "" {
		return f.API
	}
	return f.Name
}

// Field finds a field by its name in the files, or nil.
func (k *Kind) Field(name string) *Field {
	for i := range k.Fields {
		if k.Fields[i].Name == name {
			return &k.Fields[i]
		}
	}
	return nil
}

// Ops are operation ids.
type Ops struct{ Create, Get, Update, Delete string }

// Scope says what a list operation's filter takes.
type Scope int

// The scopes of a list operation.
const (
	ByOrganisation Scope = iota // the organisation's id
	ByParent                    // the id of one parent
	Everything                  // no filter: all that the token sees
)

// Read is one way to list a kind. Repeat: the filter may be given several
// times, so that one request serves several parents.
type Read struct {
	Op     string
	Filter string
	Scope  Scope
	Repeat bool
}

// Order names the calls that move a resource beside a sibling.
type Order struct{ Before, After string }

// Deploy describes the deployments of a resource: operation ids, and the fields of
// the API by which the two find each other.
type Deploy struct {
	Create, List, Get, Logs string
	// Of is the field of a deployment, and the filter of the list, that holds the
	// id of what is deployed.
	Of string
	// Text is the field of the answer of Logs that holds the log.
	Text string
	// Facts of the resource: whether changes wait for a deployment and which,
	// whether commits do and how many, and which deployment is under way.
	HasChanges, Changes, HasCommits, Commits, Running string
	// Fields of a deployment: when it ended, whether well, and how far it is.
	Ended, Success, Percent string
	// Rebuild names the fields of the resource that say how it is built: a new
	// value needs a new image, also where there are no new commits.
	Rebuild []string
	// AnewBody is what a create sends to have a new image built.
	AnewBody map[string]Value
}

// Implied is a child that a create brings along.
type Implied struct{ Kind, Key string }

// Problem is something wrong among declared siblings: with Resource, at Field
// ("" for the resource as a whole). Other, if set, is the sibling it clashes
// with.
type Problem struct {
	Resource *Resource
	Field    string
	Message  string
	Hint     string
	Other    *Resource
}

// Matching is what a Match hook sees: the declared and the current resources of
// one kind under one parent, whether undeclared ones are pruned, and which
// declared one a moved entry pairs with which current one.
type Matching struct {
	Desired, Current []*Resource
	Pruned           bool
	// Moved pairs indices of Desired with indices of Current.
	Moved map[int]int
	// Kept are indices of Current that are protected: like all others where
	// nothing is pruned.
	Kept map[int]bool
}

// Pairing is one answer of a Match hook. Current is -1 for a create. Blocked,
// if set, says why the declared one may be neither created nor paired.
type Pairing struct {
	Desired, Current int
	Blocked          string
}

// Siblings are all resources of one kind under one parent, after diffing.
type Siblings struct {
	// Parent is the parent as it is now, nil when it is about to be created.
	Parent *Resource
	Pairs  []*Pair
	// Leaving are pairs whose current resource sits here and whose declared one
	// sits under another parent (Global kinds).
	Leaving []*Pair
}

// Pair is a declared resource, a current one, or both, and the change between
// them (nil: none).
type Pair struct {
	Desired, Current *Resource
	Change           *Change
}

// ImpliedDeadline bounds the wait for what a create brings along.
const ImpliedDeadline = 2 * time.Minute
