package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// What makes a saved plan stale: another organisation, a touched resource with another
// fingerprint, a step with other prerequisites, and anything that makes the same
// declarations result in other changes. Untouched resources do not matter: for example
// a new undeclared variable, unless the plan deletes or moves its siblings.

// StaleError is a plan that differs from the current one. When says when the change
// occurred; "" is since it was made.
type StaleError struct {
	Moved []string
	When  string
}

// Error says only that the plan is stale; Moved lists the changes.
func (e *StaleError) Error() string {
	return "the plan is stale: the current state changed " + cmp.Or(e.When, "since it was made")
}

// Check compares the plan that was made again with this one, as for a saved plan.
func (p *Plan) Check(again *Plan, err error) error {
	was := Saved{Digest: p.Digest, Organisation: SavedRef{p.Organisation.Name, p.Organisation.Handle}}
	for _, f := range p.Fingerprints {
		was.Touches = append(was.Touches, f.saved())
	}
	return was.Check(again, err)
}

// Check compares the plan that was made again with the saved one. An error of making it
// again is also a change.
func (s *Saved) Check(again *Plan, err error) error {
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
	case err != nil:
		return err
	}
	if again.Organisation.Handle != s.Organisation.ID {
		return &StaleError{Moved: []string{fmt.Sprintf("it was made for the organisation %s (%s), not for %s (%s)",
			s.Organisation.Name, s.Organisation.ID, again.Organisation.Name, again.Organisation.Handle)}}
	}
	moved := s.moved(again)
	if len(moved) == 0 && again.Digest != s.Digest {
		moved = append(moved, "the plan now contains other changes")
	}
	if len(moved) > 0 {
		return &StaleError{Moved: moved}
	}
	return nil
}

// moved compares the fingerprints.
func (s *Saved) moved(again *Plan) []string {
	now := map[string]Fingerprint{}
	for _, f := range again.Fingerprints {
		now[f.Address.String()] = f
	}
	blocked := map[string]string{}
	for _, c := range again.Changes {
		blocked[c.Address.String()] = cmp.Or(blocked[c.Address.String()], c.Blocked)
	}
	var moved []string
	say := func(address, text string) { moved = append(moved, address+": "+text) }
	for _, was := range s.Touches {
		is, touched := now[was.Address]
		delete(now, was.Address)
		switch {
		case !touched && blocked[was.Address] != "":
			say(was.Address, "is now blocked: "+blocked[was.Address])
		case !touched:
			say(was.Address, "no changes are left")
		case is.Hash == was.Hash:
		case is.Exists && !was.Exists:
			say(was.Address, "now exists")
		case was.Exists && !is.Exists:
			say(was.Address, "no longer exists")
		default:
			say(was.Address, "the resource or a sibling was changed")
		}
	}
	for _, a := range resource.SortedKeys(now) {
		if slices.Contains(s.MayWrite, a) {
			continue // its value was not available before
		}
		say(a, "had no change in the plan, or was blocked")
	}
	slices.Sort(moved)
	return moved
}
