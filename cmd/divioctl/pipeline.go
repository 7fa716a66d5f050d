package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// The sentence: divioctl reads YAML into a desired state, reads the API into a
// current state, makes a plan from the two, and applies it.
//
//	 files ──load──▶ desired ─┐
//	                          ├─makePlan──▶ plan ──apply.Run──▶ result
//	 API ───read──▶ current ──┘
//
// plan.go, apply.go and export.go are walks along these arrows.

// planned is a plan with what it was made from, so that it can be made anew.
type planned struct {
	*plan.Plan
	in     plan.Input
	doc    *spec.Document
	client *api.Client
}

// plan walks the whole way from the flags to a plan.
func (s *session) plan(ctx context.Context, policy planFlags) (*planned, error) {
	if err := policy.check(s.kinds); err != nil {
		return nil, err
	}
	doc, err := s.load()
	if err != nil {
		return nil, err
	}
	if err := s.openLedger(doc.Settings.Ledger); err != nil {
		return nil, err
	}
	in := plan.Input{
		Kinds:        s.kinds,
		Settings:     policy.over(doc.Settings),
		Prune:        policy.collections(),
		AllowDestroy: policy.addresses(),
		Select:       policy.selection(),
		Deploy:       policy.Deploy,

		WriteSensitive: policy.WriteSensitive,
	}
	in.Desired = plan.Scope(doc.State, s.kinds, in.Select, slices.Concat(doc.Settings.Prune, in.Prune))
	if err := s.resolve(ctx, doc, in, policy.secretFlags); err != nil {
		return nil, err
	}
	in.Seals = s.seals(in)
	if in.Base, err = s.earlier(ctx, string(policy.Base), in); err != nil {
		return nil, err
	}
	client, err := s.connect()
	if err != nil {
		return nil, err
	}
	p, err := s.makePlan(ctx, client, doc, &in)
	return &planned{Plan: p, in: in, doc: doc, client: client}, err
}

// makePlan compares what the files say with what is there now. Names that turn
// out to mean nothing are problems in the files, with their places. in.Current is
// there after a failed read as well, as far as it was read.
func (s *session) makePlan(ctx context.Context, client *api.Client, doc *spec.Document, in *plan.Input) (*plan.Plan, error) {
	var err error
	in.Endpoint = client.Endpoint()
	client.Conceal(secretsOf(in.Desired.Resources...)...)
	if in.Current, err = s.read(ctx, client, plan.Needs(*in)); err != nil {
		return nil, atOrganisation(err, doc)
	}
	p, err := plan.Make(*in)
	if err != nil {
		return p, locate(doc, err)
	}
	client.Conceal(plannedSecrets(p)...)
	return p, nil
}

// locate adds the source lines to problems in the files.
func locate(doc *spec.Document, err error) error {
	var problems diag.List
	if errors.As(err, &problems) {
		return doc.Locate(problems)
	}
	return err
}

// load reads the files into a desired state, without what only this machine
// knows (value_from). All problems come at once, as a diag.List.
func (s *session) load() (*spec.Document, error) {
	doc, problems := spec.Load(spec.Input{Paths: s.flags.File, Stdin: s.io.in, Kinds: s.kinds})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	s.log.Info("files are read", "files", doc.Files, "resources", len(doc.State.Resources))
	return doc, nil
}

// read reads as much of the API as the desired state declares, and no more. With an
// error it gives what could be read.
func (s *session) read(ctx context.Context, client *api.Client, desired *resource.State) (*resource.State, error) {
	current, err := remote.Read(ctx, client, s.kinds, desired)
	if err != nil {
		return current, fmt.Errorf("read the current state from %s: %w", client.Endpoint(), err)
	}
	s.log.Info("the current state is read", "resources", len(current.Resources), "requests", client.Requests())
	return current, nil
}
