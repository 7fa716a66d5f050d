package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// A saved plan can be applied again: after an apply that was interrupted, that failed in
// part, or that made everything. What is as planned already is done, and the rest is
// made. So the question is not whether the current state is the one that was saved, but
// whether the plan itself can have made the difference.
//
// The plan is made again from the saved declarations, and everything that it holds now
// must be what is left of a saved change:
//
//	saved      what may be left of it
//	create     the create. If the resource exists: an update of fields that a create
//	           cannot send, from their defaults; of any field, if it was created
//	           automatically. A field that a create sends must be as planned.
//	update     an update of the same resource: a part of the same fields, each of them
//	           with the value it had (not of what is derived from the status)
//	replace    the replacement, or the rest of it; the old resource is the same one
//	transfer   the transfer, or an update of its fields, and of those that have a call of
//	           their own: Divio makes the first domain of an environment its primary
//	move       moves in the same collection: which ones is computed again, since every
//	           choice ends in the same order
//	delete     the deletion of the same resource (by id), unchanged; or of one that is
//	           created automatically
//
// Fields without a difference are as planned, by the comparison that made the plan. Of
// the siblings of what is deleted, moved or assigned (cron jobs), only those may be
// missing that the plan deletes, replaces or transfers away, and only those may be new
// that it creates, transfers here or leaves behind. The order must be the saved one with
// some of the saved moves carried out.
//
// A saved deletion that is no longer planned although the resource exists is a
// difference too: what apply calls done must be done.
//
// The new value of a file that may be shown must be the saved one.
//
// Secret values are not saved and not compared. A value that cannot be read back and that
// the plan writes is written again, unless the ledger knows that it was. Another one is
// not written, whatever the ledger says: it may be behind, since it is saved at the end
// of an apply.
//
// Anything else makes the plan stale: it was reviewed for another state.

// Check compares the plan that was made again with the saved one. current is what it was
// made from. An error of making it again is also a difference.
func (s *Saved) Check(again *Plan, current *resource.State, err error) error {
	if stale := problemsOf(err); stale != nil || err != nil {
		return cmp.Or(stale, err)
	}
	if again.Organisation.Handle != s.Organisation.ID {
		return &StaleError{Moved: []string{otherOrganisation(s.Organisation, again)}}
	}
	r := s.resuming()
	compared := map[resource.CollectionID]bool{}
	for _, c := range again.Changes {
		r.check(c)
		if id := c.Collection(); c.Blocked == "" && dependsOnSiblings(c) && !compared[id] {
			compared[id] = true
			r.checkSiblings(id, again)
		}
	}
	r.checkDeleted(again, current)
	r.checkDone(again)
	if len(r.moved) == 0 {
		return nil
	}
	slices.Sort(r.moved)
	return &StaleError{Moved: slices.Compact(r.moved)}
}

// Made returns how many changes of the saved plan are as planned already, and how many
// there are, without blocked ones. again passed [Saved.Check].
func (s *Saved) Made(again *Plan) (made, all int) {
	left := changedIn(again)
	for _, c := range s.Changes {
		if c.Blocked {
			continue
		}
		all++
		if !left[c.Address] {
			made++
		}
	}
	return made, all
}

// changedIn are the addresses of the changes of a plan.
func changedIn(p *Plan) map[string]bool {
	changed := map[string]bool{}
	for _, c := range p.Changes {
		changed[c.Address.String()] = true
	}
	return changed
}

// resuming compares one plan with the saved one.
type resuming struct {
	saved *Saved
	// changes by address, those that are not blocked; deletions by id, except of what is
	// created automatically: that has none yet.
	changes map[string][]SavedChange
	deletes map[string]SavedChange
	blocked map[string]bool
	// mayBeWritten are the addresses with values that were not available when the plan was
	// made. leftovers are the ids of what earlier replacements left behind, and the plan
	// removes.
	mayBeWritten, leftovers map[string]bool
	moved                   []string
}

func (s *Saved) resuming() *resuming {
	r := &resuming{
		saved: s, changes: map[string][]SavedChange{}, deletes: map[string]SavedChange{}, blocked: map[string]bool{},
		mayBeWritten: map[string]bool{}, leftovers: map[string]bool{},
	}
	for _, may := range s.MayWrite {
		r.mayBeWritten[may.Address] = true
	}
	for _, c := range s.Changes {
		if !c.Blocked && c.Leftover != "" {
			r.leftovers[resource.CanonicalID(c.Leftover)] = true
		}
		switch {
		case c.Blocked:
			r.blocked[c.Address] = true
		case c.Action == resource.Delete && !c.Implied:
			r.deletes[resource.CanonicalID(c.ID)] = c
		default:
			r.changes[c.Address] = append(r.changes[c.Address], c)
		}
	}
	return r
}

func (r *resuming) say(a resource.Address, text string) {
	r.moved = append(r.moved, a.String()+": "+text)
}

// check finds the saved change that a change is what is left of.
func (r *resuming) check(c *resource.Change) {
	saved := r.changes[c.Address.String()]
	switch {
	case c.Blocked != "" && r.blocked[c.Address.String()]:
	case c.Blocked != "":
		r.say(c.Address, "is now blocked: "+c.Blocked)
	case c.Action == resource.Move:
		// Its order is compared with that of its siblings.
	case c.Action == resource.Delete:
		was, planned := r.deletes[resource.CanonicalID(c.Before.Handle)]
		switch {
		case r.hasChange(c.Address.String(), resource.Delete):
		case !planned:
			r.say(c.Address, "had no change in the plan, or was blocked")
		case was.Hash != wholeHash(c):
			r.say(c.Address, "was changed")
		}
	case r.onlyMayWrite(c):
	case len(saved) == 0:
		r.say(c.Address, "had no change in the plan, or was blocked")
	default:
		var why string
		for _, was := range saved {
			if why = r.left(was, c); why == "" {
				return
			}
		}
		r.say(c.Address, why)
	}
}

// mayWrite reports whether a change may write values that were not available when the
// plan was made.
func (r *resuming) mayWrite(c *resource.Change) bool { return r.mayBeWritten[c.Address.String()] }

// onlyMayWrite reports whether a change does nothing but that.
func (r *resuming) onlyMayWrite(c *resource.Change) bool {
	return c.Action == resource.Update && r.mayWrite(c) && !slices.ContainsFunc(c.Fields, func(f resource.FieldChange) bool {
		return !hidesField(c, f) && !isDerived(c, f.Name)
	})
}

// left says why a change is not what is left of a saved one, "" if it is.
func (r *resuming) left(was SavedChange, c *resource.Change) string {
	for _, f := range c.Fields {
		if after := was.Fields[f.Name].After; after != nil && !bytes.Equal(compacted(after), jsonOf(f.After)) {
			return f.Name + " comes from a source that was changed"
		}
	}
	same := c.Before != nil && resource.SameID(c.Before.Handle, was.ID)
	switch {
	case c.Before == nil && c.Leftover == nil && was.ID != "":
		return "no longer exists"
	case c.Before == nil:
		return leftover(was, c)
	case was.Action == resource.Create && c.Action == resource.Update:
		return leftOfCreate(was, c)
	case was.Action == resource.Replace && !same && c.Action == resource.Update:
		return cmp.Or(leftover(was, c), leftOfCreate(was, c))
	case !same && !r.isTwin(was, c):
		return "is another resource now"
	case c.Action == was.Action && was.Hash != "" && was.Hash != wholeHash(c):
		return "was changed"
	case c.Action != was.Action && !(was.Action != resource.Move && c.Action == resource.Update):
		return "had another change in the plan: " + string(was.Action) + ", not " + string(c.Action)
	case c.Action == resource.Transfer && c.Before.Parent.String() != was.Parent:
		return "is in " + c.Before.Parent.String() + " now"
	}
	return r.leftFields(was, c)
}

// isTwin reports whether a resource without a key is another existing sibling: those that
// are equal are interchangeable.
func (r *resuming) isTwin(was SavedChange, c *resource.Change) bool {
	return !c.Kind.Keyed() && was.Action == c.Action && slices.ContainsFunc(r.saved.Siblings, func(s SavedSiblings) bool {
		return s.Kind == c.Kind.Name && slices.ContainsFunc(s.Members, func(m SavedSibling) bool { return resource.SameID(m.ID, c.Before.Handle) })
	})
}

// leftover says why what an interrupted replacement left behind is not from this plan,
// "" if it is: the saved leftover, the replaced resource itself, or a temporary resource
// that the plan creates.
func leftover(was SavedChange, c *resource.Change) string {
	if c.Leftover != nil && was.Action != resource.Replace && !resource.SameID(c.Leftover.Handle, was.Leftover) {
		return c.Leftover.Address.String() + " had no change in the plan"
	}
	return ""
}

// leftOfCreate says why an existing resource is not one that the plan created, "" if it
// is.
func leftOfCreate(was SavedChange, c *resource.Change) string {
	for _, f := range c.Fields {
		field := c.Kind.Field(f.Name)
		switch {
		case was.Implied:
		case isDerived(c, f.Name):
		case field == nil, field.Changes != resource.UpdateOnly && field.Changes != resource.OwnCall:
			return "now exists, with another " + f.Name
		case field.Changes == resource.UpdateOnly && field.HasDefault && f.HasBefore && !isDefault(field, f.Before):
			return "now exists, with another " + f.Name
		}
	}
	return ""
}

func isDefault(f *resource.Field, v resource.Value) bool {
	return resource.Equal(f.Default, v) || empty(f.Default) && empty(v) || f.Type == resource.FreeObject && len(asObject(v)) == 0
}

// leftFields says which field was changed by somebody else, "" for none.
func (r *resuming) leftFields(was SavedChange, c *resource.Change) string {
	for _, f := range c.Fields {
		before, planned := was.Fields[f.Name]
		switch now := shownBefore(f); {
		case !planned && r.mayWrite(c) && hidesField(c, f):
		case isDerived(c, f.Name): // from facts that the plan's own calls change
		case was.Action == resource.Transfer && hasOwnCall(c, f.Name): // the transfer can change it
		case !planned:
			return f.Name + " was changed"
		case before.Before == nil || now == nil:
		case !bytes.Equal(compacted(before.Before), now):
			return f.Name + " was changed"
		}
	}
	return leftover(was, c)
}

// compacted removes the white space of a file.
func compacted(text json.RawMessage) []byte {
	var out bytes.Buffer
	if json.Compact(&out, text) != nil {
		return text
	}
	return out.Bytes()
}

// checkSiblings compares the members of a collection, and their order if some are to be
// moved.
func (r *resuming) checkSiblings(id resource.CollectionID, again *Plan) {
	i := slices.IndexFunc(r.saved.Siblings, func(s SavedSiblings) bool { return s.Kind == id.Kind && s.Parent == id.Parent.String() })
	if i < 0 {
		return // the siblings did not matter: each change was compared
	}
	was, now := r.saved.Siblings[i].Members, again.Siblings[id]
	found, ids := len(r.moved), map[string]bool{}
	for _, s := range now {
		ids[resource.CanonicalID(s.Handle)] = true
	}
	known := map[string]bool{}
	for _, m := range was {
		known[resource.CanonicalID(m.ID)] = true
		if !ids[resource.CanonicalID(m.ID)] && !r.leaves(m) {
			r.moved = append(r.moved, m.Address+": no longer exists")
		}
	}
	for _, s := range now {
		if !known[resource.CanonicalID(s.Handle)] && !r.arrives(s) {
			r.say(s.Address, "now exists")
		}
	}
	if len(r.moved) > found {
		return // the order has other members
	}
	moves := slices.ContainsFunc(again.Changes, func(c *resource.Change) bool { return c.Action == resource.Move && c.Collection() == id })
	if moves && !r.reaches(was, now) {
		r.moved = append(r.moved, fmt.Sprintf("%s: the order was changed", resource.NewAddress(id.Kind, id.Parent, "*")))
	}
}

// leaves reports whether the plan removes a member from its collection.
func (r *resuming) leaves(m SavedSibling) bool {
	_, deleted := r.deletes[resource.CanonicalID(m.ID)]
	return deleted || r.hasChange(m.Address, resource.Replace, resource.Transfer) || r.leftovers[resource.CanonicalID(m.ID)]
}

// arrives reports whether the plan adds a member to its collection.
func (r *resuming) arrives(s Sibling) bool {
	return r.hasChange(s.Address.String(), resource.Create, resource.Replace, resource.Transfer, resource.Delete) ||
		!s.LeftoverOf.IsZero() && r.hasChange(s.LeftoverOf.String(), resource.Replace)
}

func (r *resuming) hasChange(address string, actions ...resource.Action) bool {
	return slices.ContainsFunc(r.changes[address], func(c SavedChange) bool { return slices.Contains(actions, c.Action) })
}

// checkDeleted finds what the plan would delete, still exists, and would not be deleted.
func (r *resuming) checkDeleted(again *Plan, current *resource.State) {
	planned := map[string]bool{}
	for _, c := range again.Changes {
		if c.Action == resource.Delete {
			planned[resource.CanonicalID(c.Before.Handle)] = true
		}
	}
	for _, there := range current.Resources {
		id := resource.CanonicalID(there.Handle)
		if was, deletes := r.deletes[id]; deletes && !planned[id] {
			r.moved = append(r.moved, was.Address+": still exists, and can no longer be deleted")
		}
	}
}

// checkDone finds resources that are as planned, and not the ones that were planned: another
// one has taken the address.
func (r *resuming) checkDone(again *Plan) {
	left, handles := changedIn(again), map[string]string{}
	for a, handle := range again.Handles {
		handles[a.String()] = handle
	}
	for _, list := range r.changes {
		for _, was := range list {
			kept := (was.Action == resource.Update || was.Action == resource.Transfer || was.Action == resource.Move) &&
				!r.hasChange(was.Address, resource.Replace)
			if now := handles[was.Address]; kept && was.ID != "" && was.Keyed && !left[was.Address] && !resource.SameID(now, was.ID) {
				r.moved = append(r.moved, was.Address+": is another resource now")
			}
		}
	}
}

// problemsOf returns the error of making a plan again as differences, nil if it is
// another error.
func problemsOf(err error) error {
	var selection *SelectionError
	var problems diag.List
	switch {
	case errors.As(err, &selection):
		return &StaleError{Moved: selection.Problems}
	case errors.As(err, &problems):
		stale := &StaleError{}
		for _, d := range problems {
			stale.Moved = append(stale.Moved, d.Message)
		}
		return stale
	}
	return nil
}

func otherOrganisation(was SavedRef, again *Plan) string {
	return fmt.Sprintf("it was made for the organisation %s (%s), not for %s (%s)",
		was.Name, was.ID, again.Organisation.Name, again.Organisation.Handle)
}
