package resource

// What the hooks of a kind are handed, and what they answer. Hooks are pure: they
// change nothing that they are handed. The engine applies what they answer, and
// no text that they give decides anything.

// Implied is a child that a create brings along.
type Implied struct{ Kind, Key string }

// Problem is something wrong among declared siblings: with Resource, at Field
// ("" for the resource as a whole). Other, if set, is the sibling it conflicts
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
	// Removed are indices of Current that the files list under removed.
	Removed map[int]bool
	// Referred pairs indices of Desired with indices of Current: something declared
	// refers to the one, and the resource that it is paired with to the other.
	Referred map[int]int
	// Used are indices of Current that something existing refers to.
	Used map[int]bool
}

// Pairing is one answer of a Match hook. Current is -1 for a create. Blocked,
// if set, says why the declared one may be neither created nor paired. Unsure, if
// set, says why it may exist although it was not found: creating it needs
// --allow-create.
type Pairing struct {
	Desired, Current int
	Blocked, Unsure  string
}

// Siblings are all resources of one kind under one parent, after diffing.
type Siblings struct {
	// Parent is the parent as it is now, nil when it is about to be created.
	Parent *Resource
	Pairs  []*Pair
	// Leaving are pairs whose current resource is here and whose declared one
	// is under another parent (Global kinds).
	Leaving []*Pair
}

// Pair is a declared resource, a current one, or both, and the change between
// them (nil: none).
type Pair struct {
	Desired, Current *Resource
	Change           *Change
}

// Verdict is what a Review hook says of one change.
type Verdict struct {
	Change *Change
	// Block, if set, is the reason for which the change is left out.
	Block string
	// Reason, if set, stands instead of the change's own.
	Reason string
	// Keeps: nothing is lost by the change, so that it needs no permission.
	Keeps bool
	// Fields change too.
	Fields []FieldChange
	// After are changes that must have been made first.
	After []Address
}
