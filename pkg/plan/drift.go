package plan

import "github.com/divioctl/divioctl/pkg/resource"

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

// markDrift compares the changes with those of the earlier version.
func (b *builder) markDrift() {
	if b.Base == nil {
		return
	}
	in := b.Input
	in.Desired, in.Settings, in.Base = b.Base.Desired, b.Base.Settings, nil
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
