package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The order of the calls is a graph with as few edges as possible, so that as much as
// possible runs in parallel:
//
//   - the calls of one change follow one another;
//   - a call needs the call that returns an id which it refers to (a parent before its
//     children, an anchor before a move), of any kind;
//   - a call needs the changes that its own change depends on;
//   - calls below a transferred resource wait for the transfer; a deletion waits for
//     transfers out of the deleted resource, and for what stops referring to it;
//   - within one collection, phases and serial calls according to the kind's
//     descriptor; between two large phases one call of the later one goes first
//     (afterPhase), so that the number of edges stays that of the calls;
//   - a deployment needs all calls that it brings into effect, so it is skipped if one
//     of them was not made; calls that come after a deployment need it. There are as
//     few deployments per environment as the calls allow (deploySteps).
//
// "Needs" means that a failure skips, "after" only that it waits.
type orderer struct {
	steps []Step
	// of are the steps of each change, at those of the changes of each address.
	of map[*resource.Change][]int
	at map[resource.Address][]int
	// gives is the step that returns the handle of an address.
	gives map[resource.Address]int
	// transfers are the changes that move a resource from one parent to another.
	transfers []*resource.Change
	// leaves are the changes after which something no longer refers to an id.
	leaves map[string][]*resource.Change
}

func order(changes []*resource.Change, deployments []*Deployment) []Step {
	o := &orderer{of: map[*resource.Change][]int{}, at: map[resource.Address][]int{}, gives: map[resource.Address]int{}, leaves: map[string][]*resource.Change{}}
	for _, c := range changes {
		if c.Blocked == "" {
			o.compile(c)
		}
	}
	for _, c := range changes {
		if len(o.of[c]) > 0 {
			o.chain(c)
			o.dependencies(c)
		}
	}
	o.phases()
	for _, d := range deployments {
		o.deploySteps(d)
	}
	return o.sorted()
}

// compile turns a change into steps.
func (o *orderer) compile(c *resource.Change) {
	for _, call := range c.Kind.Compile(c) {
		id := len(o.steps)
		if !call.Gives.IsZero() {
			o.gives[call.Gives] = id
		}
		o.of[c] = append(o.of[c], id)
		o.at[c.Address] = append(o.at[c.Address], id)
		o.steps = append(o.steps, Step{ID: id, Change: c, Call: call})
	}
	if c.Action == resource.Transfer {
		o.transfers = append(o.transfers, c)
	}
	for i := range c.Kind.Fields {
		name := c.Kind.Fields[i].Name
		if c.Before == nil || c.Action != resource.Delete && c.Field(name) == nil {
			continue
		}
		if ref, refers := c.Before.Fields[name].(resource.Ref); refers && ref.Handle != "" {
			id := resource.CanonicalID(ref.Handle)
			o.leaves[id] = append(o.leaves[id], c)
		}
	}
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
func (o *orderer) dependencies(c *resource.Change) {
	for _, id := range o.of[c] {
		for _, address := range references(&o.steps[id].Call) {
			if giver, ok := o.gives[address]; ok && o.steps[giver].Change != c {
				o.needs(id, giver)
			}
		}
	}
	first := o.of[c][0]
	for _, address := range c.DependsOn {
		if ids := o.at[address]; len(ids) > 0 {
			o.needs(first, ids[len(ids)-1])
		}
	}
	if c.Action == resource.Delete {
		for _, other := range o.leaves[resource.CanonicalID(c.Before.Handle)] {
			if ids := o.of[other]; other != c && len(ids) > 0 {
				o.needs(first, ids[len(ids)-1])
			}
		}
	}
	for _, other := range o.transfers {
		ids := o.of[other]
		switch {
		case other == c || len(ids) == 0:
		case c.After != nil && other.Address.Contains(c.After.Address):
			o.needs(first, ids[0])
		case c.Action == resource.Delete && c.Address.Contains(other.Before.Address):
			o.needs(first, ids[len(ids)-1])
		}
	}
}

// references lists the addresses whose handles a call contains.
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

// phases orders the calls of each collection by phase, and serial calls of one phase
// one after another.
func (o *orderer) phases() {
	groups := map[resource.CollectionID][]int{}
	var ids []resource.CollectionID
	for _, s := range o.steps {
		id := s.Change.Collection()
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
			if o.steps[id].Call.Serial {
				if previous >= 0 {
					o.after(id, previous)
				}
				previous = id
			}
		}
		if i > 0 {
			o.afterPhase(byPhase[phase], byPhase[phases[i-1]])
		}
		for _, id := range byPhase[phase] {
			if o.steps[id].Call.Gate {
				gates = append(gates, id)
			}
		}
	}
}

// mostEdges is how many edges there may be between two phases of a collection.
const mostEdges = 10_000

// afterPhase lets the calls of a phase come after those of the phase before. If that
// would be too many edges, one call comes after all of the phase before, and the others
// after that one: the first that waits for nothing else in its phase.
func (o *orderer) afterPhase(phase, before []int) {
	first := -1
	if len(phase)*len(before) > mostEdges {
		first = slices.IndexFunc(phase, func(id int) bool {
			s := &o.steps[id]
			within := func(on int) bool { return slices.Contains(phase, on) }
			return !s.Call.AfterDeployment && !slices.ContainsFunc(s.Needs, within) && !slices.ContainsFunc(s.After, within)
		})
	}
	for i, id := range phase {
		if first < 0 || i == first {
			o.after(id, before...)
		} else {
			o.after(id, phase[first])
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

// sorted numbers the steps so that each comes after all that it waits for, and as close
// to the order of the changes as possible. Descriptors cannot create a cycle of needs;
// if "after" closes a cycle, a step that only waits goes first.
func (o *orderer) sorted() []Step {
	waits := make([]int, len(o.steps)) // number of open edges
	behind := make([][]int, len(o.steps))
	var ready Queue
	for i, s := range o.steps {
		for _, on := range s.before() {
			waits[i]++
			behind[on] = append(behind[on], i)
		}
		if waits[i] == 0 {
			ready.Add(i)
		}
	}
	place := slices.Repeat([]int{-1}, len(o.steps))
	var out []Step
	for len(out) < len(o.steps) {
		if ready.Len() == 0 {
			ready.Add(o.onlyWaiting(place))
		}
		id := ready.Next()
		if place[id] >= 0 {
			continue
		}
		s := o.steps[id]
		place[id] = len(out)
		s.ID = len(out)
		s.Needs, s.After = placed(s.Needs, place), placed(s.After, place)
		out = append(out, s)
		for _, next := range behind[id] {
			if waits[next]--; waits[next] == 0 {
				ready.Add(next)
			}
		}
	}
	return out
}

// onlyWaiting finds the first unplaced step whose needs are all placed.
func (o *orderer) onlyWaiting(place []int) int {
	for i, s := range o.steps {
		if place[i] < 0 && !slices.ContainsFunc(s.Needs, func(id int) bool { return place[id] < 0 }) {
			return i
		}
	}
	panic("plan: the calls need each other in a cycle")
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
