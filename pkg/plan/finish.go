package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Fingerprint describes a resource that the plan touches: its id, its parent and its
// managed fields (all of them if it is to be deleted, replaced or transferred), its
// absence for a create, the ids of its siblings in order if the plan moves, prunes or
// pairs by assignment. No dates, states, order numbers or secrets. Two reads of an
// unchanged resource give the same Hash.
type Fingerprint struct {
	Address resource.Address `json:"address"`
	Exists  bool             `json:"exists"`
	Hash    string           `json:"hash"` // hexadecimal SHA-256
}

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
	p.Fingerprints = b.fingerprints()
	p.Digest = digest(p, patternTexts(b.Settings.Deploy))
	return p
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

func (b *builder) fingerprints() []Fingerprint {
	type look struct {
		Handle   string           `json:"id"`
		Parent   resource.Address `json:"parent,omitzero"`
		Fields   map[string]any   `json:"fields"`
		Siblings []string         `json:"siblings,omitempty"`
		Leftover string           `json:"leftover,omitempty"`
	}
	looks := map[resource.Address]*look{}
	siblings := map[resource.CollectionID][]string{}
	for _, c := range b.changes {
		if c.Blocked != "" {
			continue
		}
		l := looks[c.Address]
		if l == nil {
			l = &look{}
			looks[c.Address] = l
		}
		if c.Before != nil && l.Handle == "" {
			l.Handle, l.Parent, l.Fields = c.Before.Handle, c.Before.Parent, managed(c)
		}
		if c.Leftover != nil {
			l.Leftover = c.Leftover.Handle
		}
		if !c.Kind.KeyInAPI() || c.Action == resource.Move || c.Action == resource.Delete {
			id := c.Collection()
			if _, known := siblings[id]; !known {
				siblings[id] = b.siblings(id)
			}
			l.Siblings = siblings[id]
		}
	}
	var out []Fingerprint
	for _, address := range resource.SortedAddresses(looks) {
		out = append(out, Fingerprint{Address: address, Exists: looks[address].Handle != "", Hash: hash(looks[address])})
	}
	return out
}

// managed are the current fields that are part of the fingerprint: the declared ones,
// or all if the resource is deleted. A read for --base may contain more.
func managed(c *resource.Change) map[string]any {
	if c.Action != resource.Update && c.Action != resource.Move {
		return c.Before.Fields
	}
	fields := map[string]any{}
	for name, value := range c.Before.Fields {
		if c.After.Has(name) {
			fields[name] = value
		}
	}
	return fields
}

// siblings are the ids of a collection: in server order if order is managed, else
// sorted.
func (b *builder) siblings(id resource.CollectionID) []string {
	var handles []string
	for _, r := range b.Current.Resources {
		if r.Parent == id.Parent && r.Kind.Name == id.Kind {
			handles = append(handles, r.Handle)
		}
	}
	if b.Catalog.Kind(id.Kind).Order == nil {
		slices.Sort(handles)
	}
	return handles
}

// digest identifies the changes of the plan and the resources. A new masked value is
// represented by its source, which is known without the value and was reviewed; one
// that is written in the file by a mask. Masked values that are only rewritten are
// excluded, so that a plan made without the secrets has the same digest. Deployments
// that the changes require are part of it, resources that only wait for one are not.
func digest(p *Plan, deploy []string) string {
	type field struct {
		Name          string `json:"name"`
		Before, After any
	}
	type change struct {
		Address  resource.Address
		Action   resource.Action
		Fields   []field
		Position *resource.Place
		Blocked  bool
		Sources  map[string]any `json:",omitempty"`
	}
	whole := struct {
		Endpoint, Organisation string
		Changes                []change
		Fingerprints           []Fingerprint
		Deploy                 bool
		DeployOnly             []string           `json:",omitempty"`
		Deployments            []resource.Address `json:",omitempty"`
	}{Endpoint: p.Endpoint, Organisation: p.Organisation.Handle, Deploy: p.Deploy, DeployOnly: deploy}
	for _, d := range p.Deployments {
		if d.Reason != "" && d.Waits == "" {
			whole.Deployments = append(whole.Deployments, d.Address)
		}
	}
	rewritten, inside := map[resource.Address]bool{}, map[resource.Address]bool{}
	for _, c := range p.Changes {
		if rewrites(c) {
			rewritten[c.Address] = true
			continue
		}
		inside[c.Address] = true
		out := change{
			Address: c.Address, Action: c.Action, Position: c.Position, Blocked: c.Blocked != "",
			Sources: newSources(c),
		}
		for _, f := range c.Fields {
			if f.Masked && c.Action != resource.Create {
				continue // whether it differs is only known if the value is available
			}
			if f.Masked {
				f.Before, f.After = resource.Hidden, resource.Hidden
			}
			out.Fields = append(out.Fields, field{f.Name, f.Before, f.After})
		}
		whole.Changes = append(whole.Changes, out)
	}
	for _, f := range p.Fingerprints {
		if inside[f.Address] || !rewritten[f.Address] {
			whole.Fingerprints = append(whole.Fingerprints, f)
		}
	}
	return "sha256:" + hash(whole)
}

// newSources are the sources of the masked values of a create or a replacement, by
// field.
func newSources(c *resource.Change) map[string]any {
	if c.After == nil || c.Action != resource.Create && c.Action != resource.Replace {
		return nil
	}
	sources := map[string]any{}
	for _, f := range c.Kind.Fields {
		if source, ok := c.After.SourceOf(f.Name); ok {
			source.Dir = ""
			sources[f.Name] = source
		}
	}
	return sources
}

func hash(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("plan: a value that cannot be written as JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
