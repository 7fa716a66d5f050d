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
//     or in something that is in it. A transfer changes both ends. Blocked changes
//     count for nothing, and what is deleted is not deployed.
//   - Whatever is declared and waits for a deployment already, whoever caused that:
//     an earlier run, a failed deployment, a click. The API says so
//     (has_pending_changes), or the status of something in it does. Where the API
//     does not say, it is unknown, and a note says that.
//   - A change of an application alone does not decide which of its environments are
//     deployed, and when.
//
// A plan lists all of these. It makes them where deploying is asked for (--deploy),
// with the exceptions of settings.deploy, of a selection, and of what was never
// deployed and has no commits: that could only fail, at every run. Of those that are
// not made it says why they wait.
//
// A deployment is a step of the order (order.go): what it brings into effect comes
// before it, what needs it comes after it. It takes along what waits already:
// commits, and changes that were made before. The plan says which, as far as the API
// does. They are not part of the digest: they may be others by the time of the apply.

// Deployment is one thing that is deployed, or waits for it.
type Deployment struct {
	Address resource.Address
	Kind    *resource.Kind
	// Reason counts what this plan changes, for people; "" where it changes nothing.
	Reason string
	// Changes are those at and below the address, which it brings into effect, and
	// Above those of what the address stands in.
	Changes, Above []*resource.Change
	// Itself: the resource is created or changed, and not only what is in it.
	// Rebuild: it needs a new image even if there are no new commits.
	Itself, Rebuild bool
	// Named: settings.deploy names it, so that it is deployed without commits too.
	Named bool
	Along Along
	// Waits says why the plan does not make it, "" where it does.
	Waits string
}

// Along is what a deployment takes along that this plan did not ask for.
type Along struct {
	// Commits is their number, -1 where the API only says that there are some.
	Commits int64
	// Changes are the pending ones, in the API's words, and what the status of
	// something in it says.
	Changes []string
	// Status: the status of something in it says that it waits, so that it is needed
	// whatever else the API says.
	Status bool
	// Untold: the API does not say whether there is anything.
	Untold bool
}

// findDeployments gives what takes a deployment: in the order in which the changes
// first mention it, then what only waits, in the order of the files.
func (b *builder) findDeployments() []*Deployment {
	found := b.changedDeployables()
	changed := map[resource.Address]bool{}
	for _, d := range found {
		changed[d.Address] = true
	}
	unknown := 0
	for _, r := range b.desired {
		there := b.existing[r.Address]
		if r.Kind.Deploy == nil || changed[r.Address] || there == nil || !b.Select.Covers(r.Address) {
			continue
		}
		d := &Deployment{Address: r.Address, Kind: r.Kind}
		d.Along = b.along(d)
		switch _, told := there.Facts[r.Kind.Deploy.HasChanges].(bool); {
		case len(d.Along.Changes) > 0 && !b.deleted(r.Address):
			found = append(found, d)
		case !told:
			unknown++
		}
	}
	if unknown > 0 {
		text := fmt.Sprintf("it is not known whether %d of the declared environments wait for a deployment: the API does not say", unknown)
		if !b.Deploy {
			text += " in its lists (with --deploy each is asked)"
		}
		b.note(resource.Address{}, text)
	}
	for _, d := range found {
		d.Waits = b.whyWaits(d)
	}
	return found
}

// changedDeployables gives what can be deployed and is changed by this plan.
func (b *builder) changedDeployables() []*Deployment {
	var found []*Deployment
	byAddress := map[resource.Address]*Deployment{}
	for _, c := range b.changes {
		if c.Blocked != "" {
			continue
		}
		for _, r := range []*resource.Resource{c.After, c.Before} {
			address, kind := b.deployable(r, c)
			if kind == nil || b.deleted(address) {
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

// deleted reports whether a change deletes a or something above it.
func (b *builder) deleted(a resource.Address) bool {
	return slices.ContainsFunc(b.changes, func(c *resource.Change) bool {
		return c.Action == resource.Delete && c.Blocked == "" && (c.Address == a || c.Address.Contains(a))
	})
}

// whyWaits says why a deployment is not made, or "".
func (b *builder) whyWaits(d *Deployment) string {
	d.Named = slices.ContainsFunc(b.Settings.Deploy, d.Address.Match)
	switch {
	case !b.Deploy:
		return "deploying was not asked for (--deploy)"
	case b.Settings.Deploy != nil && !d.Named:
		return "settings.deploy does not name it"
	case !d.Named && neverDeployed(d.Kind.Deploy, b.existing[d.Address]):
		return NothingToDeploy
	}
	return ""
}

// NothingToDeploy is why an environment waits whose deployment could only fail.
const NothingToDeploy = "it was never deployed and has no commits"

// neverDeployed reports whether the API says that r was never deployed, and that
// there are no commits that could be.
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

// deployable gives what r is deployed with: itself, or the nearest above it that
// can be deployed; a nil kind for nothing. c is the change that r is a side of.
func (b *builder) deployable(r *resource.Resource, c *resource.Change) (resource.Address, *resource.Kind) {
	if r == nil {
		return resource.Address{}, nil
	}
	address := r.Address
	if r == c.Before && c.After != nil && r.Parent == c.After.Parent {
		address = c.Address // renamed in its place
	}
	for ; !address.IsZero(); address = address.Parent() {
		if kind := b.Catalog.Kind(address.Kind()); kind != nil && kind.Deploy != nil {
			return address, kind
		}
	}
	return resource.Address{}, nil
}

// countChanges says what is changed: "the environment itself, 2 environment
// variables".
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

// along reads the facts about what waits for a deployment. Items that are not text
// have a shape that the API does not document, and could hold anything.
func (b *builder) along(d *Deployment) Along {
	var a Along
	r := b.existing[d.Address]
	if r == nil {
		return a // it is about to be created
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
		a.Changes = append(a.Changes, "changes that the API does not name")
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
	a.Commits = commits
	if commits == 0 && r.Fact(deploy.HasCommits) {
		a.Commits = -1
	}
	a.Untold = !toldChanges && !toldPending || !toldCommits && !toldSome
	return a
}
