package workflow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// Export is the opposite direction: the API into a state, and the state into files. It
// exports one organisation, by name or id; "" is the only one that the token can
// access. With applications (slugs) it exports only these. A name that matches nothing
// is a [remote.ChoiceError]. What was not read completely is not exported: that is an
// error.
func (w *Workflow) Export(ctx context.Context, organisation string, applications []string, opt spec.WriteOptions) (spec.Written, error) {
	client, err := w.Connect()
	if err != nil {
		return spec.Written{}, err
	}
	state, err := remote.ReadAll(ctx, client, w.Catalog, resource.Ref{Name: organisation}, applications)
	if err != nil {
		return spec.Written{}, fmt.Errorf("read the current state from %s: %w", client.Endpoint(), err)
	}
	if err := w.complete(state, len(applications) == 0); err != nil {
		return spec.Written{}, fmt.Errorf("read the current state from %s: %w", client.Endpoint(), err)
	}
	for _, warning := range state.Warnings {
		w.Warn(warning)
	}
	return spec.Write(state, w.Catalog, opt), nil
}

// complete checks that nothing is missing in a state: every collection below what was
// read, and those at the top unless only some applications were asked for.
func (w *Workflow) complete(state *resource.State, roots bool) error {
	missing := slices.Clone(state.Unread)
	check := func(parent resource.Address, kind string) {
		for _, k := range w.Catalog.Children(kind) {
			id := resource.CollectionID{Parent: parent, Kind: k.Name}
			if !state.Collections[id].Complete && !slices.Contains(missing, k.Name) {
				missing = append(missing, k.Name)
			}
		}
	}
	if roots {
		check(resource.Address{}, "")
	}
	for _, r := range state.Resources {
		check(r.Address, r.Kind.Name)
	}
	if len(missing) == 0 {
		return nil
	}
	for i, name := range missing {
		missing[i] = w.Catalog.Kind(name).Plural
	}
	return fmt.Errorf("the %s could not be read completely, so nothing is exported", strings.Join(missing, " and the "))
}
