package workflow

import (
	"context"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/ledger"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
)

// What an apply leaves in the ledger:
//
//   - What was written is remembered, and what was deleted is forgotten. A renamed
//     resource keeps its entry.
//   - What may have been written keeps its old entry with the old date: whichever
//     value is there now, the next plan finds that the hash or the date is another,
//     and writes. Where there is no old date to tell by, the entry is made for the empty
//     value, which is never written, so that the next plan writes whatever is declared.
//   - Of a change that was made in part, what its done calls sent is remembered: a
//     repository has its new password, although its check failed.
//   - The dates are read again after the last write, since a write may touch its
//     siblings. An entry that was not written gets the new date only if the date
//     before this apply was the one in the ledger: whoever else changed it must
//     still be found out.
//   - What is not there any more has no entry.
//
// The ledger is never the reason why an apply fails: what it lacks counts as not
// compared.

// remember brings the ledger up to date with what an apply did.
func (p *Planned) remember(ctx context.Context, result *apply.Result) {
	if !p.ledger.inUse() {
		return
	}
	m := memory{
		ledgerFile: p.ledger, catalog: p.in.Catalog, before: dates(p.in.Current),
		fresh: map[ledger.ID]bool{}, unsure: map[ledger.ID]bool{}, touched: map[resource.CollectionID]bool{},
		steps: map[*resource.Change][]apply.StepResult{},
	}
	for _, s := range result.Steps {
		if c := s.Step.Change; c != nil && s.Step.Deployment == nil {
			m.steps[c] = append(m.steps[c], s)
		}
	}
	for _, c := range result.Changes {
		m.change(c.Change, c.Status)
	}
	warn := p.workflow.Warn
	if m.readsAgain() {
		after, err := remote.Read(ctx, p.client, p.in.Catalog, remote.Wanted{Desired: m.scope(p.in.Desired)})
		if err != nil {
			warn(fmt.Sprintf("the ledger lacks dates, since what was applied could not be read again: %v", err))
		}
		m.date(after)
	}
	changed, err := m.content.Write(m.path)
	if err != nil {
		warn(err.Error())
	}
	result.Ledger = &apply.LedgerFile{File: m.path, Changed: changed}
	p.in.Seals = p.seals()
}

// memory is the ledger while it is brought up to date.
type memory struct {
	ledgerFile
	catalog *resource.Catalog
	before  map[resource.Address]string // dates as they were read for the plan
	fresh   map[ledger.ID]bool          // entries that this apply made
	unsure  map[ledger.ID]bool          // entries that stay as they are
	touched map[resource.CollectionID]bool
	steps   map[*resource.Change][]apply.StepResult // the calls of each change
}

// change takes in how one change ended.
func (m *memory) change(c *resource.Change, status apply.Status) {
	switch {
	case status == apply.Blocked:
		return
	case status == apply.Skipped && !slices.ContainsFunc(m.steps[c], func(s apply.StepResult) bool { return s.Status == apply.Done }):
		return
	case c.Action == resource.Delete:
		if status == apply.Done {
			m.drop(c.Address)
		}
		return
	case c.Kind.Modified != "":
		m.touched[resource.CollectionID{Parent: c.After.Parent, Kind: c.Kind.Name}] = true
	}
	kept := map[string]bool{}
	for _, name := range writeOnly(c.Kind, c.Before, c.After) {
		kept[name] = true
		m.field(c, name, status)
	}
	if status != apply.Done {
		return
	}
	for i := range c.Kind.Fields { // what is not write-only any more
		if name := c.Kind.Fields[i].Name; !kept[name] {
			m.content.Delete(ledger.ID{Address: c.Address.String(), Field: name})
		}
	}
}

// field takes in how the change of a write-only field ended.
func (m *memory) field(c *resource.Change, name string, status apply.Status) {
	id := ledger.ID{Address: c.Address.String(), Field: name}
	was := id
	if c.Before != nil {
		was.Address = c.Before.Address.String()
	}
	renamed := was != id
	sent := m.sent(c, name)
	if (status == apply.Failed || status == apply.Skipped) && sent {
		status = apply.Done
	}
	written := sent || c.Action == resource.Create || c.Action == resource.Replace || c.Field(name) != nil
	if status != apply.Done && status != apply.Waiting {
		if written || renamed {
			m.doubt(id, status)
		}
		if renamed {
			m.doubt(was, status)
		}
		return
	}
	value, available := secretOf(c.After, name)
	if renamed {
		m.content.Rename(was, id, m.key, value)
		if date, known := m.before[c.Before.Address]; known {
			m.before[c.Address] = date
		}
	}
	switch {
	case !written:
	case available:
		m.content.Set(id, ledger.Seal{HMAC: m.key.Sum(id, value)})
		m.fresh[id] = true
	default:
		m.content.Delete(id)
	}
}

// sent reports whether a create or an update has sent a field: a call that is done has
// it in its body. The value of a replacement is in another place until its last call.
func (m *memory) sent(c *resource.Change, name string) bool {
	if c.Action != resource.Create && c.Action != resource.Update {
		return false
	}
	key := c.Kind.Field(name).APIName()
	return slices.ContainsFunc(m.steps[c], func(s apply.StepResult) bool {
		return s.Status == apply.Done && holds(s.Step.Call.Body, key)
	})
}

// holds reports whether a body has a key, however deep.
func holds(body map[string]resource.Value, key string) bool {
	for name, value := range body {
		inner, _ := value.(map[string]any)
		if name == key || holds(inner, key) {
			return true
		}
	}
	return false
}

// doubt leaves an entry as it is whose value may have been written. Of a change that
// failed, a step before that may have been made.
func (m *memory) doubt(id ledger.ID, status apply.Status) {
	m.unsure[id] = true
	if seal, found := m.content.Seal(id); found && seal.Modified == "" && status == apply.Unknown {
		m.content.Set(id, ledger.Seal{HMAC: m.key.Sum(id, resource.NewSecret(""))})
	}
}

// drop deletes the entries of a resource and of all below it.
func (m *memory) drop(gone resource.Address) {
	for id := range m.content.All() {
		if a, err := m.catalog.Parse(id.Address); err == nil && (a == gone || gone.Contains(a)) {
			m.content.Delete(id)
		}
	}
}

// readsAgain reports whether a date may have changed that the ledger holds.
func (m *memory) readsAgain() bool {
	for id := range m.content.All() {
		if _, touched := m.isTouched(id); touched {
			return true
		}
	}
	return false
}

// isTouched reports whether an entry is about something in a collection that was
// touched, and gives its address.
func (m *memory) isTouched(id ledger.ID) (resource.Address, bool) {
	a, err := m.catalog.Parse(id.Address)
	return a, err == nil && m.touched[resource.CollectionID{Parent: a.Parent(), Kind: a.Kind()}]
}

// scope is what has to be read again: the collections that were touched.
func (m *memory) scope(desired *resource.State) *resource.State {
	scope := &resource.State{Organisation: desired.Organisation, Collections: map[resource.CollectionID]resource.Collection{}}
	needed := map[resource.Address]bool{}
	for id := range m.touched {
		scope.Collections[id] = resource.Collection{}
		needed[id.Parent] = true
	}
	// Parents stand before their children. No field is needed of them.
	for _, r := range slices.Backward(desired.Resources) {
		if needed[r.Address] {
			needed[r.Parent] = true
			scope.Resources = append(scope.Resources, &resource.Resource{Kind: r.Kind, Address: r.Address, Key: r.Key, Parent: r.Parent})
		}
	}
	return scope
}

// date gives the entries that were touched and are not in doubt the dates of now.
// What could not be read has none.
func (m *memory) date(after *resource.State) {
	now := dates(after)
	for id, seal := range m.content.All() {
		a, touched := m.isTouched(id)
		if !touched || m.unsure[id] {
			continue
		}
		date, there := now[a]
		switch {
		case m.fresh[id] || there && seal.Modified == m.before[a]:
			m.content.Set(id, ledger.Seal{HMAC: seal.HMAC, Modified: date})
		case !there && after.Collections[resource.CollectionID{Parent: a.Parent(), Kind: a.Kind()}].Complete:
			m.content.Delete(id)
		}
	}
}

// dates gives the API's dates of the last change, as far as it tells them.
func dates(state *resource.State) map[resource.Address]string {
	out := map[resource.Address]string{}
	for _, r := range state.Resources {
		if date, ok := r.Facts[r.Kind.Modified].(string); ok {
			out[r.Address] = date
		}
	}
	return out
}
