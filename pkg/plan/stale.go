package plan

import (
	"cmp"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// A plan that was shown and approved is applied only if it is still the same plan: the
// same digest, against the same resources (the same fingerprints). resume.go says when a
// saved plan is stale.

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

// Check compares the plan that was made again with this one. An error of making it again
// is also a difference.
func (p *Plan) Check(again *Plan, err error) error {
	if stale := problemsOf(err); stale != nil || err != nil {
		return cmp.Or(stale, err)
	}
	if was := p.Organisation; again.Organisation.Handle != was.Handle {
		return &StaleError{Moved: []string{otherOrganisation(SavedRef{was.Name, was.Handle}, again)}}
	}
	moved := p.moved(again)
	if len(moved) == 0 && again.Digest != p.Digest {
		moved = append(moved, "the plan now contains other changes")
	}
	if len(moved) > 0 {
		return &StaleError{Moved: moved}
	}
	return nil
}

// moved compares the fingerprints.
func (p *Plan) moved(again *Plan) []string {
	now := map[resource.Address]Fingerprint{}
	for _, f := range again.Fingerprints {
		now[f.Address] = f
	}
	blocked := map[resource.Address]string{}
	for _, c := range again.Changes {
		blocked[c.Address] = cmp.Or(blocked[c.Address], c.Blocked)
	}
	var moved []string
	say := func(a resource.Address, text string) { moved = append(moved, a.String()+": "+text) }
	for _, was := range p.Fingerprints {
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
	for _, a := range resource.SortedAddresses(now) {
		say(a, "had no change in the plan, or was blocked")
	}
	slices.Sort(moved)
	return moved
}
