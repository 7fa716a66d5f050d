package main

import (
	"errors"
	"fmt"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/ledger"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The ledger of a run (settings.ledger), and what it knows before a plan is made.
// What an apply adds to it is in remember.go. With --sandbox it is kept beside the
// sandbox's state, since the one in the repository is about the real API.
//
// Without the key it is neither used nor changed, and a note says so wherever it
// would have been of use.

// ledgerFile is the ledger of one run. The zero value is none.
type ledgerFile struct {
	path    string
	key     ledger.Key
	content *ledger.Ledger
}

// inUse reports whether there are a ledger and its key.
func (l *ledgerFile) inUse() bool { return l.path != "" && l.key.Valid() }

// openLedger reads the key and, where the files name one, the ledger. What is wrong
// with it is a [diag.List].
func (s *session) openLedger(path string) error {
	key, err := ledger.NewKey(s.io.getenv(envLedger))
	if err != nil && path != "" {
		return &usageError{message: err.Error(), hint: "Without the variable the ledger is not used."}
	}
	s.ledger = ledgerFile{path: path, key: key}
	if path == "" {
		return nil
	}
	if s.flags.Sandbox.given {
		s.ledger.path = s.flags.sandboxState() + ".ledger"
	}
	s.ledger.content, err = ledger.Read(s.ledger.path)
	var invalid *ledger.Invalid
	if errors.As(err, &invalid) {
		var problems diag.List
		for _, p := range invalid.Problems {
			problems = append(problems, diag.Diagnostic{
				At: diag.Position{File: invalid.File, Line: p.Line}, Message: p.Message, Hint: p.Hint,
			})
		}
		return problems
	}
	return err
}

// seals gives what the ledger knows of the sensitive values that are declared. A
// moved resource is known under its old address.
func (s *session) seals(in plan.Input) map[resource.Address]plan.Seal {
	l := &s.ledger
	if l.path == "" {
		return nil
	}
	if !l.key.Valid() {
		s.missKey(in.Desired)
	}
	before := map[resource.Address]resource.Address{}
	for _, m := range in.Settings.Moved {
		before[m.To] = m.From
	}
	seals := map[resource.Address]plan.Seal{}
	for _, r := range in.Desired.Resources {
		name := sensitiveField(r.Kind, r)
		if name == "" || !r.Has(name) {
			continue
		}
		address := r.Address
		was, found := l.content.Seal(address)
		if from, moved := before[address]; moved && !found {
			address = from
			was, found = l.content.Seal(address)
		}
		if !found {
			continue
		}
		value, atHand := secretOf(r, name)
		seals[r.Address] = plan.Seal{
			Known: atHand && l.key.Valid(), Same: atHand && l.key.Same(address, value, was.HMAC), Modified: was.Modified,
		}
	}
	return seals
}

// missKey says that the ledger is not used, where there is something that it could
// tell or be told.
func (s *session) missKey(desired *resource.State) {
	for _, r := range desired.Resources {
		if name := sensitiveField(r.Kind, r); name != "" && r.Has(name) {
			s.say("divioctl: note: the ledger %s is not used, since %s is not set: sensitive values are not compared", s.ledger.path, envLedger)
			return
		}
	}
}

// sensitiveField names the field whose value the API does not show: one that is
// always so, or that one of the sides says is; "" for none.
func sensitiveField(kind *resource.Kind, sides ...*resource.Resource) string {
	for _, f := range kind.Fields {
		if f.Sensitive {
			return f.Name
		}
		for _, r := range sides {
			if r != nil && f.SensitiveIf != "" && r.Is(f.SensitiveIf) {
				return f.Name
			}
		}
	}
	return ""
}

// secretOf gives the declared value of a field, where it is at hand.
func secretOf(r *resource.Resource, name string) (resource.Secret, bool) {
	switch v := r.Fields[name].(type) {
	case resource.Secret:
		return v, true
	case string:
		return resource.NewSecret(v), true
	}
	return resource.Secret{}, false
}

// seal gives the keyed hash of a value for a saved plan, "" without a key.
func (s *session) seal(a resource.Address, value resource.Secret) string {
	return s.ledger.key.Sum(a, value)
}

// movedSources names the sources of a saved plan that give another value now. It
// finds them only where the plan was saved with the key, and the key is here.
func (s *session) movedSources(saved *plan.Saved, desired *resource.State) []string {
	now := map[resource.Address]*resource.Resource{}
	for _, r := range desired.Resources {
		now[r.Address] = r
	}
	var moved []string
	for _, was := range saved.Declared.Resources {
		for _, name := range resource.SortedKeys(was.Sources) {
			source, r := was.Sources[name], now[was.Address]
			if r == nil || source.HMAC == "" || !s.ledger.key.Valid() {
				continue
			}
			if value, atHand := secretOf(r, name); atHand && !s.ledger.key.Same(was.Address, value, source.HMAC) {
				moved = append(moved, fmt.Sprintf("%s: its %s (%s) is not the one that the plan was made with", was.Address, name, resource.Show(source.Source)))
			}
		}
	}
	return moved
}
