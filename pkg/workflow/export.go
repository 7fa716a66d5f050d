package workflow

import (
	"context"
	"fmt"

	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// Export is the way backwards: the API into a state, and the state into files. It is
// about one organisation, by name or id; "" is the only one that the token sees. With
// applications (slugs) it gives these alone. A name that means nothing is a
// [remote.ChoiceError].
func (w *Workflow) Export(ctx context.Context, organisation string, applications []string, opt spec.WriteOptions) (spec.Written, error) {
	client, err := w.Connect()
	if err != nil {
		return spec.Written{}, err
	}
	state, err := remote.ReadAll(ctx, client, w.Catalog, resource.Ref{Name: organisation}, applications)
	if err != nil {
		return spec.Written{}, fmt.Errorf("read what there is from %s: %w", client.Endpoint(), err)
	}
	for _, warning := range state.Warnings {
		w.Warn(warning)
	}
	return spec.Write(state, w.Catalog, opt), nil
}
