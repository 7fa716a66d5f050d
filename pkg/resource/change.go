package resource

import (
	"fmt"

	"github.com/divioctl/divioctl/pkg/diag"
)

// Action is what is done to a resource.
type Action string

// The actions. For each, what Before and After of a [Change] hold:
//
//	create    nil, the declared resource
//	update    the current and the declared resource, with differing fields
//	replace   the current and the declared resource; recreated since a field
//	          cannot be changed
//	move      the current (nil if just created) and the declared resource;
//	          only its position among its siblings changes
//	transfer  the current and the declared resource, under another parent
//	delete    the current resource, nil
const (
	Create   Action = "create"
	Update   Action = "update"
	Replace  Action = "replace"
	Move     Action = "move"
	Transfer Action = "transfer"
	Delete   Action = "delete"
)

// Actions lists all actions in the order in which summaries name them.
var Actions = []Action{Create, Update, Replace, Move, Transfer, Delete}

// Change is one difference to be removed. Reason is only for display and decides
// nothing.
type Change struct {
	Address       Address
	Kind          *Kind
	Action        Action
	Reason        string
	At            diag.Position
	Before, After *Resource
	// Fields that differ (update, replace, transfer), all declared ones
	// (create), or none (delete, move).
	Fields []FieldChange
	// Position is where a move goes.
	Position *Place
	// Implied: a create of the parent also creates the resource, so it is awaited and
	// updated instead of created.
	Implied bool
	// Leftover is the resource that an interrupted replacement left behind, usually
	// nil.
	Leftover *Resource
	// Keeps: it loses nothing, although it replaces a precious resource.
	Keeps bool
	// Known are the handles of all siblings at the time of the plan: after an uncertain
	// create, a new id among the siblings is ours.
	Known []string
	// DependsOn are the addresses of changes that must have been made first.
	DependsOn []Address
	// Drift: the earlier version of the files (--base) also asks for it, so the new
	// version does not request it.
	Drift bool
	// Blocked says why the change is left out, "" if it is made.
	Blocked string
	// Needs is the flag for the missing permission ("--allow-destroy X"), "" for none.
	// Only apply stops for it.
	Needs string
	// Waiting: all remaining steps wait for a deployment that the plan does not make.
	Waiting bool
}

// Resource is the declared resource of the change or, if it is deleted, the current
// one.
func (c *Change) Resource() *Resource {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// Collection is the collection of the resource.
func (c *Change) Collection() CollectionID {
	return CollectionID{Parent: c.Resource().Parent, Kind: c.Kind.Name}
}

// Block leaves the change out, with the reason; the first reason is kept.
func (c *Change) Block(format string, args ...any) {
	if c.Blocked == "" {
		c.Blocked = fmt.Sprintf(format, args...)
	}
}

// Field finds a field's change by name, or nil.
func (c *Change) Field(name string) *FieldChange {
	for i := range c.Fields {
		if c.Fields[i].Name == name {
			return &c.Fields[i]
		}
	}
	return nil
}

// FieldChange is a field's value before and after. Masked: both are secret. HasBefore
// is false for a create and if the value cannot be read.
type FieldChange struct {
	Name          string
	Before, After Value
	HasBefore     bool
	Masked        bool
	// Drift as in [Change], for a change of which only some fields are drift.
	Drift bool
}

// Place is a position beside a sibling. Exactly one field is set.
type Place struct {
	Before Address `json:"before,omitzero"`
	After  Address `json:"after,omitzero"`
}
