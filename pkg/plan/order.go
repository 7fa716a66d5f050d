package plan

import (
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The order of the calls is a graph, kept as small as it can be so that as much as
// possible runs side by side:
//
//   - the calls of one change follow one another;
//   - a call needs the call that gives an id which it refers to (a parent before
//     its children, an anchor before a move), whatever the kinds;
//   - a call needs the changes that its own change depends on;
//   - below something that is transferred, everything waits for the transfer; what
//     is deleted waits for whatever is taken out of it;
//   - within one collection, phases and serial calls as the kind's descriptor says.
//
// "Needs" means that a failure skips, "after" only that it waits.
type orderer struct {
	steps []Step
	// first and last step, and all steps, of each change.
	of map[*resource.Change][]int
	// gives is the step that gives the handle of an address.
	gives map[resource.Address]int
}

func order(changes []*resource.Change) []Step {
	o := &orderer{of: map[*resource.Change][]int{}, gives: map[resource.Address]int{}}
	for _, c := range changes {
		if c.Blocked != "" {
			continue
		}
		for _, call := range c.Kind.Compile(c) {
			id := len(o.steps)
			if call.Gives != "" {
				o.gives[call.Gives] = id
			}
			o.of[c] = append(o.of[c], id)
			o.steps = append(o.steps, Step{ID: id, Change: c, Call: call})
		}
	}
	for _, c := range changes {
		o.chain(c)
		o.dependencies(c, changes)
	}
	o.phases()
	return o.sorted()
}

// chain lets the calls of one change follow one another.
func (o *orderer) chain(c *resource.Change) {
	ids := o.of[c]
	for i := 1; i < len(ids); i++ {
		o.needs(ids[i], ids[i-1])
	}
}

func (o *orderer) needs(id, on int) {
	if id != on && !slices.Contains(o.steps[id].Needs, on) {
		o.steps[id].Needs = append(o.steps[id].Needs, on)
	}
}

// dependencies adds what the calls of c need from other changes.
func (o *orderer) dependencies(c *resource.Change, changes []*resource.Change) {
	for _, id := range o.of[c] {
		for _, address := range references(&o.steps[id].Call) {
			if giver, ok := o.gives[address]; ok && o.steps[giver].Change != c {
				o.needs(id, giver)
			}
		}
	}
	if len(o.of[c]) == 0 {
		return
	}
	first := o.of[c][0]
	for _, other := range changes {
		ids := o.of[other]
		if other == c || len(ids) == 0 {
			continue
		}
		last := ids[len(ids)-1]
		switch {
		case slices.Contains(c.DependsOn, other.Address):
			o.needs(first, last)
		case other.Action == resource.Transfer && c.After != nil && within(c.After, other.Address):
			o.needs(first, ids[0])
		case c.Action == resource.Delete && other.Action == resource.Transfer && within(other.Before, c.Address):
			o.needs(first, last)
		}
	}
}

// within reports whether r is somewhere below a.
func within(r *resource.Resource, a resource.Address) bool {
	return r.Parent == a || strings.HasPrefix(r.Parent.Path()+"/", a.Path()+"/")
}

// references lists the addresses whose handles a call holds.
func references(c *resource.Call) []resource.Address {
	found := slices.Clone(c.Needs)
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case resource.HandleOf:
			found = append(found, x.Address)
		case map[string]any:
			for _, key := range resource.SortedKeys(x) {
				walk(x[key])
			}
		case []any:
			for _, item := range x {
				walk(item)
			}
		}
	}
	walk(c.Params)
	walk(c.Body)
	for _, p := range probes(c) {
		walk(p.Params)
		walk(p.Query)
		walk(p.Where)
	}
	return found
}

func probes(c *resource.Call) []*resource.Probe {
	var out []*resource.Probe
	if c.Probe != nil {
		out = append(out, c.Probe)
	}
	if c.Until != nil {
		out = append(out, &c.Until.Probe)
	}
	return out
}

// phases orders the calls of each collection by phase, and serial calls of one
// phase one after another.
func (o *orderer) phases() {
	groups := map[resource.CollectionID][]int{}
	var ids []resource.CollectionID
	for _, s := range o.steps {
		id := collectionIDOf(s.Change)
		if groups[id] == nil {
			ids = append(ids, id)
		}
		groups[id] = append(groups[id], s.ID)
	}
	for _, id := range ids {
		o.phasesOf(groups[id])
	}
}

func (o *orderer) phasesOf(group []int) {
	byPhase := map[int][]int{}
	for _, id := range group {
		phase := o.steps[id].Call.Phase
		byPhase[phase] = append(byPhase[phase], id)
	}
	var phases []int
	for phase := range byPhase {
		phases = append(phases, phase)
	}
	slices.Sort(phases)
	var gates []int
	for i, phase := range phases {
		previous := -1
		for _, id := range byPhase[phase] {
			for _, gate := range gates {
				o.needs(id, gate)
			}
			if i > 0 {
				o.after(id, byPhase[phases[i-1]]...)
			}
			if o.steps[id].Call.Serial {
				if previous >= 0 {
					o.after(id, previous)
				}
				previous = id
			}
		}
		for _, id := range byPhase[phase] {
			if o.steps[id].Call.Gate {
				gates = append(gates, id)
			}
		}
	}
}

func (o *orderer) after(id int, on ...int) {
	for _, other := range on {
		if !slices.Contains(o.steps[id].Needs, other) {
			o.steps[id].After = append(o.steps[id].After, other)
		}
	}
}

// sorted numbers the steps so that each stands behind all that it waits for, as
// close to the order of the changes as that allows. Edges that would close a
// circle cannot arise from the descriptors; one that did would be a wait without
// end, so that the later of its "after" edges are dropped first.
func (o *orderer) sorted() []Step {
	const unplaced = -1
	place := slices.Repeat([]int{unplaced}, len(o.steps))
	var out []Step
	ready := func(s *Step, withAfter bool) bool {
		waiting := func(id int) bool { return place[id] == unplaced }
		return !slices.ContainsFunc(s.Needs, waiting) && (!withAfter || !slices.ContainsFunc(s.After, waiting))
	}
	for len(out) < len(o.steps) {
		id := slices.IndexFunc(o.steps, func(s Step) bool { return place[s.ID] == unplaced && ready(&s, true) })
		if id < 0 {
			id = slices.IndexFunc(o.steps, func(s Step) bool { return place[s.ID] == unplaced && ready(&s, false) })
		}
		if id < 0 {
			panic("plan: the calls need each other in a circle")
		}
		s := o.steps[id]
		place[id] = len(out)
		s.ID = len(out)
		s.Needs = placed(s.Needs, place)
		s.After = placed(s.After, place)
		out = append(out, s)
	}
	return out
}

// placed renumbers edges and drops those to steps that come later.
func placed(ids, place []int) []int {
	var out []int
	for _, id := range ids {
		if place[id] >= 0 {
			out = append(out, place[id])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
