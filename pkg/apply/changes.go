package apply

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// How the ends of the steps add up: a change ends as its worst step, in the order
// of [severity]; one that needs no call of its own (a domain that stops being
// primary because another one becomes it) is done when the changes that it
// depends on are.

// severity orders statuses from good to bad. A change that still has a step to go
// is not over, whatever became of the others.
var severity = []Status{Done, Skipped, Failed, Unknown, Pending}

func worst(a, b Status) Status {
	return severity[max(slices.Index(severity, a), slices.Index(severity, b))]
}

// settle brings all that derives from the steps up to date with them.
func (r *run) settle() {
	result := r.result
	steps := map[*resource.Change]Status{}
	result.Summary = Summary{}
	for _, s := range result.Steps {
		result.Summary.add(s.Status)
		if status, seen := steps[s.Step.Change]; seen {
			steps[s.Step.Change] = worst(status, s.Status)
		} else {
			steps[s.Step.Change] = s.Status
		}
	}
	byAddress := map[resource.Address][]*resource.Change{}
	for _, c := range result.Changes {
		byAddress[c.Change.Address] = append(byAddress[c.Change.Address], c.Change)
	}
	v := verdict{steps: steps, byAddress: byAddress, seen: map[*resource.Change]bool{}}
	for i := range result.Changes {
		c := &result.Changes[i]
		c.Status = v.of(c.Change)
		if c.Status == Blocked {
			result.Summary.Blocked++
		}
		clear(v.seen)
	}
}

func (s *Summary) add(status Status) {
	switch status {
	case Done:
		s.Done++
	case Failed:
		s.Failed++
	case Skipped:
		s.Skipped++
	case Unknown:
		s.Unknown++
	}
}

// verdict finds how changes ended; seen guards against changes that depend on
// each other.
type verdict struct {
	steps     map[*resource.Change]Status
	byAddress map[resource.Address][]*resource.Change
	seen      map[*resource.Change]bool
}

func (v *verdict) of(c *resource.Change) Status {
	if c.Blocked != "" {
		return Blocked
	}
	if status, has := v.steps[c]; has {
		return status
	}
	v.seen[c] = true
	for _, address := range c.DependsOn {
		for _, other := range v.byAddress[address] {
			if v.seen[other] {
				continue
			}
			switch v.of(other) {
			case Done:
			case Pending:
				return Pending
			default:
				return Skipped
			}
		}
	}
	return Done
}
