package plan

import (
	"cmp"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// finish puts the plan together and counts.
func (b *builder) finish(deployments []*Deployment, steps []Step) *Plan {
	p := &Plan{
		Endpoint: b.Endpoint, Organisation: b.Current.Organisation,
		Changes: b.changes, Steps: steps, Deploy: b.Deploy, Deployments: deployments,
		Unmanaged: b.unmanaged, Uncompared: b.uncompared, MayWrite: b.mayWrite, Violations: b.violations,
		Warnings: tidy(b.warnings), Notes: tidy(b.notes),
	}
	for _, kind := range b.Catalog.Kinds() {
		if b.prunes(kind) {
			p.Pruned = append(p.Pruned, kind.Name)
		}
	}
	for _, text := range b.Current.Warnings {
		p.Warnings = append(p.Warnings, Note{Text: text})
	}
	p.Handles = b.handles()
	slices.SortFunc(p.Unmanaged, resource.Address.Compare)
	for _, fields := range [][]Field{p.Uncompared, p.MayWrite} {
		slices.SortFunc(fields, func(x, y Field) int {
			return x.Compare(y.FieldID)
		})
	}
	dependsOn(p)
	for _, c := range p.Changes {
		switch {
		case c.Blocked != "":
			p.Summary.Blocked++
		case c.Waiting:
			p.Summary.Waiting++
		default:
			*p.Summary.Count(c.Action)++
		}
	}
	p.Summary.Unmanaged, p.Summary.Uncompared = len(p.Unmanaged), len(p.Uncompared)
	p.Fingerprints, p.Siblings = b.fingerprints(), b.siblingsOfChanges()
	p.Digest = b.digest(p)
	return p
}

// Stops reports whether an apply of the plan would stop at a limit or a missing
// permission, or leave out something that is blocked.
func (p *Plan) Stops() bool { return len(p.Violations) > 0 || p.Summary.Blocked > 0 }

// Writes reports whether an apply of the plan would change or deploy something. Values
// that may be written do not count: that is known where the values are.
func (p *Plan) Writes() bool {
	return p.Deploys() > 0 || slices.ContainsFunc(p.Changes, func(c *resource.Change) bool { return c.Blocked == "" && !c.Waiting })
}

func tidy(notes []Note) []Note {
	slices.SortFunc(notes, func(x, y Note) int {
		return cmp.Or(x.Address.Compare(y.Address), cmp.Compare(x.Text, y.Text))
	})
	return slices.Compact(notes)
}

// handles returns the ids of existing resources, by the addresses that calls use.
func (b *builder) handles() map[resource.Address]string {
	handles := map[resource.Address]string{resource.TheOrganisation: b.Current.Organisation.Handle}
	for _, c := range b.collections {
		for _, r := range c.leftovers {
			handles[r.Address] = r.Handle
		}
		for _, pair := range c.pairs {
			switch {
			case pair.Current == nil:
			case pair.Desired != nil:
				handles[pair.Desired.Address] = pair.Current.Handle
			default:
				handles[pair.Current.Address] = pair.Current.Handle
			}
		}
	}
	for _, c := range b.changes {
		if c.Action == resource.Delete && c.Blocked == "" { // of several with one address, the one that is deleted
			handles[c.Address] = c.Before.Handle
		}
	}
	return handles
}

// dependsOn sets for each change the addresses of the changes that it waits for, from
// the steps.
func dependsOn(p *Plan) {
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Deployment != nil {
			continue
		}
		for _, id := range s.Needs {
			on := p.Steps[id].Address()
			if on != s.Change.Address && !slices.Contains(s.Change.DependsOn, on) {
				s.Change.DependsOn = append(s.Change.DependsOn, on)
			}
		}
	}
	for _, c := range p.Changes {
		slices.SortFunc(c.DependsOn, resource.Address.Compare)
		c.DependsOn = slices.Compact(c.DependsOn)
	}
}

// markWaiting finds the changes of which every step waits for a deployment that the
// plan does not make.
func markWaiting(steps []Step) {
	waits := make([]bool, len(steps))
	acts := map[*resource.Change]bool{}
	for i, s := range steps {
		waits[i] = s.Waits != "" || slices.ContainsFunc(s.Needs, func(id int) bool { return waits[id] })
		if s.Change != nil {
			s.Change.Waiting = waits[i] && !acts[s.Change]
			acts[s.Change] = acts[s.Change] || !waits[i]
		}
	}
}
