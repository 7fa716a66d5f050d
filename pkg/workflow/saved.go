package workflow

import (
	"context"
	"fmt"
	"os"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/ledger"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// Save returns the saved form of the plan, which contains no secret; rendered is the
// plan as JSON. A secret that is written in the files themselves cannot be saved: the
// error is a [diag.List].
func (p *Planned) Save(rendered []byte) ([]byte, error) {
	text, err := plan.Save(p.in, p.Plan, p.ledger.sum, rendered)
	return text, err // without the lines of the files: they contain the secrets
}

// Open reads a saved plan and makes it again from what it declares and the current
// state: what is applied is always a plan that was just made. What is as planned
// already is not part of it. It fails with a [plan.StaleError] if anything else differs
// from what was saved.
//
// Of the request, the permissions (AllowDestroy, ...) and the limits add to what the plan was
// saved with. The rest is part of the saved plan and ignored in the request.
func (w *Workflow) Open(ctx context.Context, path string, r Request) (*Planned, error) {
	saved, in, err := w.open(path)
	if err != nil {
		return nil, fmt.Errorf("read the saved plan %s: %w", path, err)
	}
	in.Settings = r.override(in.Settings)
	in.AllowDestroy = append(in.AllowDestroy, r.AllowDestroy...)
	in.AllowCreate = append(in.AllowCreate, r.AllowCreate...)
	in.AllowEmpty = append(in.AllowEmpty, r.AllowEmpty...)
	in.Desired = plan.Narrow(in.Desired, w.Catalog, in.Select, in.Prune)
	desired := &spec.Document{State: in.Desired, Settings: in.Settings}
	p := &Planned{in: in, desired: desired, workflow: w, saved: saved}
	if p.client, err = w.Connect(); err != nil {
		return nil, err
	}
	if p.client.Endpoint() != saved.Endpoint {
		return nil, stale(path, fmt.Sprintf("it was made for %s, not for %s", saved.Endpoint, p.client.Endpoint()))
	}
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	if moved := p.movedSources(saved); len(moved) > 0 {
		return nil, stale(path, moved...)
	}
	err = p.make(ctx)
	if is[diag.List](err) && (p.in.Current == nil || p.in.Current.Organisation.Handle == "") {
		return nil, stale(path, fmt.Sprintf(
			"it was made for the organisation %s (%s), which this token cannot access", saved.Organisation.Name, saved.Organisation.ID,
		))
	}
	if err := saved.Check(p.Plan, p.in.Current, err); err != nil {
		return nil, fmt.Errorf("apply %s: %w", path, err)
	}
	if made, all := saved.Made(p.Plan); made > 0 {
		w.Note(fmt.Sprintf("%d of the %d changes in %s were made already", made, all, path))
	}
	return p, nil
}

// ReadSaved reads a saved plan, to show it. The error is [plan.ErrNotAPlan] for any other
// file.
func (w *Workflow) ReadSaved(path string) (*plan.Saved, error) {
	saved, _, err := w.open(path)
	if err != nil {
		return nil, fmt.Errorf("read the saved plan %s: %w", path, err)
	}
	return saved, nil
}

func (w *Workflow) open(path string) (*plan.Saved, plan.Input, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, plan.Input{}, err
	}
	saved, err := plan.ParseSaved(text)
	if err != nil {
		return nil, plan.Input{}, err
	}
	in, err := saved.Input(w.Catalog)
	return saved, in, err
}

func stale(path string, moved ...string) error {
	return fmt.Errorf("apply %s: %w", path, &plan.StaleError{Moved: moved})
}

// movedSources names the sources of a saved plan whose value has changed. It finds them
// only if the plan was saved with the ledger's key and the key is available.
func (p *Planned) movedSources(saved *plan.Saved) []string {
	now := map[string]*resource.Resource{}
	for _, r := range p.in.Desired.Resources {
		now[r.Address.String()] = r
	}
	key := p.ledger.key
	var moved []string
	for _, was := range saved.Declared.Resources {
		for _, name := range resource.SortedKeys(was.Sources) {
			source, r := was.Sources[name], now[was.Address]
			if r == nil || source.HMAC == "" || !key.Valid() {
				continue
			}
			id := resource.FieldID{Address: r.Address, Name: name}
			if value, available := secretOf(r, name); available && !key.Same(ledger.IDOf(id), value, source.HMAC) {
				moved = append(moved, fmt.Sprintf("%s: %s (%s) has changed since the plan was made", was.Address, name, resource.Show(source.Source)))
			}
		}
	}
	return moved
}
