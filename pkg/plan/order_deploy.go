package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// As few deployments per environment as its calls allow. Each of its calls has a rank:
// the number of deployments that must have been made before it.
//
//   - The rank of a call is that of the highest call of the same environment that it
//     waits for.
//   - The rank of a call that comes after a deployment is at least 1, and one higher
//     than that of each ordinary call that it waits for, since that has to be deployed
//     in between. Two such calls in sequence need only one deployment.
//
// So deployment k comes after the calls below rank k, and before the calls of rank k
// that come after a deployment. The last deployment is the one that brings the
// highest ordinary call into effect, or is needed by a call that comes after it.
func (o *orderer) deploySteps(d *Deployment) {
	members := o.stepsOf(d.Changes)
	if d.Waits != "" {
		for _, id := range members {
			if o.steps[id].Call.AfterDeployment {
				o.steps[id].Waits = d.Waits
			}
		}
		return
	}
	ranks := ranking{o: o, member: map[int]bool{}, rank: map[int]int{}}
	for _, id := range members {
		ranks.member[id] = true
	}
	last := 1
	for _, id := range members {
		rank := ranks.of(id)
		if !o.steps[id].Call.AfterDeployment {
			rank++
		}
		last = max(last, rank)
	}
	previous := -1
	for k := 1; k <= last; k++ {
		id := len(o.steps)
		o.steps = append(o.steps, Step{ID: id, Deployment: d})
		if previous >= 0 {
			o.needs(id, previous)
		} else {
			for _, above := range o.stepsOf(d.Above) {
				o.needs(id, above)
			}
		}
		for _, member := range members {
			switch rank := ranks.of(member); {
			case rank == k-1:
				o.needs(id, member)
			case rank == k && o.steps[member].Call.AfterDeployment:
				o.needs(member, id)
			}
		}
		previous = id
	}
}

func (o *orderer) stepsOf(changes []*resource.Change) []int {
	var ids []int
	for _, c := range changes {
		ids = append(ids, o.of[c]...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ranking finds the ranks of the calls of one environment.
type ranking struct {
	o      *orderer
	member map[int]bool
	rank   map[int]int
}

func (r *ranking) of(id int) int {
	if rank, known := r.rank[id]; known {
		return rank
	}
	step := &r.o.steps[id]
	rank := 0
	if step.Call.AfterDeployment {
		rank = 1
	}
	r.rank[id] = rank // "after" may close a cycle, which sorting breaks
	for _, on := range step.before() {
		if !r.member[on] {
			continue
		}
		below := r.of(on)
		if step.Call.AfterDeployment && !r.o.steps[on].Call.AfterDeployment {
			below++
		}
		rank = max(rank, below)
	}
	r.rank[id] = rank
	return rank
}
