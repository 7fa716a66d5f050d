package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Limits and permissions. A violation stops an apply before its first write; a plan
// only lists the violations, with the flag that permits each:
//
//   - more deletions than the limits of the settings or flags; by default 20 of a kind,
//     and 30 % of a kind or of a collection. The percentage applies where ten or more
//     exist: one of two is no mass deletion. A limit of 0 applies at any size;
//   - a collection of three or more that is left empty, without --allow-empty and its
//     address: a name that was lost in a merge, or a file that was cut off;
//   - the deletion or replacement of a precious resource, and irreversible changes,
//     without --allow-destroy and exactly this address, or for a deletion an entry
//     under removed with its id;
//   - the creation of a resource that may exist although it was not found, without
//     --allow-create.
//
// Only selected, existing resources are counted that are not blocked and do not wait for
// a deployment that the plan does not make, as a percentage of those in the collections
// that were read; a saved plan keeps that number of each kind. What is listed under
// removed was reviewed one by one, and is counted neither as deleted nor as existing. If
// several kinds exceed a limit, the value of the flag is high enough for all of them.

// Default limits on deletions of one kind.
const (
	defaultDeletePercent = 30
	defaultDeleteCount   = 20
	// percentFrom is the number of existing resources from which the percentage
	// applies, and emptyFrom the size of a collection that must not be left empty.
	percentFrom = 10
	emptyFrom   = 3
)

// checkLimits finds the violations that stop apply.
func (b *builder) checkLimits() {
	for _, c := range b.changes {
		if c.Blocked != "" {
			continue
		}
		b.checkUnsure(c)
		destroys := destroys(c)
		if (destroys || irreversible(c)) && !slices.Contains(b.AllowDestroy, c.Address) && !b.permitted[c] {
			what, of := string(c.Action), c.Address
			switch {
			case !destroys:
				what = "the change of " + strings.Join(irreversibleFields(c), " and ")
			case c.Action == resource.Update:
				what, of = string(resource.Delete), c.Leftover.Address
			}
			c.Needs = "--allow-destroy " + c.Address.String()
			if c.Waiting {
				continue // this plan does nothing about it
			}
			v := Violation{Address: c.Address, Flag: c.Needs, Message: fmt.Sprintf("%s of %s cannot be undone", what, of)}
			switch {
			case c.Action == resource.Delete && c.Before.Handle != "": // else it is still to be created
				v.Entry = removedEntry(c.Before)
			case destroys && c.Action == resource.Update:
				v.Entry = removedEntry(c.Leftover)
			}
			b.violations = append(b.violations, v)
		}
	}
	collections := b.countDeletions()
	b.limits(collections)
	b.checkEmpty(collections)
}

// destroys reports whether c deletes something precious: of a precious kind, or with a
// value that cannot be read back.
func destroys(c *resource.Change) bool {
	removes := c.Action == resource.Delete || c.Action == resource.Replace
	return !c.Keeps && (c.Kind.Precious && (removes || c.Leftover != nil) || removes && c.Before != nil && concealed(c.Before))
}

// concealed reports whether an existing resource has a value that the API does not
// return because the resource says so (a sensitive variable).
func concealed(r *resource.Resource) bool {
	return slices.ContainsFunc(r.Kind.Fields, func(f resource.Field) bool {
		return f.Display == resource.MaskedIf && r.IsWriteOnly(&f)
	})
}

// removedEntry is the line under removed that permits to delete r, as YAML.
func removedEntry(r *resource.Resource) string {
	address := r.Address.String()
	if strings.ContainsFunc(address, func(c rune) bool { return !strings.ContainsRune(plainInYAML, c) }) {
		address = strconv.Quote(address)
	}
	return fmt.Sprintf("- { address: %s, id: %s }", address, r.Handle)
}

// plainInYAML are characters that an address in YAML may have without quotes.
const plainInYAML = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-"

// checkUnsure finds a create of a resource that may exist although it was not found.
func (b *builder) checkUnsure(c *resource.Change) {
	why := b.unsure[c.Address]
	if c.Action != resource.Create || why == "" || slices.Contains(b.AllowCreate, c.Address) {
		return
	}
	c.Needs = "--allow-create " + c.Address.String()
	b.violations = append(b.violations, Violation{
		Address: c.Address, Flag: c.Needs, Message: fmt.Sprintf("create of %s: %s", c.Address, why),
	})
}

// noteIdle adds a note for protections and permissions that match nothing: a typing
// error in one would otherwise be noticed too late. Only complete addresses in
// collections that were read can be checked.
func (b *builder) noteIdle() {
	if !b.Select.everything() {
		return
	}
	for _, p := range b.Settings.Protect {
		addresses := p.Pattern.Addresses()
		if slices.ContainsFunc(addresses, func(a resource.Address) bool {
			id := resource.CollectionID{Parent: a.Parent(), Kind: a.Kind()}
			return !b.Current.Collections[id].Complete || b.existing[a] != nil || b.wanted[a] != nil
		}) {
			continue
		}
		switch {
		case len(addresses) > 1:
			b.note(resource.Address{}, p.Pattern.String()+" is protected, but nothing of that path exists")
		case len(addresses) == 1 && b.Catalog.Kind(addresses[0].Kind()).KeyInAPI():
			b.note(addresses[0], "is protected, but does not exist")
		}
	}
	for _, a := range b.AllowDestroy {
		if !slices.ContainsFunc(b.changes, func(c *resource.Change) bool { return c.Address == a }) {
			b.note(a, "--allow-destroy has no effect: the plan does not change this resource")
		}
	}
}

func counted(n int, kind *resource.Kind) string {
	if n == 1 {
		return "1 " + kind.Title
	}
	return fmt.Sprintf("%d %s", n, kind.Plural)
}

// deletions counts what happens to a collection. Members are those that exist and are
// not listed under removed, own those of them that do not belong to Divio.
type deletions struct {
	kind                       *resource.Kind
	id                         resource.CollectionID
	members, own               int
	deleted, leaving, arriving int
}

// countDeletions counts for each declared collection, in the order of the kinds and of
// the addresses.
func (b *builder) countDeletions() []*deletions {
	byID := map[resource.CollectionID]*deletions{}
	of := func(id resource.CollectionID) *deletions {
		if byID[id] == nil {
			byID[id] = &deletions{kind: b.Catalog.Kind(id.Kind), id: id}
		}
		return byID[id]
	}
	listed := map[string]bool{} // by id
	for c := range b.listed {
		listed[c.Before.Handle] = true
	}
	for _, c := range b.changes {
		id := c.Collection()
		switch {
		case b.listed[c] || c.Blocked != "" || c.Waiting:
		case c.Action == resource.Delete && !c.Implied:
			of(id).deleted++
			of(id).leaving++
		case c.Action == resource.Create:
			of(id).arriving++
		case c.Action == resource.Transfer && c.Before.Parent != id.Parent:
			of(id).arriving++
			of(resource.CollectionID{Parent: c.Before.Parent, Kind: id.Kind}).leaving++
		}
	}
	for _, r := range b.Current.Resources {
		id := resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}
		if _, declared := b.Desired.Collections[id]; !declared || listed[r.Handle] {
			continue
		}
		of(id).members++
		if r.Kind.Foreign == nil || !r.Kind.Foreign(r) {
			of(id).own++
		}
	}
	all := slices.Collect(maps.Values(byID))
	slices.SortFunc(all, func(x, y *deletions) int { return cmp.Compare(x.id.String(), y.id.String()) })
	return all
}

// limits compares the deletions of each kind and of each collection with the limits.
func (b *builder) limits(collections []*deletions) {
	most, percent := defaultDeleteCount, defaultDeletePercent
	if b.Settings.DeleteCount != nil {
		most = *b.Settings.DeleteCount
	}
	if b.Settings.DeletePercent != nil {
		percent = *b.Settings.DeletePercent
	}
	exceeds := func(deleted, existing int) bool {
		return deleted > 0 && (existing >= percentFrom || percent == 0) && deleted*100 > percent*existing
	}
	var many, large []string // messages for each exceeded limit
	lift, liftShare := 0, 0
	share := func(deleted, existing int, what string) {
		large = append(large, fmt.Sprintf("%d of %d %s would be deleted, more than the limit of %d %%", deleted, existing, what, percent))
		liftShare = max(liftShare, min(100, (deleted*100+existing-1)/max(existing, 1)))
	}
	for _, kind := range b.Catalog.Kinds() {
		deleted, members := 0, 0
		for _, c := range collections {
			if c.kind == kind {
				deleted, members = deleted+c.deleted, members+c.members
			}
		}
		existing := members
		if saved, known := b.Existing[kind.Name]; known {
			existing = saved - b.listedMembers(kind)
		}
		if deleted > most {
			many = append(many, fmt.Sprintf("%s would be deleted, more than the limit of %d", counted(deleted, kind), most))
			lift = max(lift, deleted)
		}
		if exceeds(deleted, existing) {
			share(deleted, existing, kind.Plural)
		}
		for _, c := range collections {
			if c.kind == kind && exceeds(c.deleted, c.members) && (c.deleted != deleted || c.members != existing) {
				share(c.deleted, c.members, kind.Plural+" of "+c.id.Parent.String())
			}
		}
	}
	for _, message := range many {
		b.violations = append(b.violations, Violation{Message: message, Flag: fmt.Sprintf("--delete-count %d", lift)})
	}
	for _, message := range large {
		b.violations = append(b.violations, Violation{Message: message, Flag: fmt.Sprintf("--delete-percent %d", liftShare)})
	}
}

// listedMembers counts the members of declared collections that are listed under
// removed.
func (b *builder) listedMembers(kind *resource.Kind) int {
	n := 0
	for c := range b.listed {
		if _, declared := b.Desired.Collections[c.Collection()]; declared && c.Kind.Name == kind.Name {
			n++
		}
	}
	return n
}

// checkEmpty finds the collections that are left empty.
func (b *builder) checkEmpty(collections []*deletions) {
	for _, c := range collections {
		if c.deleted == 0 || c.own < emptyFrom || c.leaving < c.own || c.arriving > 0 || slices.Contains(b.AllowEmpty, c.id) {
			continue
		}
		of := "the organisation"
		if !c.id.Parent.IsZero() {
			of = c.id.Parent.String()
		}
		b.violations = append(b.violations, Violation{
			Message: fmt.Sprintf("%s would be left without %s, it has %d", of, c.kind.Plural, c.own),
			Flag:    "--allow-empty " + c.id.String(),
		})
	}
}

// declaredMembers counts what exists of a kind in declared collections.
func declaredMembers(desired, current *resource.State, kind *resource.Kind) int {
	n := 0
	for _, r := range current.Resources {
		id := resource.CollectionID{Parent: r.Parent, Kind: kind.Name}
		if _, declared := desired.Collections[id]; declared && r.Kind.Name == kind.Name {
			n++
		}
	}
	return n
}

func irreversible(c *resource.Change) bool { return len(irreversibleFields(c)) > 0 }

// irreversibleFields names the fields that c changes irreversibly.
func irreversibleFields(c *resource.Change) []string {
	if c.Action == resource.Create {
		return nil
	}
	var names []string
	for _, change := range c.Fields {
		if f := c.Kind.Field(change.Name); f != nil && f.Irreversible { // nil for the key
			names = append(names, f.Name)
		}
	}
	return names
}
