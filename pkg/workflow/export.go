package workflow

import (
	"context"
	"fmt"

	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// Export is the opposite direction: the API into a state, and the state into files. It
// exports one organisation, by name or id; "" is the only one that the token can
// access. With applications (slugs) it exports only these. A name that matches nothing
// is a [remote.ChoiceError].
func (w *Workflow) Export(ctx context.Context, organisation string, applications []string, opt spec.WriteOptions) (spec.Written, error) {
	client, err := w.Connect()
	if err != nil {
		return spec.Written{}, err
	}
	state, err := remote.ReadAll(ctx, client, w.Catalog, resource.Ref{Name: organisation}, applications)
	if err != nil {
		return spec.Written{}, fmt.Errorf("read the current state from %s: %w", client.Endpoint(), err)
	}
	for _, warning := range state.Warnings {
		w.Warn(warning)
	}
	return spec.Write(state, w.Catalog, opt), nil
}
