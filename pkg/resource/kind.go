package resource

import "time"

// Kind describes one kind of resource as data, with a fixed list of pure hooks for what
// data cannot express. Validation, the JSON Schema, reading, diffing, ordering,
// applying, masking, export and help derive from it.
type Kind struct {
	// Name is the first part of addresses ("variable"); Title and Plural are for
	// messages ("environment variable", "environment variables").
	Name, Title, Plural string
	// Collection is the key in the files ("variables"); Parent is the name of the
	// parent kind, "" for a root.
	Collection, Parent string
	// Form of the collection in the files.
	Form Form
	// Key is the natural key (the mapping's key), KeyFields the fields of a composite
	// one; see key.go. Both empty: there is none.
	Key       string
	KeyFields []string
	// KeyPattern restricts the key; KeyHint describes it in words.
	KeyPattern, KeyHint string
	KeyMax              int
	// Normal converts a key to its normal form (domains in lower case). It fails on an
	// invalid key. Nil: the key is not converted.
	Normal func(key string) (string, error)
	// KeyField is the API's name of the key, "" if the API does not have it.
	// ParentField is the API's field of the parent's id in answers and in bodies.
	KeyField, ParentField string
	// Shorthand is the field that a bare scalar sets, "" for none.
	Shorthand string
	// Sets is the key under which named groups of this kind can be included
	// ("variable_sets"), by the parent and by its parent. "" for none.
	Sets string
	// Doc is one line for help and for the schema.
	Doc string

	Fields []Field

	// Ops are the operation ids for the standard calls, "" if the API has none.
	Ops Ops
	// Reads are the ways to list this kind, the preferred one first.
	Reads []ListOp
	// Facts are the API's fields that decide what can be done.
	Facts []string
	// Modified is the fact with the date of the last change, "" for none.
	Modified string
	// Global: the natural key is globally unique, so a resource is paired with its
	// declaration under any parent, and moved by Transfer.
	Global bool
	// Unique is how a key is looked up in other organisations, if it is unique in all.
	Unique *Unique
	// TransferFrom is the field that names another organisation from which a resource
	// may be moved by Transfer, "" for none.
	TransferFrom string
	// Order is how the order among siblings is managed, nil if it is not.
	Order *Order
	// Deploy is how a resource of this kind is deployed, nil if it is not. Changes at
	// or below it take effect with its next deployment.
	Deploy *Deploy
	// Renames: the key itself can be changed, if a moved entry asks for it.
	Renames bool
	// Precious: a delete or replace needs --allow-destroy ADDRESS, and the resource is
	// named if an ancestor is deleted.
	Precious bool

	// Hooks. All are pure: they do not change their arguments. Nil means the default
	// behaviour.

	// Match pairs the declared resources of one parent with the current ones;
	// nil pairs by key. See [Matching].
	Match func(Matching) []Pairing
	// Implies lists the children that a create of r also creates.
	Implies func(r *Resource) []Implied
	// Check finds problems among the declared siblings of one parent,
	// offline.
	Check func(siblings []*Resource) []Problem
	// Complete returns the fields of a declared resource that follow from its other
	// fields (no time if a job runs every ten minutes).
	Complete func(r *Resource) map[string]Value
	// Derive returns the fields of a current resource that follow from its facts
	// (attached, from the status of a service). It returns none if a fact is missing: a
	// detail may contain it later.
	Derive func(current *Resource) map[string]Value
	// Foreign: belongs to Divio; never unmanaged, never pruned, never exported.
	Foreign func(current *Resource) bool
	// Locked says why nothing at or below current may be changed, or "".
	Locked func(current *Resource) string
	// Warn returns a warning for changes at or below current, or "".
	Warn func(current *Resource) string
	// Leftover returns the key of the declared resource whose interrupted replacement
	// left current behind, or "".
	Leftover func(current *Resource) string
	// Waiting says that current waits for a deployment of its parent, or "".
	Waiting func(current *Resource) string
	// Label is the label of a current resource whose key is only in the files (the end
	// of a repository's url). Nil or "": its display key, or else its id. Siblings that
	// share a label use their ids instead.
	Label func(current *Resource) string
	// Review gets all pairs of one parent after diffing. It neither adds nor removes
	// changes.
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
	Either               // both; a list also manages the order
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

// Scope says what the filter of a list operation takes.
type Scope int

// The scopes of a list operation.
const (
	ByOrganisation Scope = iota // the organisation's id
	ByParent                    // the id of one parent
	Everything                  // no filter: everything that the token can access
)

// ListOp is one way to list a kind. Repeat: the filter may be given several times, so one
// request covers several parents.
type ListOp struct {
	Op     string
	Filter string
	Scope  Scope
	Repeat bool
}

// Order names the calls that move a resource beside a sibling.
type Order struct{ Before, After string }

// Deploy describes the deployments of a resource: operation ids, and the fields of the
// API that connect the two.
type Deploy struct {
	Create, List, Get, Logs string
	// Of is the field of a deployment, and the filter of the list, with the id of the
	// deployed resource.
	Of string
	// Text is the field of the answer of Logs with the log.
	Text string
	// Facts of the resource: whether changes wait for a deployment and which, whether
	// commits do and how many, which deployment is running, and which was the last that
	// ended.
	HasChanges, Changes, HasCommits, Commits, Running, Last string
	// Fields of a deployment: when it ended, whether it succeeded, and its progress.
	Ended, Success, Percent string
	// Rebuild names the fields of the resource that say how it is built: a new value
	// needs a new image, even without new commits.
	Rebuild []string
	// RebuildBody is what a create sends to build a new image.
	RebuildBody map[string]Value
}

// NeverDeployed reports whether the facts say that a resource was never deployed and
// has no commits.
func (d *Deploy) NeverDeployed(facts map[string]any) bool {
	last, told := facts[d.Last]
	commits, counted := facts[d.Commits].(int64)
	some, toldSome := facts[d.HasCommits].(bool)
	return told && last == nil && (counted || toldSome) && commits == 0 && !some
}

// ImpliedDeadline bounds the wait for resources that a create also creates.
const ImpliedDeadline = 2 * time.Minute
