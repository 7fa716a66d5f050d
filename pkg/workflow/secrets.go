package workflow

import (
	"context"
	"fmt"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// resolveSources resolves value_from in the resources that the selection covers, and
// refuses values with secrets of divioctl itself.
func (p *Planned) resolveSources(ctx context.Context) error {
	if p.workflow.Sources == nil {
		return nil
	}
	part, from := covered(p.in), *p.workflow.Sources
	problems := append(spec.ResolveSources(ctx, part, from), p.desired.OwnSecrets(part, from)...)
	if ctx.Err() != nil {
		return fmt.Errorf("resolve value_from: %w", ctx.Err())
	}
	return p.desired.Locate(problems).Err()
}

// covered is the part of the desired state that may be written. Resources outside of
// the selection are compared without their secrets; added dependencies may be any
// resource.
func covered(in plan.Input) *resource.State {
	if in.Select.WithDependencies {
		return in.Desired
	}
	part := &resource.State{}
	for _, r := range in.Desired.Resources {
		if in.Select.Covers(r.Address) {
			part.Resources = append(part.Resources, r)
		}
	}
	return part
}

// secretsOf returns all secret values in the resources.
func secretsOf(resources ...*resource.Resource) []api.Secret {
	var found []api.Secret
	var add func(resource.Value)
	add = func(v resource.Value) {
		switch x := v.(type) {
		case resource.Secret:
			found = append(found, x)
		case []any:
			for _, item := range x {
				add(item)
			}
		case map[string]any:
			for _, item := range x {
				add(item)
			}
		}
	}
	for _, r := range resources {
		if r == nil {
			continue
		}
		for name, value := range r.Fields {
			if r.IsMasked(name) {
				value = resource.Conceal(value)
			}
			add(value)
		}
	}
	return found
}

// plannedSecrets returns the secrets on both sides of the changes: the current value is
// as secret as the new one.
func plannedSecrets(p *plan.Plan) []api.Secret {
	var found []api.Secret
	for _, c := range p.Changes {
		found = append(found, secretsOf(c.Before, c.After)...)
	}
	return found
}
