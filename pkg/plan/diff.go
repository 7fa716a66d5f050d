package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// diff turns pairs into changes. Only declared fields are compared; a declared field
// whose current value cannot be read is uncompared and never written without another
// reason.
func (b *builder) diff() {
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			if pair.Desired == nil || (pair.Change != nil && pair.Change.Blocked != "") {
				continue
			}
			switch {
			case pair.Change != nil: // a transfer
				b.diffTransfer(pair)
			case pair.Current == nil:
				b.diffCreate(c, pair)
			default:
				b.diffPair(c, pair)
			}
		}
	}
}

func (b *builder) newChange(pair *resource.Pair, action resource.Action) *resource.Change {
	c := &resource.Change{Action: action, Before: pair.Current, After: pair.Desired}
	if r := pair.Desired; r != nil {
		c.Address, c.Kind, c.At = r.Address, r.Kind, r.At
	} else {
		c.Address, c.Kind = pair.Current.Address, pair.Current.Kind
	}
	return c
}

func (b *builder) diffCreate(c *collection, pair *resource.Pair) {
	leftover := c.leftovers[pair.Desired.Key]
	if leftover != nil {
		pair.Change = b.newChange(pair, resource.Replace)
		pair.Change.Leftover = leftover
		pair.Change.Reason = "finishes a replacement"
		for _, f := range c.kind.Fields {
			if pair.Desired.Has(f.Name) && isPlain(&resource.Pair{Desired: pair.Desired, Current: leftover}, f.Name) {
				pair.Change.Block("%s", plainBlock(c.kind, f.Name))
			}
		}
	} else {
		pair.Change = b.newChange(pair, resource.Create)
		if b.impliedBy(pair.Desired) {
			pair.Change.Implied = true
			pair.Change.Reason = "created automatically with " + pair.Desired.Parent.String()
		} else if taken := b.Current.Taken[pair.Desired.Address]; taken != "" {
			pair.Change.Block("%s", taken)
		} else if (b.Select.WithDependencies || b.Select.Covers(pair.Desired.Address)) && !b.belowTaken(pair.Desired.Address) {
			b.completeCreate(pair.Desired)
		}
	}
	for _, f := range c.kind.Fields {
		value, declared := pair.Desired.Fields[f.Name]
		if !declared || f.Name == c.kind.TransferFrom || f.Need == resource.Derived {
			continue
		}
		change := resource.FieldChange{Name: f.Name, After: value, Masked: pair.Desired.IsMasked(f.Name)}
		pair.Change.Fields = append(pair.Change.Fields, change)
	}
}

// belowTaken reports whether an ancestor cannot be created, because its key is taken in
// another organisation.
func (b *builder) belowTaken(a resource.Address) bool {
	for a = a.Parent(); !a.IsZero(); a = a.Parent() {
		if b.Current.Taken[a] != "" {
			return true
		}
	}
	return false
}

// impliedBy reports whether creating the parent also creates r.
func (b *builder) impliedBy(r *resource.Resource) bool {
	parent := b.wanted[r.Parent]
	if parent == nil || b.existing[r.Parent] != nil || parent.Kind.Implies == nil {
		return false
	}
	for _, child := range parent.Kind.Implies(parent) {
		if child.Kind == r.Kind.Name && child.Key == r.Key {
			return true
		}
	}
	return false
}

func (b *builder) diffTransfer(pair *resource.Pair) {
	pair.Change.Fields = compare(pair).fields
}

func (b *builder) diffPair(c *collection, pair *resource.Pair) {
	found := compare(pair)
	leftover := b.leftoverOf(c, pair, found.replace)
	away := c.kind.TransferFrom != "" && pair.Current.Has(c.kind.TransferFrom)
	renamed := renames(pair)
	reason := ""
	if found.unknown {
		b.warn(pair.Desired.Address, "it is in a state that is not known here, and is left in it: check it by hand")
	}
	for _, name := range found.trimmed {
		if !b.Select.Covers(pair.Desired.Address) {
			break
		}
		b.note(pair.Desired.Address, name+" has white space around it in the files that the API has dropped: the two count as equal; drop it in the files, too")
	}
	for _, name := range found.unreadable {
		if isPlain(pair, name) {
			blocked := b.newChange(pair, resource.Update)
			blocked.Fields = []resource.FieldChange{{Name: name, After: pair.Desired.Fields[name], Masked: true}}
			blocked.At = fieldAt(pair.Desired, name)
			blocked.Block("%s", plainBlock(c.kind, name))
			b.extra[pair] = append(b.extra[pair], blocked)
		} else if found.replace { // writes every declared field, so none is compared
			found.fields = append(found.fields, resource.FieldChange{Name: name, After: pair.Desired.Fields[name], Masked: pair.Desired.IsMasked(name)})
		} else if change, why := b.unreadable(pair, name); why != "" {
			found.fields, reason = append(found.fields, change), why
		}
	}
	switch {
	case away:
		pair.Change = b.newChange(pair, resource.Transfer)
		pair.Change.Reason = "it belongs to the organisation " + resource.Show(pair.Current.Fields[c.kind.TransferFrom])
	case found.replace:
		pair.Change = b.newChange(pair, resource.Replace)
		pair.Change.Leftover = leftover
		pair.Change.Reason = "the API cannot change this in place"
	case len(found.fields) > 0 || renamed || leftover != nil:
		pair.Change = b.newChange(pair, resource.Update)
		pair.Change.Reason = reason
		if leftover != nil {
			pair.Change.Leftover = leftover
			pair.Change.Reason = "deletes " + leftover.Address.String() + ", left behind by an unfinished replacement"
		}
		if renamed {
			pair.Change.Reason = "renamed from " + pair.Current.Address.String()
		}
	}
	if pair.Change != nil {
		pair.Change.Fields = found.fields
	}
	if renamed {
		if c.kind.Key != "" { // otherwise its parts are fields
			name := resource.FieldChange{Name: c.kind.Key, Before: pair.Current.Key, HasBefore: true, After: pair.Desired.Key}
			pair.Change.Fields = slices.Insert(pair.Change.Fields, 0, name)
		}
		if !c.kind.Renames {
			pair.Change.Block("the %s of an existing %s cannot be changed: remove the moved entry from %s",
				c.kind.KeyTitle(), c.kind.Title, pair.Current.Address)
		}
	}
	// A field that can never be changed is a separate change, so that the rest can be
	// applied.
	for _, f := range found.fixed {
		blocked := b.newChange(pair, resource.Update)
		blocked.Fields = []resource.FieldChange{f}
		blocked.At = fieldAt(pair.Desired, f.Name)
		if f.After == nil {
			blocked.Block("%s cannot be changed back to null", f.Name)
		}
		blocked.Block("%s cannot be changed after the %s was created", f.Name, c.kind.Title)
		b.extra[pair] = append(b.extra[pair], blocked)
	}
	if c.kind.TransferFrom != "" && pair.Desired.Has(c.kind.TransferFrom) && !away {
		b.note(pair.Desired.Address, c.kind.TransferFrom+" is already applied; delete the entry")
	}
}

// leftoverOf returns what an interrupted replacement left behind, for the change of the
// pair. Where nothing is replaced any more, it is deleted by a change of its own, so that
// a plan lists and counts the deletion; a precious one remains part of the change, which
// needs a permission under the address of the pair.
func (b *builder) leftoverOf(collection *collection, pair *resource.Pair, replace bool) *resource.Resource {
	leftover := collection.leftovers[pair.Desired.Key]
	if leftover == nil || collection.kind.Precious || replace {
		return leftover
	}
	c := b.newChange(&resource.Pair{Current: leftover}, resource.Delete)
	c.At = pair.Desired.At
	c.Keeps = true
	c.Reason = "left behind by a replacement of " + pair.Desired.Address.String() + " that is finished or no longer needed"
	if pattern := b.protectedMember(leftover); pattern != "" {
		c.Block("protected by %s", pattern)
	}
	b.extra[pair] = append(b.extra[pair], c)
	return nil
}

// renames reports whether the two sides of a pair have different keys, of a kind whose
// key is known to the API.
func renames(p *resource.Pair) bool {
	return p.Current != nil && p.Desired != nil && p.Desired.Kind.KeyInAPI() && p.Current.Key != p.Desired.Key
}

// comparison is the difference between the two sides of a pair: the fields that can be
// changed, those that cannot (fixed), and those that cannot be read. Trimmed are fields
// that are equal except for outer white space that the API has dropped. Replace: a field
// that differs requires a replacement. Unknown: the kind does not know the state of the
// existing resource.
type comparison struct {
	fields, fixed       []resource.FieldChange
	unreadable, trimmed []string
	replace, unknown    bool
}

func compare(pair *resource.Pair) comparison {
	var out comparison
	want, have := pair.Desired, pair.Current
	for i := range want.Kind.Fields {
		f := &want.Kind.Fields[i]
		after, declared := want.Fields[f.Name]
		if !declared || f.Changes == resource.CreateOnly || f.Changes == resource.Identity || f.Name == want.Kind.TransferFrom {
			continue
		}
		before, known := have.Fields[f.Name]
		if !known && f.Need == resource.Derived {
			out.unknown = true // the API does not return what it is derived from
			continue
		}
		if _, absent := after.(resource.Source); absent || !known {
			out.unreadable = append(out.unreadable, f.Name)
			continue
		}
		if sameField(f, before, after) {
			continue
		}
		if resource.Trimmed(before, after) {
			out.trimmed = append(out.trimmed, f.Name)
			continue
		}
		change := resource.FieldChange{
			Name: f.Name, Before: before, HasBefore: true, After: after,
			Masked: want.IsMasked(f.Name) || have.IsMasked(f.Name),
		}
		if f.Type == resource.FreeObject {
			change.After = resource.Overlay(asObject(before), after)
			want.Fields[f.Name] = change.After
		}
		if f.Changes == resource.Fixed || f.Irreversible && after == nil {
			out.fixed = append(out.fixed, change)
			continue
		}
		out.replace = out.replace || f.Changes == resource.Replaces
		out.fields = append(out.fields, change)
	}
	return out
}

// sameField compares according to the field's type. In a free object only the declared
// keys are compared, at every depth, since the API may add others.
func sameField(f *resource.Field, before, after resource.Value) bool {
	if f.Nullable && empty(before) && empty(after) {
		return true
	}
	if f.Type == resource.FreeObject {
		return resource.Equal(resource.Overlay(asObject(before), after), asObject(before))
	}
	return resource.Equal(before, after)
}

func empty(v resource.Value) bool { return v == nil || v == "" }

// asObject returns a free object, an empty one where there is none.
func asObject(v resource.Value) map[string]any {
	object, _ := v.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	return object
}
