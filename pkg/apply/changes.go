package apply

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// How the statuses of the steps become those of the changes, once all steps have ended:
// a change has the status of its worst step, in the order of [severity]; one that needs
// no call of its own (a domain that stops being primary because another one becomes
// primary) is done when the changes that it depends on are.

// severity orders statuses from best to worst.
var severity = []Status{Done, Waiting, Skipped, Failed, Unknown}

func worst(a, b Status) Status {
	return severity[max(slices.Index(severity, a), slices.Index(severity, b))]
}

// finish completes the result when every step has ended.
func (r *run) finish() *Result {
	result := r.result
	v := verdict{
		steps: map[*resource.Change]Status{}, seen: map[*resource.Change]bool{},
		byAddress: map[resource.Address][]*resource.Change{},
	}
	for _, s := range result.Steps {
		c := s.Step.Change
		switch status, seen := v.steps[c]; {
		case c == nil:
		case seen:
			v.steps[c] = worst(status, s.Status)
		default:
			v.steps[c] = s.Status
		}
	}
	for _, c := range result.Changes {
		v.byAddress[c.Change.Address] = append(v.byAddress[c.Change.Address], c.Change)
	}
	for i := range result.Changes {
		result.Changes[i].Status = v.of(result.Changes[i].Change)
		clear(v.seen)
	}
	result.Deployments = r.allDeployments()
	result.Duration = r.opt.Now().Sub(result.StartedAt)
	result.Requests = r.opt.Requests()
	return result
}

// allDeployments are those of the steps, in the order of the plan, and after them the
// environments that wait for a deployment because of this apply or of an earlier
// change.
func (r *run) allDeployments() []DeploymentResult {
	var all []DeploymentResult
	for _, d := range r.plan.Deployments {
		if d.Waits != "" {
			if len(d.Along.Changes) > 0 || r.anyDone(d.Changes) {
				all = append(all, DeploymentResult{Address: d.Address, Status: Waiting, Because: d.Waits})
			}
			continue
		}
		for id, s := range r.result.Steps {
			if s.Step.Deployment != d {
				continue
			}
			made, begun := r.deployed[id]
			if !begun {
				made = DeploymentResult{Address: d.Address, Status: s.Status, Because: s.Because, Error: s.Error}
			}
			all = append(all, made)
		}
	}
	return all
}

// anyDone reports whether any of the changes was made, or all of it but what waits.
func (r *run) anyDone(changes []*resource.Change) bool {
	return slices.ContainsFunc(r.result.Changes, func(c ChangeResult) bool {
		return (c.Status == Done || c.Status == Waiting) && slices.Contains(changes, c.Change)
	})
}

// verdict derives the status of changes; seen guards against changes that depend on
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
			if !v.seen[other] && v.of(other) != Done {
				return Skipped
			}
		}
	}
	return Done
}
