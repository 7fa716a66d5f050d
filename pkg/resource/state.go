package resource

import "github.com/divioctl/divioctl/pkg/diag"

// CollectionID names the children of one kind under one parent (zero for
// a root kind).
type CollectionID struct {
	Parent Address
	Kind   string
}

// String is the address of the collection: the kind and the parent
// ("variable.shop/live"), or the kind alone at the top ("application").
func (id CollectionID) String() string {
	if id.Parent.IsZero() {
		return id.Kind
	}
	return id.Kind + "." + id.Parent.Path()
}

// Collection says what is known of the children of one kind under one parent.
type Collection struct {
	// Ordered: the files contain a sequence, so order is managed (desired).
	Ordered bool
	// At is the position of the collection's key (desired).
	At diag.Position
	// Complete: everything was read (current). Nothing may be deleted from a collection
	// that is not complete.
	Complete bool
}

// State is the desired or the current state.
type State struct {
	// Organisation in the files (desired; may be empty) or found at the API (current).
	Organisation   Ref
	OrganisationAt diag.Position
	// Resources, parents before children; siblings in file order (desired) or
	// in server order (current).
	Resources []*Resource
	// Collections that are declared (desired) or that were read (current). A
	// collection that is absent is not managed.
	Collections map[CollectionID]Collection
	// Taken are declared resources that do not exist in the organisation, but whose key is
	// taken in another one, with the reason why they cannot be created; only in the
	// current state.
	Taken map[Address]string
	// Choices are the possible values of references; only in the current state.
	Choices Choices
	// Warnings of the read.
	Warnings []string
	// Unread names the kinds that could not be read completely, or whose references
	// could not; only in the current state, together with an error.
	Unread []string
}

// Choice is a possible value of a reference.
type Choice struct {
	Handle string
	// Names of the choice, the preferred one first.
	Names []string
	// Type distinguishes what one list offers for several purposes (a service is a
	// DATABASE or a STORAGE), "" where there is one.
	Type string
	// Default: the API uses it if nothing is given.
	Default bool
}

// Choices contains the choices of each reference target ("region", "plan_group",
// "organisation", "service_offering"). An absent target was not needed and not read. A
// managed kind ("repository") is included by its keys if everything was read; otherwise
// the plan resolves the reference among the resources.
type Choices map[string][]Choice

// Name returns the preferred name of a handle, or "" if it is unknown.
func (c Choices) Name(target, handle string) string {
	for _, choice := range c[target] {
		if SameID(choice.Handle, handle) && len(choice.Names) > 0 {
			return choice.Names[0]
		}
	}
	return ""
}

// Settings are everything in the files except resources.
type Settings struct {
	// Prune names the collections ("variables") whose undeclared members are
	// deleted.
	Prune []string
	// Protect are address patterns of resources that must not be deleted or replaced.
	Protect []Protect
	// Moved are the renames and moves that the files ask for.
	Moved []Moved
	// Removed are resources to delete although their kinds are not pruned.
	Removed []Removed
	// Limits on deletions; nil means the default.
	DeletePercent *int
	DeleteCount   *int
	// Deploy are address patterns of deployed environments; nil means all declared
	// ones.
	Deploy []Pattern
	// Ledger is the file with hashes of write-only values, "" for none.
	Ledger string
}

// Protect is one pattern under protect.
type Protect struct {
	Pattern Pattern
	At      diag.Position
}

// Moved is one entry under moved.
type Moved struct {
	From, To Address
	At       diag.Position
}

// Removed is one entry under removed. With an id it is also the permission to delete a
// precious resource: exactly the one with that id.
type Removed struct {
	Address Address
	ID      string
	At      diag.Position
}
