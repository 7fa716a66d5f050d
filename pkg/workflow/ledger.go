package workflow

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

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

// sum is the keyed hash of a field's value, "" without a key.
func (l *ledgerFile) sum(id resource.FieldID, value resource.Secret) string {
	return l.key.Sum(ledger.IDOf(id), value)
}

// seals gives what the ledger knows of the write-only values that are declared. A
// moved resource is known under its old address.
func (p *Planned) seals() map[resource.FieldID]plan.Seal {
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
	seals := map[resource.FieldID]plan.Seal{}
	for _, id := range declaredWriteOnly(in.Desired) {
		known := id
		was, found := l.content.Seal(ledger.IDOf(known.FieldID))
		if from, moved := before[id.Address]; moved && !found {
			known.Address = from
			was, found = l.content.Seal(ledger.IDOf(known.FieldID))
		}
		if !found {
			continue
		}
		value, available := secretOf(id.resource, id.Name)
		seals[id.FieldID] = plan.Seal{
			Known:    available && l.key.Valid(),
			Same:     available && l.key.Same(ledger.IDOf(known.FieldID), value, was.HMAC),
			Modified: was.Modified,
		}
	}
	return seals
}

// missKey says that the ledger is not used, where there is something that it could
// tell or be told.
func (p *Planned) missKey() {
	if len(declaredWriteOnly(p.in.Desired)) > 0 {
		p.workflow.Note(fmt.Sprintf(
			"the ledger %s is not used, since %s is not set: sensitive values are not compared", p.ledger.path, ledger.KeyVariable,
		))
	}
}

// declaredField is a field of a declared resource.
type declaredField struct {
	resource.FieldID
	resource *resource.Resource
}

// declaredWriteOnly lists the declared fields whose values the API never gives back.
func declaredWriteOnly(desired *resource.State) []declaredField {
	var found []declaredField
	for _, r := range desired.Resources {
		for _, name := range writeOnly(r.Kind, r) {
			if r.Has(name) {
				found = append(found, declaredField{resource.FieldID{Address: r.Address, Name: name}, r})
			}
		}
	}
	return found
}

// writeOnly names the fields whose values the API never gives back: always, or as one
// of the sides says.
func writeOnly(kind *resource.Kind, sides ...*resource.Resource) []string {
	var names []string
	for i := range kind.Fields {
		f := &kind.Fields[i]
		if slices.ContainsFunc(sides, func(r *resource.Resource) bool { return r != nil && r.IsWriteOnly(f) }) {
			names = append(names, f.Name)
		}
	}
	return names
}

// secretOf gives the declared value of a field, where it is available.
func secretOf(r *resource.Resource, name string) (resource.Secret, bool) {
	switch v := r.Fields[name].(type) {
	case resource.Secret:
		return v, true
	case string:
		return resource.NewSecret(v), true
	case int64:
		return resource.NewSecret(strconv.FormatInt(v, 10)), true
	}
	return resource.Secret{}, false
}
