package plan

import (
	"maps"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Whose change is it? A plan from an earlier version of the same files, made
// against the same current state, holds what was to be done anyway: somebody
// changed something by hand, or an apply never ran. What both plans do alike is
// drift; the rest is what the new version of the files asks for. A change of
// which only some fields are in the earlier plan is requested, with those fields
// marked.
//
// Where the earlier version cannot be planned, nothing is known and everything
// counts as requested: a surprise must rather be seen twice than not at all.

// Version is an earlier version of the files.
type Version struct {
	Desired  *resource.State
	Settings resource.Settings
}

// Needs is the state that covers all that has to be read to make a plan: what is
// declared now, and what the earlier version declared.
func Needs(in Input) *resource.State {
	if in.Base == nil {
		return in.Desired
	}
	union := *in.Desired
	union.Resources = slices.Clone(in.Desired.Resources)
	union.Collections = maps.Clone(in.Desired.Collections)
	declared := map[resource.Address]int{}
	for i, r := range union.Resources {
		declared[r.Address] = i
	}
	for _, r := range in.Base.Desired.Resources {
		i, both := declared[r.Address]
		if !both {
			union.Resources = append(union.Resources, r)
			continue
		}
		merged := *union.Resources[i]
		merged.Fields = maps.Clone(r.Fields)
		maps.Copy(merged.Fields, union.Resources[i].Fields)
		union.Resources[i] = &merged
	}
	for id, c := range in.Base.Desired.Collections {
		if _, both := union.Collections[id]; !both {
			union.Collections[id] = c
		}
	}
	return &union
}

// markDrift compares the changes with those of the earlier version.
func (b *builder) markDrift() {
	if b.Base == nil {
		return
	}
	in := b.Input
	in.Desired, in.Settings, in.Base, in.Select = b.Base.Desired, b.Base.Settings, nil, Selection{}
	in.WriteSensitive = nil // asked for now, whatever the files said
	earlier, err := Make(in)
	if err != nil {
		b.note("", "the earlier version of the files cannot be planned, so that every change counts as requested: "+err.Error())
		return
	}
	type key struct {
		address resource.Address
		action  resource.Action
	}
	before := map[key]*resource.Change{}
	for _, c := range earlier.Changes {
		before[key{c.Address, c.Action}] = c
	}
	for _, c := range b.changes {
		if same := before[key{c.Address, c.Action}]; same != nil {
			markChange(c, same)
		}
	}
}

func markChange(c, earlier *resource.Change) {
	drifted := 0
	for i := range c.Fields {
		f := &c.Fields[i]
		if was := earlier.Field(f.Name); was != nil && resource.Equal(was.After, f.After) {
			f.Drift = true
			drifted++
		}
	}
	samePlace := c.Position == nil || earlier.Position != nil && *c.Position == *earlier.Position
	if drifted == len(c.Fields) && samePlace {
		c.Drift = true
		for i := range c.Fields {
			c.Fields[i].Drift = false
		}
	}
}
