// Package plan compares the desired state with the current state and decides
// what to do, in which order. It is a pure function of values: no context, no
// I/O, no clock. Everything that is shown, saved or applied is one [Plan].
//
// The way through it: resolve references (resolve.go), pair declared with
// current resources (match.go), compare the pairs (diff.go), let policies
// annotate the changes (policy.go), find the moves that order needs (moves.go),
// tell drift from what is asked for (drift.go), drop what is not selected
// (selection.go), and put the calls in order (order.go). Policies never hide a resource from
// pairing, order or uniqueness.
package plan

import (
	"github.com/divioctl/divioctl/pkg/resource"
)

// Input is all that a plan depends on.
type Input struct {
	// Kinds, parents before children.
	Kinds    []*resource.Kind
	Desired  *resource.State
	Settings resource.Settings
	Current  *resource.State
	// Endpoint of the API, recorded in the plan.
	Endpoint string
	// Deploy: what the plan changes is to be deployed as well.
	Deploy bool
	// Prune adds collections to those of the settings.
	Prune []string
	// AllowDestroy are the addresses that --allow-destroy named.
	AllowDestroy []resource.Address
	// Existing, if not nil, is how many there are of a kind for the limits: those
	// of a saved plan, which reads only what it touches.
	Existing map[string]int
	// Select narrows the plan. Desired and Current are those of its [Scope].
	Select Selection
	// Base, if not nil, is an earlier version of the files, to tell drift from
	// what is asked for now.
	Base *Version
	// WriteSensitive are patterns of addresses whose sensitive values are written
	// although they cannot be compared.
	WriteSensitive []string
	// Seals are what is known of sensitive values by the ledger.
	Seals map[resource.Address]Seal
}

// Seal is what a ledger knows of a sensitive value that is declared.
type Seal struct {
	// Same: the declared value is the one that was written last. Known is false
	// where the value is not at hand.
	Same, Known bool
	// Modified is the API's date of the last change, as it was after that write.
	Modified string
}

// Plan is what to do. It is made once, wholly, before the first write, and never
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
	// Deployments are what takes a deployment for the changes to have an effect.
	// They are made only where Deploy is set, and are worth a remark elsewhere.
	Deploy      bool
	Deployments []Deployment
	// Unmanaged exist inside declared collections and are not declared.
	Unmanaged []resource.Address
	// Pruned names the kinds that are pruned: what is unmanaged of them is protected.
	Pruned []string
	// Uncompared are declared fields whose current value cannot be read.
	// MayWrite are those of them that a plan with the values at hand might write.
	Uncompared, MayWrite []Field
	// Breaches of limits, and missing permissions to destroy; any of them stops
	// an apply before its first write.
	Breaches []Breach
	// Warnings name what apply may run into, Notes what is worth knowing. Both
	// are sorted.
	Warnings, Notes []Note
	Summary         Summary
	// Fingerprints of what the plan touches, sorted by address.
	Fingerprints []Fingerprint
	// Digest is "sha256:" and the hash over endpoint, organisation, changes and
	// fingerprints.
	Digest string
	// Unread names the kinds that the plan says nothing about, since they could
	// not be read; see [Partial].
	Unread []string
}

// Step is one call in its place in the order. Its ID is its index in Steps.
type Step struct {
	ID     int
	Change *resource.Change
	Call   resource.Call
	// Needs are the steps that must be done before this one starts; when one of
	// them is not, this one is skipped. After are steps that only must have
	// ended. All have lower ids.
	Needs, After []int
}

// Field names a field of a resource. Sensitive: the API shows its value to nobody.
type Field struct {
	Address   resource.Address
	Name      string
	Sensitive bool
}

// Breach is a brake that apply stops for. Flag would lift it.
type Breach struct {
	Address resource.Address // "" for a limit on a whole kind
	Message string
	Flag    string
}

// Note is a sentence about a resource ("" for the plan as a whole).
type Note struct {
	Address resource.Address
	Text    string
}

// Summary counts. The counts per action and Blocked add up to the number of
// changes.
type Summary struct {
	Create, Update, Replace, Move, Transfer, Delete int
	Blocked, Unmanaged, Uncompared                  int
}

// Count gives the number of changes with the action that are not blocked.
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

// Changes is the number of changes, blocked ones included.
func (s *Summary) Changes() int {
	n := s.Blocked
	for _, a := range resource.Actions {
		n += *s.Count(a)
	}
	return n
}

// Empty reports whether there is nothing to change and nothing blocked.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 }

// Make makes the plan. The error is a [diag.List] when the problem is in what the
// files say (names that refer to nothing, fields that a create needs), or a
// [*SelectionError]; the plan is nil then.
func Make(in Input) (*Plan, error) {
	b := &builder{Input: in, kinds: map[string]*resource.Kind{}}
	for _, k := range in.Kinds {
		b.kinds[k.Name] = k
	}
	b.index()
	b.resolve()
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
	b.spreadBlocks()
	b.markDrift()
	if err := b.choose(); err != nil {
		return nil, err
	}
	b.brake()
	return b.finish(), nil
}
