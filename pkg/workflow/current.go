package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
)

// ReadError is a current state that could not be read, or not completely.
type ReadError struct {
	err error
	in  plan.Input
}

// Error names the endpoint, and why reading from it failed.
func (e *ReadError) Error() string { return e.err.Error() }

// Unwrap returns the causes. A [diag.List] among them is a problem in the files.
func (e *ReadError) Unwrap() error { return e.err }

// Partial is the plan of what was read, for display only. It is nil if no plan could be
// made.
func (e *ReadError) Partial() *plan.Plan {
	if e.in.Current == nil || len(e.in.Current.Unread) == 0 {
		return nil
	}
	return plan.Partial(e.in)
}

// read reads as much of the API as the desired state declares, and no more. From here
// on, no error of the client contains a secret of the desired state.
func (p *Planned) read(ctx context.Context) error {
	p.client.Conceal(secretsOf(p.in.Desired.Resources...)...)
	p.in.Endpoint = p.client.Endpoint()
	current, err := remote.Read(ctx, p.client, p.in.Catalog, p.wanted())
	p.in.Current = current
	if err != nil {
		err = fmt.Errorf("read the current state from %s: %w", p.in.Endpoint, err)
		return &ReadError{err: p.atOrganisation(err), in: p.in}
	}
	p.workflow.Log.Info("read the current state", "resources", len(current.Resources), "requests", p.client.Requests())
	return nil
}

// wanted is what the plan has to know.
func (p *Planned) wanted() remote.Wanted {
	w := remote.Wanted{
		Desired: p.in.Desired,
		Prune:   slices.Concat(p.in.Settings.Prune, p.in.Prune),
		Removed: p.in.Settings.Removed,
		Pending: p.in.Deploy,
	}
	if p.in.Base != nil {
		w.Base = p.in.Base.Desired
	}
	return w
}

// atOrganisation turns an organisation that the API does not know, or that is not given
// although there are several, into a problem in the files.
func (p *Planned) atOrganisation(err error) error {
	var choice *remote.ChoiceError
	if !errors.As(err, &choice) || choice.What != "organisation" {
		return err
	}
	problem := diag.Diagnostic{At: placeOf(choice, p.desired.State), Hint: "choose from: " + strings.Join(choice.Candidates, ", ")}
	switch {
	case len(choice.Candidates) == 0:
		problem.Message = "the token sees no organisation"
		problem.Hint = "does it belong to this zone?"
	case choice.Name == "":
		problem.Message = "the files name no organisation, and the token sees several"
		problem.Hint = "add organisation: NAME; " + problem.Hint
	default:
		problem.Message = fmt.Sprintf("organisation %q: not found, or ambiguous", choice.Name)
	}
	return p.desired.Locate(diag.List{problem}).Err()
}

// placeOf is where the files ask for what is to be chosen.
func placeOf(choice *remote.ChoiceError, desired *resource.State) diag.Position {
	for _, r := range desired.Resources {
		if r.Address == choice.Address {
			return r.FieldAt[choice.Field]
		}
	}
	return desired.OrganisationAt
}

// locate adds the source lines to problems in the files.
func (p *Planned) locate(err error) error {
	var problems diag.List
	if errors.As(err, &problems) {
		return p.desired.Locate(problems)
	}
	return err
}
