package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What needs a deployment:
//
//   - A deployable resource (an environment) that this plan changes, itself or a
//     resource below it. A transfer changes both ends. Blocked changes are ignored, and
//     deleted environments are not deployed.
//   - A declared environment that already waits for a deployment, for any reason: an
//     earlier run, a failed deployment, a change in the control panel. The API returns
//     this (has_pending_changes), or the status of a resource in it implies it, or it was
//     never deployed and has commits. If the API does not return it, it is unknown, and a
//     note says that.
//   - A change of the application itself does not deploy any of its environments.
//
// A plan lists all of these. It makes them with --deploy, except those excluded by
// settings.deploy or a selection, and environments that were never deployed and have no
// commits, whose deployment would fail at every run. For deployments that are not made
// it says why they wait.
//
// A deployment is a step of the order (order.go): changes that it brings into effect
// come before it, steps that need it come after it. It also deploys what already waits:
// commits, and earlier changes. The plan lists them, as far as the API returns them.
// They are not part of the digest, since they may change until the apply.

// Deployment is an environment that is deployed or waits for a deployment.
type Deployment struct {
	Address resource.Address
	Kind    *resource.Kind
	// Reason counts what this plan changes, as text; "" if it changes nothing.
	Reason string
	// Changes are those at and below the address, which it brings into effect, and
	// Above those of its ancestors.
	Changes, Above []*resource.Change
	// Itself: the resource itself is created or changed, not only resources below it.
	// Rebuild: it needs a new image even if there are no new commits.
	Itself, Rebuild bool
	// Named: settings.deploy names it, so it is also deployed without commits.
	Named bool
	Along Along
	// Waits says why the plan does not make it, "" if it does.
	Waits string
}

// Along is what a deployment also deploys that is not part of this plan.
type Along struct {
	// Commits is their number, -1 if the API only says that there are some.
	Commits int64
	// Changes are the pending ones, as named by the API, and those implied by the
	// status of a resource in it.
	Changes []string
	// Status: the status of a resource in it says that it waits, or a saved plan changed
	// it, so the deployment is needed even if the API says otherwise.
	Status bool
	// Untold: the API does not return whether anything waits.
	Untold bool
	// First: it was never deployed, and has commits, so that a deployment is needed even
	// if nothing was changed since it was created.
	First bool
}

// findDeployments returns what needs a deployment: in the order of the changes, then
// what only waits, in the order of the files.
func (b *builder) findDeployments() []*Deployment {
	gone := b.deletedAddresses()
	found := b.changedDeployables(gone)
	changed := map[resource.Address]bool{}
	for _, d := range found {
		changed[d.Address] = true
	}
	unknown := 0
	for _, r := range b.desired {
		there := b.existing[r.Address]
		if r.Kind.Deploy == nil || changed[r.Address] || there == nil || !b.Select.deploys(r.Address) {
			continue
		}
		d := &Deployment{Address: r.Address, Kind: r.Kind}
		d.Along = b.along(d)
		switch _, told := there.Facts[r.Kind.Deploy.HasChanges].(bool); {
		case (len(d.Along.Changes) > 0 || d.Along.First || d.Along.Status) && !below(r.Address, gone):
			found = append(found, d)
		case !told:
			unknown++
		}
	}
	if unknown > 0 {
		text := fmt.Sprintf("it is unknown whether %d of the declared environments wait for a deployment: the API does not return it", unknown)
		if !b.Deploy {
			text += " in lists (with --deploy, each one is read)"
		}
		b.note(resource.Address{}, text)
	}
	for _, d := range found {
		d.Waits = b.whyWaits(d)
	}
	return found
}

// changedDeployables returns the deployable resources that this plan changes.
func (b *builder) changedDeployables(gone map[resource.Address]bool) []*Deployment {
	var found []*Deployment
	byAddress := map[resource.Address]*Deployment{}
	for _, c := range b.changes {
		if c.Blocked != "" {
			continue
		}
		for _, r := range []*resource.Resource{c.After, c.Before} {
			address, kind := b.deployable(r, c)
			if kind == nil || below(address, gone) {
				continue
			}
			d := byAddress[address]
			if d == nil {
				d = &Deployment{Address: address, Kind: kind}
				byAddress[address] = d
				found = append(found, d)
			}
			d.add(c)
		}
	}
	for _, d := range found {
		d.Reason = b.countChanges(d)
		d.Along = b.along(d)
		for _, c := range b.changes {
			if c.Address.Contains(d.Address) && c.Blocked == "" {
				d.Above = append(d.Above, c)
			}
		}
	}
	return found
}

// deletedAddresses are the addresses that changes delete.
func (b *builder) deletedAddresses() map[resource.Address]bool {
	gone := map[resource.Address]bool{}
	for _, c := range b.changes {
		if c.Action == resource.Delete && c.Blocked == "" {
			gone[c.Address] = true
		}
	}
	return gone
}

// below reports whether a or an ancestor is one of the addresses.
func below(a resource.Address, addresses map[resource.Address]bool) bool {
	for ; !a.IsZero(); a = a.Parent() {
		if addresses[a] {
			return true
		}
	}
	return false
}

// whyWaits says why a deployment is not made, or "".
func (b *builder) whyWaits(d *Deployment) string {
	d.Named = slices.ContainsFunc(b.Settings.Deploy, d.Address.Match)
	switch {
	case slices.Contains(b.Select.NotDeployed, d.Address):
		return "the saved plan does not deploy it"
	case b.Settings.Deploy != nil && !d.Named:
		return "settings.deploy does not match it"
	case !d.Named && neverDeployed(d.Kind.Deploy, b.existing[d.Address]):
		return NothingToDeploy
	case !b.Deploy:
		return NotAsked
	}
	return ""
}

// The reasons for waiting of an environment whose deployment would fail, and of one that
// --deploy would deploy.
const (
	NothingToDeploy = "it was never deployed and has no commits"
	NotAsked        = "--deploy was not passed"
)

// neverDeployed reports whether the API says that r was never deployed and has no
// commits.
func neverDeployed(deploy *resource.Deploy, r *resource.Resource) bool {
	return r != nil && deploy.NeverDeployed(r.Facts)
}

// add adds a change that the deployment brings into effect.
func (d *Deployment) add(c *resource.Change) {
	if slices.Contains(d.Changes, c) {
		return
	}
	d.Changes = append(d.Changes, c)
	if c.Address != d.Address {
		return
	}
	d.Itself = true
	for _, name := range d.Kind.Deploy.Rebuild {
		d.Rebuild = d.Rebuild || c.Action == resource.Update && c.Field(name) != nil
	}
}

// deployable returns what r is deployed with: itself, or the nearest deployable
// ancestor; a nil kind for none. c is the change that r is a side of.
func (b *builder) deployable(r *resource.Resource, c *resource.Change) (resource.Address, *resource.Kind) {
	if r == nil {
		return resource.Address{}, nil
	}
	address := r.Address
	if r == c.Before && c.After != nil && r.Parent == c.After.Parent {
		address = c.Address // renamed in place
	}
	for ; !address.IsZero(); address = address.Parent() {
		if kind := b.Catalog.Kind(address.Kind()); kind != nil && kind.Deploy != nil {
			return address, kind
		}
	}
	return resource.Address{}, nil
}

// countChanges describes what is changed: "the environment itself, 2 environment
// variables".
func (b *builder) countChanges(d *Deployment) string {
	seen := map[resource.Address]bool{}
	counts := map[string]int{}
	for _, c := range d.Changes {
		if !seen[c.Address] { // an update and a move of one variable count once
			seen[c.Address] = true
			counts[c.Kind.Name]++
		}
	}
	var parts []string
	for _, kind := range b.Catalog.Kinds() {
		switch n := counts[kind.Name]; {
		case n > 0 && kind.Name == d.Kind.Name:
			parts = append(parts, "the "+kind.Title+" itself")
		case n > 0:
			parts = append(parts, counted(n, kind))
		}
	}
	return strings.Join(parts, ", ")
}

// along reads the facts about what waits for a deployment. Items that are not text have
// an undocumented shape, and could contain anything.
func (b *builder) along(d *Deployment) Along {
	var a Along
	r := b.existing[d.Address]
	if r == nil {
		return a // it is created by this plan
	}
	deploy := d.Kind.Deploy
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
		a.Changes = append(a.Changes, "unnamed changes")
	}
	if toldPending && !r.Fact(deploy.HasChanges) {
		a.Changes = nil
	}
	for _, other := range b.Current.Resources {
		if other.Kind.Waiting != nil && d.Address.Contains(other.Address) {
			if text := other.Kind.Waiting(other); text != "" {
				a.Changes, a.Status = append(a.Changes, other.Address.String()+" "+text), true
			}
		}
	}
	last, toldLast := r.Facts[deploy.Last]
	a.First = toldLast && last == nil && (commits > 0 || r.Fact(deploy.HasCommits))
	a.Commits = commits
	if commits == 0 && r.Fact(deploy.HasCommits) {
		a.Commits = -1
	}
	// Of a change of the environment itself (its branch) the API may only say that there
	// are commits.
	a.Status = a.Status || a.Commits != 0 && slices.Contains(b.Select.Changed, d.Address)
	a.Untold = !toldChanges && !toldPending || !toldCommits && !toldSome
	return a
}
