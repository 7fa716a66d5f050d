package resource

// The arguments and results of the hooks of a kind. Hooks are pure: they do not change
// their arguments. The engine applies their results, and no text in them decides
// anything.

// Unique says how to find a resource by its key in any organisation: a list, and its
// filters by key and by organisation. Hint is what to do if it is in another one; %s in
// it is the name of that.
type Unique struct{ Op, Filter, Organisation, Hint string }

// Implied is a child that a create also creates.
type Implied struct{ Kind, Key string }

// Problem is an error among declared siblings: of Resource, at Field ("" for the
// resource as a whole). Other, if set, is the conflicting sibling.
type Problem struct {
	Resource *Resource
	Field    string
	Message  string
	Hint     string
	Other    *Resource
}

// Matching is the input of a Match hook: the declared and the current resources of one
// kind under one parent, whether undeclared ones are pruned, and the pairs of the moved
// entries.
type Matching struct {
	Desired, Current []*Resource
	Pruned           bool
	// Moved pairs indices of Desired with indices of Current.
	Moved map[int]int
	// Kept are indices of Current that are protected: these are not pruned.
	Kept map[int]bool
	// Removed are indices of Current that the files list under removed.
	Removed map[int]bool
	// Referred pairs indices of Desired with indices of Current: a declared resource
	// refers to the one, and its current counterpart to the other.
	Referred map[int]int
	// Disputed are indices of Desired whose references disagree: the current counterparts
	// refer to these different indices of Current.
	Disputed map[int][]int
	// Used are indices of Current that an existing resource refers to.
	Used map[int]bool
	// Earlier are indices of Current that an earlier version of the files declares
	// (--base). They may change texts, and nothing else.
	Earlier map[int]bool
}

// Pairing is one result of a Match hook. Current is -1 for a create. Blocked, if set,
// says why the declared one must be neither created nor paired. Unsure, if set, says
// why it may exist although it was not found: creating it requires --allow-create.
// Warning, if set, is about the create.
type Pairing struct {
	Desired, Current         int
	Blocked, Unsure, Warning string
}

// Siblings are all resources of one kind under one parent, after diffing.
type Siblings struct {
	// Parent is the current parent, nil if it will be created.
	Parent *Resource
	Pairs  []*Pair
	// Leaving are pairs whose current resource is under this parent and whose declared
	// one is under another parent (Global kinds).
	Leaving []*Pair
}

// Pair is a declared resource, a current one, or both, and the change between
// them (nil: none).
type Pair struct {
	Desired, Current *Resource
	Change           *Change
}

// Verdict is the result of a Review hook for one change.
type Verdict struct {
	Change *Change
	// Block, if set, is the reason why the change is left out.
	Block string
	// Reason, if set, replaces the change's own.
	Reason string
	// Keeps: the change loses nothing, so it needs no permission.
	Keeps bool
	// Fields also change.
	Fields []FieldChange
	// After are changes that must have been made first.
	After []Address
}
