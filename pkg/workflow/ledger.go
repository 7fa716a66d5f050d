package workflow

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/ledger"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The ledger of a run (settings.ledger), and what it knows before a plan is made.
// What an apply adds to it is in remember.go.
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

// openLedger reads the key and, where the files name a ledger, its content. What is
// wrong with the content is a [diag.List], and a key that is too short is
// [ledger.ErrShortKey]; without a ledger nobody needs the key.
func (w *Workflow) openLedger(path string) (ledgerFile, error) {
	key, err := ledger.NewKey(w.LedgerKey.Reveal())
	if path == "" {
		return ledgerFile{key: key}, nil
	}
	if err != nil {
		return ledgerFile{}, err
	}
	path = cmp.Or(w.LedgerFile, path)
	content, err := ledger.Read(path)
	var invalid *ledger.Invalid
	if errors.As(err, &invalid) {
		var problems diag.List
		for _, p := range invalid.Problems {
			problems = append(problems, diag.Diagnostic{
				At: diag.Position{File: invalid.File, Line: p.Line}, Message: p.Message, Hint: p.Hint,
			})
		}
		return ledgerFile{}, problems
	}
	return ledgerFile{path: path, key: key, content: content}, err
}

// seals gives what the ledger knows of the sensitive values that are declared. A
// moved resource is known under its old address.
func (p *Planned) seals() map[resource.Address]plan.Seal {
	l, in := &p.ledger, &p.in
	if l.path == "" {
		return nil
	}
	if !l.key.Valid() {
		p.missKey()
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
func (p *Planned) missKey() {
	for _, r := range p.in.Desired.Resources {
		if name := sensitiveField(r.Kind, r); name != "" && r.Has(name) {
			p.workflow.Note(fmt.Sprintf(
				"the ledger %s is not used, since %s is not set: sensitive values are not compared", p.ledger.path, ledger.KeyVariable,
			))
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
