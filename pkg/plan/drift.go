package plan

import (
	"reflect"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Drift or requested? A plan from an earlier version of the same files, made against
// the same current state, contains the changes that were already needed: after a manual
// change, or because apply was not run. Changes in both plans are drift; the others are
// requested by the new version of the files. A change of which only some fields are in
// the earlier plan is requested, with those fields marked.
//
// If the earlier version cannot be planned, everything counts as requested, so that no
// change is overlooked.

// Version is an earlier version of the files. Problem, if set, says why it cannot be
// used.
type Version struct {
	Desired  *resource.State
	Settings resource.Settings
	Problem  string
}

// markDrift compares the changes with those of the earlier version.
func (b *builder) markDrift() {
	if b.Base == nil {
		return
	}
	unknown := func(problem string) {
		b.warn(resource.Address{}, "the earlier version of the files cannot be used, so every change counts as requested: "+problem)
	}
	if b.Base.Desired == nil {
		unknown(b.Base.Problem)
		return
	}
	in := b.Input
	in.Desired, in.Settings, in.Base, in.Select = b.Base.Desired, b.Base.Settings, nil, Selection{}
	in.WriteSensitive = nil // requested now, in any version of the files
	in.Settings.Moved = slices.DeleteFunc(slices.Clone(in.Settings.Moved), func(m resource.Moved) bool {
		return !b.Select.Covers(m.To) // may not have been read
	})
	earlier, err := Make(in)
	if err != nil {
		unknown(err.Error())
		return
	}
	type key struct {
		address resource.Address
		action  resource.Action
		blocked bool // blocked fields are a separate change
	}
	keyOf := func(c *resource.Change) key { return key{c.Address, c.Action, c.Blocked != ""} }
	before := map[key][]*resource.Change{}
	for _, c := range earlier.Changes {
		before[keyOf(c)] = append(before[keyOf(c)], c)
	}
	for _, c := range b.changes {
		if same := before[keyOf(c)]; len(same) > 0 {
			markChange(c, same)
		}
	}
}

// markChange compares a change with those of the same kind in the earlier plan:
// several fixed fields of one resource are a blocked change each.
func markChange(c *resource.Change, earlier []*resource.Change) {
	drifted, samePlace := 0, c.Position == nil
	for _, was := range earlier {
		samePlace = samePlace || was.Position != nil && *c.Position == *was.Position
	}
	for i := range c.Fields {
		f := &c.Fields[i]
		f.Drift = slices.ContainsFunc(earlier, func(c *resource.Change) bool {
			was := c.Field(f.Name)
			return was != nil && sameAfter(was.After, f.After)
		})
		if f.Drift {
			drifted++
		}
	}
	if drifted == len(c.Fields) && samePlace {
		c.Drift = true
		for i := range c.Fields {
			c.Fields[i].Drift = false
		}
	}
}

// sameAfter compares the desired values of two versions of the files. Values that are
// not available are equal if they have the same source.
func sameAfter(a, b resource.Value) bool {
	x, absent := a.(resource.Source)
	y, absentToo := b.(resource.Source)
	if absent && absentToo {
		x.Dir, y.Dir = "", ""
		return reflect.DeepEqual(x, y)
	}
	return resource.Equal(a, b)
}
