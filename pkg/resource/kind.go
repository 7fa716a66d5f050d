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
	// Key is the natural key (the mapping's key), KeyFields the fields that make up
	// a composite one; see key.go. Both empty: there is none.
	Key       string
	KeyFields []string
	// KeyPattern restricts the key; KeyHint says so to people.
	KeyPattern, KeyHint string
	KeyMax              int
	// Normal brings a key to its normal form (domains in lower case). It fails on
	// a key that can never be one. Nil: the key stays as it is.
	Normal func(key string) (string, error)
	// KeyField is the API's name of the key, "" where the API does not have it.
	// ParentField is the API's field that holds the parent's id in answers and in
	// bodies.
	KeyField, ParentField string
	// Shorthand is the field that a bare scalar stands for, "" for none.
	Shorthand string
	// Sets is the key under which named groups of this kind can be included
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
	// paired with its declaration wherever it is, and moved by Transfer.
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
	// Precious: a delete or replace needs --allow-destroy ADDRESS, and is named
	// where something above it is deleted.
	Precious bool

	// Hooks. All are pure: they change nothing that they are handed. Nil means
	// "nothing special".

	// Match pairs the declared resources of one parent with the current ones;
	// nil pairs by key. See [Matching].
	Match func(Matching) []Pairing
	// Implies lists the children that the creation of r brings along.
	Implies func(r *Resource) []Implied
	// Check finds problems among the declared siblings of one parent,
	// offline.
	Check func(siblings []*Resource) []Problem
	// Complete gives the fields that a declared resource has by what its other
	// fields say (no time where a job runs every ten minutes).
	Complete func(r *Resource) map[string]Value
	// Derive gives the fields that a current resource has by what its facts say
	// (attached, by the status of a service). It gives none where a fact is missing: a
	// detail may show it later.
	Derive func(current *Resource) map[string]Value
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
	// Waiting says that current waits for a deployment of what it stands in, or "".
	Waiting func(current *Resource) string
	// Label is what a current resource is called by whose key only the files know
	// (the end of a repository's url). Nil or "": its display key, or else its id.
	// Siblings that share a label are called by their ids.
	Label func(current *Resource) string
	// Review sees all pairs of one parent after diffing. It adds and removes no
	// change.
	Review func(Siblings) []Verdict
	// Compile turns a change into calls, in their order.
	Compile func(*Change) []Call
}

// Form is how a collection is written.
type Form int

// The forms of a collection.
const (
	Mapping  Form = iota // by natural key
	Sequence             // a list
	Either               // both; a list manages the order too
)

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
	// whether commits do and how many, which deployment is under way, and which
	// was the last that ended.
	HasChanges, Changes, HasCommits, Commits, Running, Last string
	// Fields of a deployment: when it ended, whether well, and how far it is.
	Ended, Success, Percent string
	// Rebuild names the fields of the resource that say how it is built: a new
	// value needs a new image, also where there are no new commits.
	Rebuild []string
	// AnewBody is what a create sends to have a new image built.
	AnewBody map[string]Value
}

// NeverDeployed reports whether the facts say that something was never deployed and
// that there are no commits that could be.
func (d *Deploy) NeverDeployed(facts map[string]any) bool {
	last, told := facts[d.Last]
	commits, counted := facts[d.Commits].(int64)
	some, toldSome := facts[d.HasCommits].(bool)
	return told && last == nil && (counted || toldSome) && commits == 0 && !some
}

// ImpliedDeadline bounds the wait for what a create brings along.
const ImpliedDeadline = 2 * time.Minute
