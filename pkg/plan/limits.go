package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Limits and permissions. A violation stops an apply before its first write; a plan
// only lists the violations, with the flag that permits each:
//
//   - more deletions of one kind than the limits of the settings or flags; by default
//     20, and 30 % if ten or more exist;
//   - the deletion or replacement of a precious resource, and irreversible changes,
//     without --allow-destroy and exactly this address, or for a deletion an entry
//     under removed with its id;
//   - the creation of a resource that may exist although it was not found, without
//     --allow-create.
//
// Only selected, existing resources are counted that are not blocked and do not wait for
// a deployment that the plan does not make, as a percentage of those in the collections
// that were read; a saved plan keeps that number. If several kinds exceed a limit, the
// value of the flag is high enough for all of them.

// Default limits on deletions of one kind.
const (
	defaultDeletePercent = 30
	defaultDeleteCount   = 20
	// percentFrom is the number of existing resources from which the percentage
	// applies: one of two is no mass deletion.
	percentFrom = 10
)

// checkLimits finds the violations that stop apply.
func (b *builder) checkLimits() {
	deleted := map[string]int{}
	for _, c := range b.changes {
		if c.Blocked != "" {
			continue
		}
		if c.Action == resource.Delete && !c.Implied && !b.listed[c] && !c.Waiting {
			deleted[c.Kind.Name]++
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
			case c.Action == resource.Delete:
				v.Entry = removedEntry(c.Before)
			case destroys && c.Action == resource.Update:
				v.Entry = removedEntry(c.Leftover)
			}
			b.violations = append(b.violations, v)
		}
	}
	b.limits(deleted)
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

// removedEntry is the line under removed that permits to delete r.
func removedEntry(r *resource.Resource) string {
	return fmt.Sprintf("- { address: %s, id: %s }", r.Address, r.Handle)
}

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

// limits compares the deletions of each kind with the limits.
func (b *builder) limits(deleted map[string]int) {
	most, percent := defaultDeleteCount, defaultDeletePercent
	if b.Settings.DeleteCount != nil {
		most = *b.Settings.DeleteCount
	}
	if b.Settings.DeletePercent != nil {
		percent = *b.Settings.DeletePercent
	}
	from := percentFrom
	if b.Settings.DeletePercent != nil {
		from = 1 // an explicit percentage always applies
	}
	var many, large []string // messages for each exceeded limit
	lift, liftShare := 0, 0
	for _, kind := range b.Catalog.Kinds() {
		n, existing := deleted[kind.Name], declaredMembers(b.Desired, b.Current, kind)
		if b.Existing != nil {
			existing = b.Existing[kind.Name]
		}
		for c := range b.listed {
			if _, declared := b.Desired.Collections[c.Collection()]; declared && c.Kind.Name == kind.Name {
				existing--
			}
		}
		if n > most {
			many = append(many, fmt.Sprintf("%s would be deleted, more than the limit of %d", counted(n, kind), most))
			lift = max(lift, n)
		}
		if existing >= from && n*100 > percent*existing {
			large = append(large, fmt.Sprintf("%d of %d %s would be deleted, more than the limit of %d %%", n, existing, kind.Plural, percent))
			liftShare = max(liftShare, (n*100+existing-1)/existing)
		}
	}
	for _, message := range many {
		b.violations = append(b.violations, Violation{Message: message, Flag: fmt.Sprintf("--delete-count %d", lift)})
	}
	for _, message := range large {
		b.violations = append(b.violations, Violation{Message: message, Flag: fmt.Sprintf("--delete-percent %d", liftShare)})
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
