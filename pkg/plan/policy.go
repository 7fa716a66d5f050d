package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What may be done with differences. Policies annotate changes after matching, order
// and uniqueness, which always use all resources.
//
//   - Undeclared members of a declared collection are unmanaged; they are deleted only
//     if their kind is pruned, the collection was read completely and at least one
//     resource is declared at all.
//   - Resources listed under removed are deleted, pruned or not (removed.go).
//   - Resources that belong to Divio (Foreign) are neither unmanaged nor pruned.
//   - Nothing at or below a locked resource is changed: blocked.
//   - A protected resource is not pruned (a note), and not replaced, transferred or
//     irreversibly changed (blocked). Only the pattern decides, so protection remains
//     if the resource is removed from the file. A rename loses nothing and is
//     explicitly requested (moved): it is made.
//   - A delete or replacement of a precious kind, and an irreversible change, need
//     --allow-destroy ADDRESS, or an entry under removed; deletions beyond the limits need a flag: violations,
//     which stop an apply before its first write.
//   - Changes that depend on a blocked change are blocked.
func (b *builder) applyPolicies() {
	b.collect(resource.Address{})
	b.deleteRemoved()
	b.warnTwins()
	for _, c := range b.changes {
		b.lock(c)
		b.protect(c)
	}
	b.review()
	b.dropDeletedAlong()
	b.suggestRenames()
	b.suggestNames()
	b.noteIdle()
}

// review calls the kinds' Review hooks for each collection until nothing more is
// blocked: a change that one review blocks may be required by another. Their other
// verdicts are applied once, when all blocks are known.
func (b *builder) review() {
	for blocked := -1; blocked != b.blocked(); {
		blocked = b.blocked()
		verdicts := b.verdicts()
		for _, v := range verdicts {
			if v.Block != "" {
				v.Change.Block("%s", v.Block)
			}
		}
		b.blockCircles(verdicts)
		b.propagateBlocks()
	}
	for _, v := range b.verdicts() {
		if v.Reason != "" {
			v.Change.Reason = v.Reason
		}
		v.Change.Keeps = v.Change.Keeps || v.Keeps
		for _, f := range v.Fields {
			v.Change.After.Fields[f.Name] = f.After
			v.Change.Fields = append(v.Change.Fields, f)
			id := resource.FieldID{Address: v.Change.Address, Name: f.Name}
			b.uncompared = slices.DeleteFunc(b.uncompared, func(u Field) bool { return u.FieldID == id })
		}
		v.Change.DependsOn = append(v.Change.DependsOn, v.After...)
	}
}

func (b *builder) verdicts() []resource.Verdict {
	var all []resource.Verdict
	for _, c := range b.collections {
		if c.kind.Review != nil {
			all = append(all, c.kind.Review(resource.Siblings{Parent: b.existing[c.id.Parent], Pairs: c.pairs, Leaving: c.leaving})...)
		}
	}
	return all
}

func (b *builder) blocked() int {
	n := 0
	for _, c := range b.changes {
		if c.Blocked != "" {
			n++
		}
	}
	return n
}

// collect orders the changes: in file order, parents before children, deletions after
// their declared siblings.
func (b *builder) collect(parent resource.Address) {
	for _, kind := range b.Catalog.Children(parent.Kind()) {
		c := b.byID[resource.CollectionID{Parent: parent, Kind: kind.Name}]
		if c == nil {
			continue
		}
		known, sameKey := handlesOf(c), keysOf(c)
		for _, pair := range c.pairs {
			if pair.Desired == nil {
				b.undeclared(c, pair, sameKey)
				continue
			}
			if pair.Change != nil {
				if pair.Change.Action == resource.Create || pair.Change.Action == resource.Replace {
					pair.Change.Known = known
				}
				b.changes = append(b.changes, pair.Change)
			}
			b.changes = append(b.changes, b.extra[pair]...)
			b.noteImplied(pair)
			b.collect(pair.Desired.Address)
		}
	}
}

func handlesOf(c *collection) []string {
	var handles []string
	for _, p := range c.pairs {
		if p.Current != nil {
			handles = append(handles, p.Current.Handle)
		}
	}
	slices.Sort(handles)
	return handles
}

// keysOf counts the existing resources of a collection by their keys.
func keysOf(c *collection) map[string]int {
	count := map[string]int{}
	for _, p := range c.pairs {
		if p.Current != nil {
			count[p.Current.Key]++
		}
	}
	return count
}

// noteImplied notes what a create also creates. If the kind is pruned, an undeclared
// one is deleted after it is created, since the next plan would delete it.
func (b *builder) noteImplied(pair *resource.Pair) {
	parent := pair.Desired
	if pair.Change == nil || pair.Change.Action != resource.Create || parent.Kind.Implies == nil {
		return
	}
	for _, child := range parent.Kind.Implies(parent) {
		kind := b.Catalog.Kind(child.Kind)
		r := &resource.Resource{
			Kind: kind, Key: child.Key, Parent: parent.Address,
			Address: resource.NewAddress(child.Kind, parent.Address, child.Key),
		}
		_, declared := b.Desired.Collections[resource.CollectionID{Parent: parent.Address, Kind: child.Kind}]
		pattern := b.protected(r.Address)
		switch {
		case b.wanted[r.Address] != nil:
		case declared && b.prunes(kind) && pattern == "":
			c := b.newChange(&resource.Pair{Current: r}, resource.Delete)
			c.Implied = true
			c.Reason = "created automatically with " + parent.Address.String() + ", is not declared, and " + kind.Collection + " are pruned"
			b.changes = append(b.changes, c)
		case declared && b.prunes(kind):
			b.note(r.Address, "created automatically with "+parent.Address.String()+" and not declared; not pruned: protected by "+pattern)
		default:
			b.note(r.Address, "created automatically with "+parent.Address.String()+" and not declared")
		}
	}
}

// undeclared decides about a resource that is not declared. sameKey counts the existing
// siblings by their keys.
func (b *builder) undeclared(c *collection, pair *resource.Pair, sameKey map[string]int) {
	r := pair.Current
	if _, declared := b.Desired.Collections[c.id]; !declared {
		return
	}
	if r.Kind.Foreign != nil && r.Kind.Foreign(r) {
		return
	}
	if !b.prunes(c.kind) || !b.Current.Collections[c.id].Complete {
		b.unmanaged = append(b.unmanaged, r.Address)
		return
	}
	if pattern := b.protectedMember(r); pattern != "" {
		b.note(r.Address, "not pruned: protected by "+pattern)
		b.unmanaged = append(b.unmanaged, r.Address)
		return
	}
	pair.Change = b.newChange(pair, resource.Delete)
	pair.Change.Reason = "not declared, and " + c.kind.Collection + " are pruned" + b.alsoDeletes(r)
	if c.kind.KeyInAPI() && sameKey[r.Key] > 1 {
		pair.Change.Block("the API has more than one resource with this key; delete them manually")
	}
	if concealed(r) && !slices.Contains(b.AllowDestroy, r.Address) && !b.removes(r) {
		pair.Change.Block("its value cannot be read back: pass --allow-destroy %s, or list it under removed: %s", r.Address, removedEntry(r))
	}
	b.changes = append(b.changes, pair.Change)
}

// lock blocks a change at or below a locked resource, and adds warnings.
func (b *builder) lock(c *resource.Change) {
	var start []*resource.Resource
	if c.Before != nil {
		start = append(start, c.Before)
	}
	if c.After != nil {
		start = append(start, b.existing[c.After.Parent])
	}
	for _, r := range start {
		for ; r != nil; r = b.existing[r.Parent] {
			if r.Kind.Locked != nil {
				if reason := r.Kind.Locked(r); reason != "" {
					c.Block("%s", reason)
				}
			}
			if r.Kind.Warn != nil {
				if text := r.Kind.Warn(r); text != "" {
					b.warn(r.Address, text)
				}
			}
		}
	}
}

// protect blocks changes that would destroy a protected resource. Both ends of a
// transfer are checked.
func (b *builder) protect(c *resource.Change) {
	if c.Leftover != nil {
		if pattern := b.protected(c.Leftover.Address); pattern != "" {
			c.Block("%s, left behind by an unfinished replacement, is protected by %s", c.Leftover.Address, pattern)
		}
	}
	destroys := c.Action == resource.Replace || c.Action == resource.Transfer || irreversible(c)
	if !destroys {
		return
	}
	addresses := []resource.Address{c.Address}
	if c.Before != nil {
		addresses = append(addresses, c.Before.Address)
	}
	for _, a := range addresses {
		if pattern := b.protected(a); pattern != "" {
			c.Block("protected by %s", pattern)
		}
	}
}

// protected returns the pattern under protect that matches the resource or anything
// that may be below it, or "".
func (b *builder) protected(a resource.Address) string {
	for _, p := range b.Settings.Protect {
		if a.Match(p.Pattern) || p.Pattern.Reaches(a) {
			return p.Pattern.String()
		}
	}
	return ""
}

// protectedMember is protected for an existing resource, which has a short and a long
// address if it has no natural key.
func (b *builder) protectedMember(r *resource.Resource) string {
	for _, a := range r.Addresses() {
		if pattern := b.protected(a); pattern != "" {
			return pattern
		}
	}
	return ""
}

// propagateBlocks blocks changes that depend on a blocked one, until nothing changes.
func (b *builder) propagateBlocks() {
	for again := true; again; {
		again = false
		blocked := map[resource.Address]bool{}
		absent := map[resource.Address]bool{} // will not exist
		never := map[resource.Address]bool{}  // of these, what will have no id
		var stuck []*resource.Change          // cannot be transferred from their parents
		for _, c := range b.changes {
			if c.Blocked != "" {
				blocked[c.Address] = true
				if c.Action == resource.Create || c.Action == resource.Transfer || renamed(c) || b.ambiguous[c.Address] {
					absent[c.Address] = true
				}
				if c.Action == resource.Create {
					never[c.Address] = true
				}
				if c.Action == resource.Transfer {
					stuck = append(stuck, c)
				}
			}
		}
		for _, c := range b.changes {
			if c.Blocked != "" {
				continue
			}
			for _, address := range c.DependsOn {
				if blocked[address] {
					c.Block("it depends on %s, which is blocked", address)
				}
			}
			if above := b.absentAbove(c.Resource(), absent); !above.IsZero() {
				c.Block("it depends on %s, which is blocked", above)
			}
			for _, address := range written(c) {
				if never[address] {
					c.Block("it refers to %s, which is blocked", address)
				}
			}
			for _, other := range stuck {
				if c.Action == resource.Delete && c.Address.Contains(other.Before.Address) {
					c.Block("it contains %s, which is declared under another parent and cannot be transferred", other.Before.Address)
				}
			}
			again = again || c.Blocked != ""
		}
	}
}

// written lists the declared resources that c makes one refer to.
func written(c *resource.Change) []resource.Address {
	if c.Action != resource.Update {
		return referred(c.After)
	}
	var addresses []resource.Address
	for _, f := range c.Fields {
		if ref, ok := f.After.(resource.Ref); ok && !ref.Address.IsZero() {
			addresses = append(addresses, ref.Address)
		}
	}
	return addresses
}

// absentAbove returns the nearest declared ancestor of r that will not exist, or the zero
// address.
func (b *builder) absentAbove(r *resource.Resource, absent map[resource.Address]bool) resource.Address {
	for ; r != nil; r = b.wanted[r.Parent] {
		if absent[r.Parent] {
			return r.Parent
		}
	}
	return resource.Address{}
}

// renamed reports whether c gives a resource another key.
func renamed(c *resource.Change) bool {
	return renames(&resource.Pair{Desired: c.After, Current: c.Before})
}
