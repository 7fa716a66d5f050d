package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/google/renameio/v2"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/spec"
)

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
// same.
func (s *session) planAgain(ctx context.Context, path string, policy planFlags) (*planned, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the saved plan: %w", err)
	}
	saved, err := plan.Open(text)
	if err != nil {
		return nil, fmt.Errorf("read the saved plan %s: %w", path, err)
	}
	in, err := saved.Input(s.kinds)
	if err != nil {
		return nil, fmt.Errorf("read the saved plan %s: %w", path, err)
	}
	client, err := s.connect()
	if err != nil {
		return nil, err
	}
	if client.Endpoint() != saved.Endpoint {
		return nil, stale(path, &plan.StaleError{Moved: []string{
			fmt.Sprintf("it was made for %s, and this is %s", saved.Endpoint, client.Endpoint()),
		}})
	}
	in.Deploy = in.Deploy || policy.Deploy
	in.Desired = plan.Scope(in.Desired, s.kinds, in.Select)
	doc := &spec.Document{State: in.Desired, Settings: in.Settings}
	if err := s.openLedger(in.Settings.Ledger); err != nil {
		return nil, err
	}
	if err := s.resolve(ctx, doc, in, policy.secretFlags); err != nil {
		return nil, err
	}
	in.Seals = s.seals(in)
	if moved := s.movedSources(saved, in.Desired); len(moved) > 0 {
		return nil, stale(path, &plan.StaleError{Moved: moved})
	}
	p, err := s.makePlan(ctx, client, doc, &in)
	if err := saved.Check(p, err); err != nil {
		return nil, stale(path, err)
	}
	return &planned{Plan: p, in: in, doc: doc, client: client}, nil
}

// another says that the plan is not the one that was reviewed.
func (s *session) another(p *plan.Plan, digest string) error {
	err := fmt.Errorf("%w: it was to be %s, and is now %s", &plan.StaleError{}, digest, p.Digest)
	return &documented{err, func(failure *render.Failure) error {
		return render.PlanJSON(s.io.out, p, failure)
	}}
}

// stale says what moved, a line each.
func stale(path string, err error) error {
	errs := []error{fmt.Errorf("apply %s: %w", path, err)}
	var moved *plan.StaleError
	if errors.As(err, &moved) {
		for _, what := range moved.Moved {
			errs = append(errs, errors.New(what))
		}
	}
	return errors.Join(errs...)
}
