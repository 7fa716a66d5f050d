package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// secretFlags say how values are found that the files do not hold, and which are
// written although they cannot be compared.
type secretFlags struct {
	AllowExec      bool     `help:"Run the programs that the files name as sources of values (value_from: exec). Whoever can change the files can then run anything."`
	WriteSensitive []string `sep:"none" placeholder:"GLOB" help:"Write the sensitive values with such an address, although nobody can say whether they differ. May repeat."`
	// without is --no-secrets, which only plan has: no value is looked up.
	without bool `kong:"-"`
}

// resolve looks up the values that the files take from elsewhere, as far as the
// selection covers them. Our own secrets are no sources: a file that anybody may
// change could send them anywhere.
func (s *session) resolve(ctx context.Context, doc *spec.Document, in plan.Input, flags secretFlags) error {
	if flags.without {
		return nil
	}
	problems := spec.Resolve(ctx, covered(in), spec.Sources{
		Env:       s.io.env,
		Refused:   []string{envToken, envLedger},
		AllowExec: flags.AllowExec,

		RefusedFile:   s.flags.TokenFile,
		RefusedValues: s.ownSecrets(),
	})
	if ctx.Err() != nil {
		return fmt.Errorf("look up the values of value_from: %w", ctx.Err())
	}
	return doc.Locate(problems).Err()
}

// ownSecrets gives the token in use and the ledger's key, as far as there are any:
// what is wrong with them is said where they are needed.
func (s *session) ownSecrets() []string {
	secrets := []string{s.io.getenv(envToken), s.io.getenv(envLedger)}
	if endpoint, err := s.endpoint(); err == nil && !s.flags.Sandbox.given {
		if token, _, err := api.FindToken(s.io.getenv, s.flags.TokenFile, endpoint); err == nil {
			secrets = append(secrets, token.Reveal())
		}
	}
	for i, secret := range secrets {
		secrets[i] = strings.TrimSpace(secret)
	}
	return slices.DeleteFunc(secrets, func(secret string) bool { return secret == "" })
}

// covered is the part of the desired state that may be written. What a selection
// leaves out is compared as far as that goes without its secrets; dependencies that
// are added may be anything.
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

// secretsOf gives all values in the resources that nobody may see.
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
			if r.Secretive(name) {
				value = resource.Conceal(value)
			}
			add(value)
		}
	}
	return found
}

// plannedSecrets gives the secrets on both sides of the changes: what is there
// already is as secret as what replaces it.
func plannedSecrets(p *plan.Plan) []api.Secret {
	var found []api.Secret
	for _, c := range p.Changes {
		found = append(found, secretsOf(c.Before, c.After)...)
	}
	return found
}
