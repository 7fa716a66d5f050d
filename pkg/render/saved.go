package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// A saved plan contains the plan as JSON, for readers. Here it becomes a plan again, so
// that it is shown as it was shown when it was made. The result has no steps: what is
// applied is always a plan that was just made.

// savedDocument is the JSON of a plan, as far as it is shown.
type savedDocument struct {
	Digest       string         `json:"digest"`
	Endpoint     string         `json:"endpoint"`
	Organisation nameAndID      `json:"organisation"`
	Changes      []savedChange  `json:"changes"`
	Unmanaged    []savedAddress `json:"unmanaged"`
	Uncompared   []savedAddress `json:"uncompared"`
	MayWrite     []savedAddress `json:"may_write"`
	Violations   []struct {
		savedAddress
		Message string `json:"message"`
		Flag    string `json:"flag"`
		Entry   string `json:"removed_entry"`
	} `json:"violations"`
	Deployments []struct {
		savedAddress
		Reason         string   `json:"reason"`
		ForeignCommits int64    `json:"foreign_commits"`
		ForeignChanges []string `json:"foreign_changes"`
		ForeignUntold  bool     `json:"foreign_untold"`
		Waits          string   `json:"waits"`
	} `json:"deployments"`
	Warnings []savedNote     `json:"warnings"`
	Notes    []savedNote     `json:"notes"`
	Summary  planSummaryJSON `json:"summary"`
}

type savedAddress struct {
	Address string `json:"address"`
	Field   string `json:"field"`
}

type savedNote struct {
	savedAddress
	Text string `json:"text"`
}

type savedChange struct {
	savedAddress
	Action   resource.Action `json:"action"`
	Reason   string          `json:"reason"`
	Source   *diag.Position  `json:"source"`
	Fields   []savedField    `json:"fields"`
	Blocked  string          `json:"blocked"`
	Needs    string          `json:"needs"`
	Position *struct {
		Before string `json:"before"`
		After  string `json:"after"`
	} `json:"position"`
	Drift bool `json:"drift"`
}

type savedField struct {
	Name      string           `json:"name"`
	Before    json.RawMessage  `json:"before"`
	After     json.RawMessage  `json:"after"`
	Sensitive bool             `json:"sensitive"`
	From      *resource.Source `json:"value_from"`
	Drift     bool             `json:"drift"`
}

// SavedPlan returns the plan in a saved plan, for printing only. The error is
// [plan.ErrNotAPlan] if it contains kinds that this version does not know.
func SavedPlan(catalog *resource.Catalog, s *plan.Saved) (*plan.Plan, error) {
	r := &savedReader{catalog: catalog, saved: s}
	var d savedDocument
	if err := json.Unmarshal(s.Plan, &d); err != nil {
		return nil, fmt.Errorf("%w: the plan in it cannot be read: %w", plan.ErrNotAPlan, err)
	}
	p := r.plan(&d)
	return p, r.err
}

// savedReader makes values of a document, and keeps the first problem.
type savedReader struct {
	catalog *resource.Catalog
	saved   *plan.Saved
	err     error
}

func (r *savedReader) plan(d *savedDocument) *plan.Plan {
	p := &plan.Plan{
		Digest: d.Digest, Endpoint: d.Endpoint, Organisation: resource.Ref{Name: d.Organisation.Name, Handle: d.Organisation.ID},
		Deploy: r.saved.Settings.Deploy, Uncompared: r.fields(d.Uncompared), MayWrite: r.fields(d.MayWrite),
		Warnings: r.notes(d.Warnings), Notes: r.notes(d.Notes), Summary: plan.Summary(d.Summary),
	}
	for _, kind := range r.catalog.Kinds() {
		if slices.Contains(r.saved.Settings.Prune, kind.Collection) {
			p.Pruned = append(p.Pruned, kind.Name)
		}
	}
	for i := range d.Changes {
		p.Changes = append(p.Changes, r.change(i, &d.Changes[i]))
	}
	for _, a := range d.Unmanaged {
		p.Unmanaged = append(p.Unmanaged, r.address(a.Address))
	}
	for _, v := range d.Violations {
		p.Violations = append(p.Violations, plan.Violation{Address: r.address(v.Address), Message: v.Message, Flag: v.Flag, Entry: v.Entry})
	}
	for _, one := range d.Deployments {
		a := r.address(one.Address)
		p.Deployments = append(p.Deployments, &plan.Deployment{
			Address: a, Kind: r.catalog.Kind(a.Kind()), Reason: one.Reason, Waits: one.Waits,
			Along: plan.Along{Commits: one.ForeignCommits, Changes: one.ForeignChanges, Untold: one.ForeignUntold},
		})
	}
	return p
}

// change makes a change. What the document leaves out (where the resource is, whether it
// exists) is in the saved changes, which are in the same order.
func (r *savedReader) change(i int, d *savedChange) *resource.Change {
	a := r.address(d.Address)
	c := &resource.Change{
		Address: a, Kind: r.catalog.Kind(a.Kind()), Action: d.Action, Reason: d.Reason, Blocked: d.Blocked, Needs: d.Needs, Drift: d.Drift,
	}
	if c.Kind == nil || i >= len(r.saved.Changes) {
		r.fail(d.Address)
		c.Kind = &resource.Kind{}
		return c
	}
	was := r.saved.Changes[i]
	c.Waiting, c.Implied = was.Waiting, was.Implied
	if d.Source != nil {
		c.At = *d.Source
	}
	if d.Position != nil {
		c.Position = &resource.Place{Before: r.address(d.Position.Before), After: r.address(d.Position.After)}
	}
	side := func(parent resource.Address) *resource.Resource {
		return &resource.Resource{Kind: c.Kind, Address: a, Key: a.Key(), Parent: parent, Sources: map[string]resource.Source{}}
	}
	if was.ID != "" || d.Action == resource.Delete {
		c.Before = side(r.address(was.Parent))
	}
	if d.Action != resource.Delete {
		c.After = side(a.Parent())
	}
	for _, f := range d.Fields {
		c.Fields = append(c.Fields, r.fieldChange(c, f))
		if f.From != nil && c.After != nil {
			c.After.Sources[f.Name] = *f.From
		}
	}
	return c
}

func (r *savedReader) fieldChange(c *resource.Change, d savedField) resource.FieldChange {
	f := resource.FieldChange{Name: d.Name, Masked: d.Sensitive, Drift: d.Drift, HasBefore: d.Before != nil}
	about := c.Kind.Field(d.Name)
	if about == nil {
		about = &resource.Field{}
	}
	f.Before, f.After = r.value(about, d.Before), r.value(about, d.After)
	return f
}

// value is a value of a field: the name of a reference is not a text.
func (r *savedReader) value(about *resource.Field, text json.RawMessage) resource.Value {
	if text == nil {
		return nil
	}
	var v any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		r.fail(about.Name)
	}
	if name, ok := v.(string); ok && about.Type == resource.Reference {
		return resource.Ref{Name: name}
	}
	return new(resource.Field).Normal(v)
}

// fields are fields that cannot be compared; which of them are secret is known from
// their kind.
func (r *savedReader) fields(list []savedAddress) []plan.Field {
	var out []plan.Field
	for _, d := range list {
		id := resource.FieldID{Address: r.address(d.Address), Name: d.Field}
		field := plan.Field{FieldID: id}
		if kind := r.catalog.Kind(id.Address.Kind()); kind != nil && kind.Field(d.Field) != nil {
			about := kind.Field(d.Field)
			field.Masked = about.Display != resource.Shown
			field.WriteOnly = !field.Masked && about.WriteOnly
		}
		out = append(out, field)
	}
	return out
}

func (r *savedReader) notes(list []savedNote) []plan.Note {
	var out []plan.Note
	for _, n := range list {
		out = append(out, plan.Note{Address: r.address(n.Address), Text: n.Text})
	}
	return out
}

// address parses an address. That of an existing resource may have a key that the files
// could not declare; it is kept as it is.
func (r *savedReader) address(text string) resource.Address {
	if text == "" {
		return resource.Address{}
	}
	a, err := r.catalog.Parse(text)
	if err == nil {
		return a
	}
	name, path, _ := strings.Cut(text, ".")
	kind := r.catalog.Kind(name)
	if kind == nil {
		r.fail(text)
		return resource.Address{}
	}
	if parent, key, ok := cutParent(path, r.catalog.Depth(kind)); ok {
		return resource.NewAddress(name, r.address(kind.Parent+"."+parent), key)
	}
	return resource.NewAddress(name, resource.Address{}, path)
}

// cutParent splits a path of depth parts in front of its last part.
func cutParent(path string, depth int) (parent, key string, ok bool) {
	parts := strings.SplitN(path, "/", depth)
	if depth < 2 || len(parts) != depth {
		return "", "", false
	}
	return strings.Join(parts[:depth-1], "/"), parts[depth-1], true
}

func (r *savedReader) fail(text string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: it contains %s, which is unknown to this version", plan.ErrNotAPlan, text)
	}
}
