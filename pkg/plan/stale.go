package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// What makes a saved plan stale: another organisation, a touched resource whose
// fingerprint is another one, a step that would need something else first, and
// whatever lets the same declarations ask for other changes. What is not touched
// does not matter: a new undeclared variable is nobody's business, unless the plan
// deletes or moves its siblings.

// StaleError is a plan that is not what would be done now. When says in between
// what; "" is since it was made.
type StaleError struct {
	Moved []string
	When  string
}

// Error says only that something moved; Moved says what.
func (e *StaleError) Error() string {
	return "the plan is stale: something moved " + cmp.Or(e.When, "since it was made")
}

// Check compares the plan that was made again with this one, as for a saved one.
func (p *Plan) Check(again *Plan, err error) error {
	was := Saved{Digest: p.Digest, Organisation: SavedRef{p.Organisation.Name, p.Organisation.Handle}}
	for _, f := range p.Fingerprints {
		was.Touches = append(was.Touches, f.saved())
	}
	return was.Check(again, err)
}

// Check compares the plan that was made again with the saved one. The error of
// making it is taken into account: what could be planned once and cannot now has
// moved as well.
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
		return &StaleError{Moved: []string{fmt.Sprintf("it was made for the organisation %s (%s), and this is %s (%s)",
			s.Organisation.Name, s.Organisation.ID, again.Organisation.Name, again.Organisation.Handle)}}
	}
	moved := s.moved(again)
	if len(moved) == 0 && again.Digest != s.Digest {
		moved = append(moved, "what would be done is not what was planned")
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
			say(was.Address, "is blocked now: "+blocked[was.Address])
		case !touched:
			say(was.Address, "there is nothing left to do")
		case is.Hash == was.Hash:
		case is.Exists && !was.Exists:
			say(was.Address, "exists now")
		case was.Exists && !is.Exists:
			say(was.Address, "is gone")
		default:
			say(was.Address, "it, or a sibling of it, was changed")
		}
	}
	for _, a := range resource.SortedKeys(now) {
		if slices.Contains(s.MayWrite, a) {
			continue // its value was not available, and now it is
		}
		say(a, "was not to be changed, or was blocked")
	}
	slices.Sort(moved)
	return moved
}
