package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What takes a deployment:
//
//   - Whatever can be deployed (an environment) and is changed by this plan, itself
//     or in something that sits in it. A transfer changes both ends. Blocked
//     changes count for nothing, and what is deleted is not deployed.
//   - Nothing else: what somebody else left undeployed elsewhere is not ours, and a
//     change of an application alone does not decide which of its environments are
//     deployed, and when.
//   - A deployment takes along what waits for one already: commits, and changes that
//     were made before. The plan says which, as far as the API does. They are
//     not part of the digest: they may be others by the time of the apply.

// Deployment is what is deployed after the changes have been made.
type Deployment struct {
	Address resource.Address
	Kind    *resource.Kind
	// Reason counts what is changed, for people.
	Reason string
	// Changes are what it rests on: those at and below the address, which it
	// brings into effect, and those of what the address sits in.
	Changes []*resource.Change
	// Itself: the resource is created or changed, and not only what is in it.
	// Rebuild: it needs a new image even if there are no new commits.
	Itself, Rebuild bool
	Along           Along
}

// Along is what a deployment takes along that this plan did not ask for.
type Along struct {
	// Commits is their number, -1 where the API only says that there are some.
	Commits int64
	// Changes are the pending ones, in the API's words.
	Changes []string
	// Untold: the API does not say whether there is anything.
	Untold bool
}

// deployments gives what takes a deployment, in the order in which the changes
// first mention it.
func (b *builder) deployments() []Deployment {
	var found []*Deployment
	byAddress := map[resource.Address]*Deployment{}
	gone := map[resource.Address]bool{}
	for _, c := range b.changes {
		if c.Blocked != "" {
			continue
		}
		if c.Action == resource.Delete {
			gone[c.Address] = true
		}
		for _, r := range []*resource.Resource{c.After, c.Before} {
			address, kind := b.deployable(r, c)
			if kind == nil {
				continue
			}
			d := byAddress[address]
			if d == nil {
				d = &Deployment{Address: address, Kind: kind}
				byAddress[address] = d
				found = append(found, d)
			}
			d.rest(c, c.Address == address)
		}
	}
	var out []Deployment
	for _, d := range found {
		above := b.above(d.Address)
		if gone[d.Address] || slices.ContainsFunc(above, func(a resource.Address) bool { return gone[a] }) {
			continue
		}
		d.Reason = b.countChanges(d)
		d.Along = along(d.Kind.Deploy, b.existing[d.Address])
		for _, c := range b.changes {
			if slices.Contains(above, c.Address) && c.Blocked == "" {
				d.Changes = append(d.Changes, c)
			}
		}
		out = append(out, *d)
	}
	return out
}

// rest adds a change that the deployment brings into effect.
func (d *Deployment) rest(c *resource.Change, itself bool) {
	if slices.Contains(d.Changes, c) {
		return
	}
	d.Changes = append(d.Changes, c)
	if !itself {
		return
	}
	d.Itself = true
	for _, name := range d.Kind.Deploy.Rebuild {
		d.Rebuild = d.Rebuild || c.Action == resource.Update && c.Field(name) != nil
	}
}

// deployable gives what r is deployed with: itself, or the nearest above it that
// can be deployed; a nil kind for nothing. c is the change that r is a side of.
func (b *builder) deployable(r *resource.Resource, c *resource.Change) (resource.Address, *resource.Kind) {
	if r == nil {
		return "", nil
	}
	address, parent := r.Address, r.Parent
	if r == c.Before && c.After != nil && r.Parent == c.After.Parent {
		address = c.Address // renamed in its place
	}
	for kind := r.Kind; kind != nil; kind = b.kinds[kind.Parent] {
		if kind.Deploy != nil {
			return address, kind
		}
		address, parent = parent, b.parentOf(parent)
	}
	return "", nil
}

// parentOf finds what a declared or existing resource sits in.
func (b *builder) parentOf(a resource.Address) resource.Address {
	if r := b.wanted[a]; r != nil {
		return r.Parent
	}
	if r := b.existing[a]; r != nil {
		return r.Parent
	}
	return ""
}

// above are the addresses that a sits in.
func (b *builder) above(a resource.Address) []resource.Address {
	var found []resource.Address
	for at := b.parentOf(a); at != ""; at = b.parentOf(at) {
		found = append(found, at)
	}
	return found
}

// countChanges says what is changed: "the environment, 2 environment variables".
func (b *builder) countChanges(d *Deployment) string {
	seen := map[resource.Address]bool{}
	counts := map[string]int{}
	for _, c := range d.Changes {
		if !seen[c.Address] { // a value and a place of one variable are one
			seen[c.Address] = true
			counts[c.Kind.Name]++
		}
	}
	var parts []string
	for _, kind := range b.Kinds {
		switch n := counts[kind.Name]; {
		case n > 0 && kind.Name == d.Kind.Name:
			parts = append(parts, "the "+kind.Title+" itself")
		case n == 1:
			parts = append(parts, "1 "+kind.Title)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, kind.Plural))
		}
	}
	return strings.Join(parts, ", ")
}

// along reads the facts about what waits for a deployment. Items that are not text
// have a shape that the API does not document, and could hold anything.
func along(deploy *resource.Deploy, r *resource.Resource) Along {
	var a Along
	if r == nil {
		return a // it is about to be created
	}
	changes, toldChanges := r.Facts[deploy.Changes].([]any)
	_, toldPending := r.Facts[deploy.HasChanges].(bool)
	commits, toldCommits := r.Facts[deploy.Commits].(int64)
	_, toldSome := r.Facts[deploy.HasCommits].(bool)
	for _, item := range changes {
		if name, _ := item.(string); name != "" {
			a.Changes = append(a.Changes, name)
		}
	}
	if len(a.Changes) < len(changes) || len(changes) == 0 && r.Fact(deploy.HasChanges) {
		a.Changes = append(a.Changes, "changes that the API does not name")
	}
	a.Commits = commits
	if commits == 0 && r.Fact(deploy.HasCommits) {
		a.Commits = -1
	}
	a.Untold = !toldChanges && !toldPending || !toldCommits && !toldSome
	return a
}
