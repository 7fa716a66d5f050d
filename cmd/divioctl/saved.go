package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/google/renameio/v2"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/spec"
)

// forget removes the plan of an earlier run that --out names, before planning: an
// apply after a failed plan must not find it. Nothing else is removed.
func forget(path string) error {
	text, err := os.ReadFile(path) // what cannot be read is said when it is written
	if err != nil {
		return nil
	}
	if _, err := plan.Open(text); err != nil {
		return nil
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove the plan of an earlier run (--out): %w", err)
	}
	return nil
}

// savePlan writes the plan to the file that --out names.
func (s *session) savePlan(p *planned, path string) error {
	if path == "" {
		return nil
	}
	var rendered bytes.Buffer
	if err := render.PlanJSON(&rendered, p.Plan, nil); err != nil {
		return err
	}
	text, err := plan.Save(p.in, p.Plan, s.seal, rendered.Bytes())
	if err != nil {
		return locate(p.doc, err)
	}
	if err := renameio.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("save the plan (--out): %w", err)
	}
	s.say("Saved the plan to %s. To apply exactly this: divioctl apply %s", path, path)
	return nil
}

// planAgain makes the plan of a saved one again, and fails when it is not the
// same. Flags may lift brakes; what the plan holds is decided.
func (s *session) planAgain(ctx context.Context, path string, flags planFlags) (*planned, error) {
	if name := s.decided(flags); name != "" {
		return nil, &usageError{
			message: fmt.Sprintf("%s has no meaning beside a saved plan: %s holds what will be applied", name, path),
			hint:    "Give it to divioctl plan --out, or apply without a saved plan.",
		}
	}
	if err := flags.check(s.kinds); err != nil {
		return nil, err
	}
	saved, in, err := s.open(path)
	if err != nil {
		return nil, fmt.Errorf("read the saved plan %s: %w", path, err)
	}
	in.Settings = flags.over(in.Settings)
	in.AllowDestroy = append(in.AllowDestroy, flags.addresses()...)
	client, err := s.connect()
	if err != nil {
		return nil, err
	}
	if client.Endpoint() != saved.Endpoint {
		return nil, stale("apply "+path, &plan.StaleError{Moved: []string{
			fmt.Sprintf("it was made for %s, and this is %s", saved.Endpoint, client.Endpoint()),
		}})
	}
	in.Deploy = in.Deploy || flags.Deploy
	in.Desired = plan.Scope(in.Desired, s.kinds, in.Select, in.Prune)
	doc := &spec.Document{State: in.Desired, Settings: in.Settings}
	if err := s.openLedger(in.Settings.Ledger); err != nil {
		return nil, err
	}
	if err := s.resolve(ctx, doc, in, flags.secretFlags); err != nil {
		return nil, err
	}
	in.Seals = s.seals(in)
	if moved := s.movedSources(saved, in.Desired); len(moved) > 0 {
		return nil, stale("apply "+path, &plan.StaleError{Moved: moved})
	}
	p, err := s.makePlan(ctx, client, doc, &in)
	if is[diag.List](err) && (in.Current == nil || in.Current.Organisation.Handle == "") {
		err = &plan.StaleError{Moved: []string{
			fmt.Sprintf("it was made for the organisation %s (%s), which this token does not see", saved.Organisation.Name, saved.Organisation.ID),
		}}
	}
	if err := saved.Check(p, err); err != nil {
		return nil, stale("apply "+path, err)
	}
	return &planned{Plan: p, in: in, doc: doc, client: client}, nil
}

// open reads a saved plan.
func (s *session) open(path string) (*plan.Saved, plan.Input, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, plan.Input{}, err
	}
	saved, err := plan.Open(text)
	if err != nil {
		return nil, plan.Input{}, err
	}
	in, err := saved.Input(s.kinds)
	return saved, in, err
}

// decided names a flag that is given and would change what a saved plan holds, or
// "".
func (s *session) decided(flags planFlags) string {
	for _, flag := range []struct {
		name  string
		given bool
	}{
		{"--file", len(s.flags.File) > 0},
		{"--only", len(flags.Only) > 0},
		{"--exclude", len(flags.Exclude) > 0},
		{"--with-dependencies", flags.WithDependencies},
		{"--base", flags.Base != ""},
		{"--prune", len(flags.Prune) > 0},
		{"--write-sensitive", len(flags.WriteSensitive) > 0},
	} {
		if flag.given {
			return flag.name
		}
	}
	return ""
}

// another says that the plan is not the one that was reviewed.
func (s *session) another(p *plan.Plan, digest string) error {
	err := fmt.Errorf("%w: it was to be %s, and is now %s", &plan.StaleError{}, digest, p.Digest)
	return &documented{err, func(failure *render.Failure) error {
		return render.PlanJSON(s.io.out, p, failure)
	}}
}

// stale says what moved, a line each. What is what cannot be done therefore.
func stale(what string, err error) error {
	errs := []error{fmt.Errorf("%s: %w", what, err)}
	var moved *plan.StaleError
	if errors.As(err, &moved) {
		for _, what := range moved.Moved {
			errs = append(errs, errors.New(what))
		}
	}
	return errors.Join(errs...)
}
