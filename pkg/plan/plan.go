// Package plan compares the desired state with the current state and decides
// what to do, in which order. It is a pure function of values: no context, no
// I/O, no clock. Everything that is shown, saved or applied is one [Plan].
//
// Its stages: pair declared with current resources (match.go) and resolve references
// (resolve.go), compare the pairs (diff.go), let policies annotate the changes
// (policy.go), find the moves for the order (moves.go), distinguish drift from
// requested changes (drift.go), drop what is not selected (selection.go), check the
// limits (limits.go), and order the calls (order.go). Policies never hide a resource
// from pairing, order or uniqueness.
package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Input is everything that a plan depends on.
type Input struct {
	Catalog  *resource.Catalog
	Desired  *resource.State
	Declared *resource.State // all that the files declare; nil if that is Desired
	Settings resource.Settings
	Current  *resource.State
	// Endpoint of the API, recorded in the plan.
	Endpoint string
	// Deploy: what the plan changes is also deployed.
	Deploy bool
	// Prune adds collections to those of the settings.
	Prune []string
	// AllowDestroy and AllowCreate are the addresses of --allow-destroy and
	// --allow-create.
	AllowDestroy, AllowCreate []resource.Address
	AllowEmpty                []resource.CollectionID // of --allow-empty
	// Existing, if not nil, is the number of existing resources per kind for the
	// limits: that of a saved plan, which reads only what it touches.
	Existing map[string]int
	// Select narrows the plan. Desired and Current are the results of [Narrow].
	Select Selection
	// Base, if not nil, is an earlier version of the files, to distinguish drift from
	// requested changes.
	Base *Version
	// WriteSensitive are patterns of addresses whose write-only values are written
	// although they cannot be compared.
	WriteSensitive []resource.Pattern
	// Rewrites, if not nil, are all values that a saved plan may write although they cannot
	// be compared.
	Rewrites *Rewrites
	// Seals are what the ledger knows of write-only values.
	Seals map[resource.FieldID]Seal
}

// Seal is what a ledger knows of a write-only value that is declared.
type Seal struct {
	// Same: the declared value is the one that was written last. Known is false if the
	// value is not available.
	Same, Known bool
	// Modified is the API's date of the last change, as it was after that write.
	Modified string
}

// Plan is what to do. It is made once, completely, before the first write, and never
// changed afterwards.
type Plan struct {
	Endpoint     string
	Organisation resource.Ref
	// Changes in the order of the files, parents before children, deletions
	// after them. Blocked ones are among them.
	Changes []*resource.Change
	// Steps are the calls of the changes that are not blocked, in an order in
	// which they could be made one after another.
	Steps []Step
	// Handles are the ids of existing resources that steps refer to.
	Handles map[resource.Address]string
	// Deployments are the environments that steps of the plan deploy, and those that
	// wait for a deployment that this plan does not make. Deploy: --deploy was passed.
	Deploy      bool
	Deployments []*Deployment
	// Unmanaged exist inside declared collections and are not declared.
	Unmanaged []resource.Address
	// Pruned names the kinds that are pruned: their unmanaged resources are protected.
	Pruned []string
	// Uncompared are declared fields whose current value cannot be read.
	// MayWrite are those of them that a plan with the values available might write.
	Uncompared, MayWrite []Field
	// Violations of limits, and missing permissions; any of them stops an apply
	// before its first write.
	Violations []Violation
	// Warnings are possible problems of apply, Notes are information. Both are sorted.
	Warnings, Notes []Note
	Summary         Summary
	// Fingerprints of what the plan touches, sorted by address.
	Fingerprints []Fingerprint
	// Siblings are the existing members of the collections whose other members matter.
	Siblings map[resource.CollectionID][]Sibling
	// Digest is "sha256:" and a hash of what an apply may do (digest.go).
	Digest string
	// Unread names the kinds that are not part of the plan because they could not be
	// read; see [Partial].
	Unread []string
}

// Step is one call of a change, or a deployment, in its place in the order. Its ID
// is its index in Steps.
type Step struct {
	ID int
	// Change and Call, or else Deployment.
	Change     *resource.Change
	Call       resource.Call
	Deployment *Deployment
	// Waits says why this plan cannot make the step: it needs a deployment that the
	// plan does not make. "" if it can.
	Waits string
	// Needs are the steps that must be done before this one starts; if one of them is
	// not done, this one is skipped. After are steps that only must have ended. All
	// have lower ids.
	Needs, After []int
}

// Address is the resource of the step.
func (s *Step) Address() resource.Address {
	if s.Deployment != nil {
		return s.Deployment.Address
	}
	return s.Change.Address
}

// Does describes what the step does.
func (s *Step) Does() string {
	if s.Deployment != nil {
		return "deploy"
	}
	return s.Call.Does
}

// String is what the step does, and its address.
func (s *Step) String() string { return s.Does() + " " + s.Address().String() }

// before are the steps that must have ended before this one, each once.
func (s *Step) before() []int {
	all := slices.Concat(s.Needs, s.After)
	slices.Sort(all)
	return slices.Compact(all)
}

// Field names a field of a resource. Masked: its value is secret. WriteOnly: it is not,
// but the API never returns it.
type Field struct {
	resource.FieldID
	Masked, WriteOnly bool
}

// Violation is a reason to stop apply. Flag would permit it, and so would Entry under
// removed in the files ("" if that is not possible).
type Violation struct {
	Address     resource.Address // zero for a limit on a whole kind
	Message     string
	Flag, Entry string
}

// Note is a sentence about a resource (the zero address: about the plan as a whole).
type Note struct {
	Address resource.Address
	Text    string
}

// Summary counts. The counts per action, Blocked and Waiting add up to the number of
// changes. Waiting are changes whose remaining steps all wait for a deployment.
type Summary struct {
	Create, Update, Replace, Move, Transfer, Delete int
	Blocked, Waiting, Unmanaged, Uncompared         int
}

// Count returns the number of changes with the action that are not blocked.
func (s *Summary) Count(a resource.Action) *int {
	switch a {
	case resource.Create:
		return &s.Create
	case resource.Update:
		return &s.Update
	case resource.Replace:
		return &s.Replace
	case resource.Move:
		return &s.Move
	case resource.Transfer:
		return &s.Transfer
	}
	return &s.Delete
}

// Changes is the number of changes, including those that are blocked or waiting.
func (s *Summary) Changes() int {
	n := s.Blocked + s.Waiting
	for _, a := range resource.Actions {
		n += *s.Count(a)
	}
	return n
}

// Empty reports whether there is nothing to change, nothing to deploy, nothing blocked,
// and no value that may be written. Resources that only wait for a deployment that the
// plan does not make are not counted.
func (p *Plan) Empty() bool {
	return p.Deploys() == 0 && len(p.MayWrite) == 0 && !slices.ContainsFunc(p.Changes, func(c *resource.Change) bool { return !c.Waiting })
}

// Deploys is the number of environments that the plan deploys.
func (p *Plan) Deploys() int {
	n := 0
	for _, d := range p.Deployments {
		if d.Waits == "" {
			n++
		}
	}
	return n
}

// Make makes the plan. The error is a [diag.List] if the problem is in the files (names
// that match nothing, missing fields of a create), or a [*SelectionError]; the plan is
// nil then.
func Make(in Input) (*Plan, error) {
	b := &builder{Input: in}
	b.index()
	b.resolveChoices()
	b.match()
	b.conceal()
	b.warnExposed()
	b.diff()
	b.problems.Sort()
	if err := b.problems.Err(); err != nil {
		return nil, err
	}
	b.applyPolicies()
	b.moves()
	b.propagateBlocks()
	b.markDrift()
	if err := b.applySelection(); err != nil {
		return nil, err
	}
	deployments := b.findDeployments()
	steps := order(b.changes, deployments)
	markWaiting(steps)
	b.checkLimits()
	return b.finish(deployments, steps), nil
}
