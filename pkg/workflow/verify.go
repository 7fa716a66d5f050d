package workflow

import (
	"context"
	"errors"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Again makes the plan again, since the API may have changed after it was shown. It
// fails with a [plan.StaleError] if the plan is no longer the same.
func (p *Planned) Again(ctx context.Context) (*Planned, error) {
	again := *p
	again.Plan = nil
	err := again.make(ctx)
	if err := p.Check(again.Plan, err); err != nil {
		return nil, err
	}
	return &again, nil
}

// Verification is what was found after an apply.
type Verification struct {
	// Plan was made again, after the apply.
	Plan *plan.Plan
	// Left are its changes in the collections that the apply touched. Changes elsewhere
	// do not come from this apply.
	Left []*resource.Change
}

// Verify makes the plan again after [Planned.Apply], and returns what still differs.
// Write-only values of WriteSensitive have been written and are not written again, and
// a resource that a pattern selected may no longer exist. A resource that waits for a
// deployment does not differ.
func (p *Planned) Verify(ctx context.Context) (Verification, error) {
	again := *p
	again.in.WriteSensitive, again.in.Rewrites = nil, nil
	if len(p.in.Select.Only)+len(p.in.Select.Exclude) > 0 {
		again.in.Select.Exactly = []resource.Address{}
		for _, c := range p.Changes {
			again.in.Select.Exactly = append(again.in.Select.Exactly, c.Address)
		}
	}
	if err := again.make(ctx); err != nil {
		return Verification{}, err
	}
	touched := map[resource.CollectionID]bool{}
	for _, c := range p.Changes {
		touched[c.Collection()] = true
	}
	found := Verification{Plan: again.Plan}
	for _, c := range again.Changes {
		if touched[c.Collection()] && c.Blocked == "" && !c.Waiting {
			found.Left = append(found.Left, c)
		}
	}
	return found, nil
}

// is reports whether err is, or wraps, an E.
func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
