package resource

import "github.com/divioctl/divioctl/pkg/diag"

// CollectionID names the children of one kind under one parent (zero for
// a root kind).
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
	// Choices are what references can mean; only in the current state.
	Choices Choices
	// Warnings that reading gave, for people.
	Warnings []string
	// Unread names the kinds of which not everything could be read, or not what
	// their fields refer to; only in the current state, beside an error.
	Unread []string
}

// Choice is something that a reference can mean.
type Choice struct {
	Handle string
	// Names by which people know it, the preferred one first.
	Names []string
	// Type tells apart what one list offers for several purposes (a service is a
	// DATABASE or a STORAGE), "" where there is one.
	Type string
	// Default: the API uses it where nothing is said.
	Default bool
}

// Choices holds, for each reference target ("region", "plan_group",
// "organisation", "service_offering"), what is known. A target that is absent was not
// needed and not read. A kind of ours ("repository") is among them where everything was read,
// by its keys; elsewhere the plan finds what is meant among the resources.
type Choices map[string][]Choice

// Name gives the preferred name of a handle, or "" where it is not known.
func (c Choices) Name(target, handle string) string {
	for _, choice := range c[target] {
		if SameID(choice.Handle, handle) && len(choice.Names) > 0 {
			return choice.Names[0]
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
	// Removed are resources to delete although their kinds are not pruned.
	Removed []Removed
	// Limits on deletions; nil means the default.
	DeletePercent *int
	DeleteCount   *int
	// Deploy are patterns of what is deployed; nil means all that is declared.
	Deploy []string
	// Ledger is the file that remembers write-only values, "" for none.
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

// Removed is one entry under removed. With an id it is also the permission to
// delete what is precious: exactly the resource with that id.
type Removed struct {
	Address Address
	ID      string
	At      diag.Position
}
