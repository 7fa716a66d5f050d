package render

import (
	"io"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The JSON of a plan. Optional keys are left out, never null: null is a value that a
// field can have. Lists are present even if empty.
type planDocument struct {
	FormatVersion string           `json:"format_version"`
	Digest        string           `json:"digest,omitempty"`
	Endpoint      string           `json:"endpoint"`
	Organisation  nameAndID        `json:"organisation"`
	Changes       []changeDocument `json:"changes"`
	Unmanaged     []unmanagedJSON  `json:"unmanaged"`
	Uncompared    []uncomparedJSON `json:"uncompared"`
	MayWrite      []uncomparedJSON `json:"may_write"`
	Violations    []violationJSON  `json:"violations"`
	Deployments   []plannedJSON    `json:"deployments"`
	Warnings      []noteJSON       `json:"warnings"`
	Notes         []noteJSON       `json:"notes"`
	Summary       planSummaryJSON  `json:"summary"`
	Incomplete    bool             `json:"incomplete,omitempty"`
	Error         *failureJSON     `json:"error,omitempty"`
}

type nameAndID struct {
	Name string `json:"name"`
	ID   string `json:"id,omitempty"`
}

type changeDocument struct {
	Address   resource.Address   `json:"address"`
	Kind      string             `json:"kind"`
	Action    resource.Action    `json:"action"`
	Reason    string             `json:"reason"`
	Source    *diag.Position     `json:"source,omitempty"`
	Fields    []fieldJSON        `json:"fields"`
	DependsOn []resource.Address `json:"depends_on"`
	Blocked   string             `json:"blocked,omitempty"`
	Needs     string             `json:"needs,omitempty"`
	Position  *resource.Place    `json:"position,omitempty"`
	Drift     bool               `json:"drift,omitempty"`
}

// fieldJSON leaves out both values if they are secret, and the value before if there
// was none or it is unknown.
type fieldJSON struct {
	Name      string          `json:"name"`
	Before    *resource.Value `json:"before,omitempty"`
	After     *resource.Value `json:"after,omitempty"`
	Sensitive bool            `json:"sensitive"`
	From      any             `json:"value_from,omitempty"`
	Drift     bool            `json:"drift,omitempty"`
}

type unmanagedJSON struct {
	Address resource.Address `json:"address"`
	Kind    string           `json:"kind"`
}

type uncomparedJSON struct {
	Address resource.Address `json:"address"`
	Field   string           `json:"field"`
}

type violationJSON struct {
	Address resource.Address `json:"address,omitzero"`
	Message string           `json:"message"`
	Flag    string           `json:"flag,omitempty"`
	Entry   string           `json:"removed_entry,omitempty"`
}

type noteJSON struct {
	Address resource.Address `json:"address,omitzero"`
	Text    string           `json:"text"`
}

type planSummaryJSON struct {
	Create     int `json:"create"`
	Update     int `json:"update"`
	Replace    int `json:"replace"`
	Move       int `json:"move"`
	Transfer   int `json:"transfer"`
	Delete     int `json:"delete"`
	Blocked    int `json:"blocked"`
	Waiting    int `json:"waiting"`
	Unmanaged  int `json:"unmanaged"`
	Uncompared int `json:"uncompared"`
}

// PlanJSON prints a plan as one JSON document. A failure that occurred after the plan
// was made is part of the same document; nil is none. It fails on a plan whose counts
// disagree with its content.
func PlanJSON(w io.Writer, p *plan.Plan, failure *Failure) error {
	view, err := viewPlan(p)
	if err != nil {
		return err
	}
	return writeJSON(w, view.document(failure))
}

func (v *planView) document(failure *Failure) planDocument {
	p := v.plan
	d := planDocument{
		FormatVersion: formatVersion, Digest: p.Digest, Endpoint: p.Endpoint,
		Organisation: nameAndID{p.Organisation.String(), p.Organisation.Handle},
		Changes:      []changeDocument{}, Unmanaged: []unmanagedJSON{}, Uncompared: fieldsJSON(p.Uncompared), MayWrite: fieldsJSON(p.MayWrite),
		Violations: []violationJSON{}, Warnings: notesJSON(p.Warnings), Notes: notesJSON(p.Notes),
		Summary: planSummaryJSON(p.Summary), Error: failure.document(),
		Incomplete: len(p.Unread) > 0,
	}
	for _, c := range p.Changes {
		d.Changes = append(d.Changes, documentOf(c))
	}
	for _, a := range p.Unmanaged {
		d.Unmanaged = append(d.Unmanaged, unmanagedJSON{a, a.Kind()})
	}
	d.Deployments = plannedDeployments(p)
	for _, b := range p.Violations {
		d.Violations = append(d.Violations, violationJSON(b))
	}
	return d
}

func documentOf(c *resource.Change) changeDocument {
	d := changeDocument{
		Address: c.Address, Kind: c.Kind.Name, Action: c.Action, Reason: c.Reason,
		Fields: []fieldJSON{}, DependsOn: append([]resource.Address{}, c.DependsOn...),
		Blocked: c.Blocked, Needs: c.Needs, Position: c.Position, Drift: c.Drift,
	}
	if !c.At.IsZero() {
		d.Source = &c.At
	}
	for _, f := range c.Fields {
		out := fieldJSON{Name: f.Name, Sensitive: hidden(c, f), Drift: f.Drift}
		if source, ok := sourceOf(c, f); ok && out.Sensitive {
			source.Exec = source.Exec[:min(1, len(source.Exec))]
			out.From = source
		}
		if !out.Sensitive {
			out.After = &f.After
			if f.HasBefore {
				out.Before = &f.Before
			}
		}
		d.Fields = append(d.Fields, out)
	}
	return d
}

func fieldsJSON(fields []plan.Field) []uncomparedJSON {
	out := []uncomparedJSON{}
	for _, f := range fields {
		out = append(out, uncomparedJSON{f.Address, f.Name})
	}
	return out
}

func notesJSON(notes []plan.Note) []noteJSON {
	out := []noteJSON{}
	for _, n := range notes {
		out = append(out, noteJSON(n))
	}
	return out
}
