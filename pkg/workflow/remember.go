package workflow

import (
	"context"
	"fmt"
	"strings"

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
//     and writes. Where there is no old date to tell by, it is forgotten.
//   - The dates are read anew behind the last write, since a write may touch its
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
		ledgerFile: p.ledger, before: dates(p.in.Current), fresh: map[resource.Address]bool{}, unsure: map[resource.Address]bool{},
		touched: map[resource.CollectionID]bool{},
	}
	for _, c := range result.Changes {
		m.change(c.Change, c.Status)
	}
	warn := p.workflow.Warn
	if m.readsAnew() {
		after, err := remote.Read(ctx, p.client, p.in.Kinds, m.scope(p.in.Desired))
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
	before  map[resource.Address]string // dates as they were read for the plan
	fresh   map[resource.Address]bool   // entries that this apply made
	unsure  map[resource.Address]bool   // entries that stay as they are
	touched map[resource.CollectionID]bool
}

// change takes in how one change ended.
func (m *memory) change(c *resource.Change, status apply.Status) {
	if status == apply.Blocked || status == apply.Skipped {
		return
	}
	if c.Action == resource.Delete {
		if status == apply.Done {
			m.forget(c.Address)
		}
		return
	}
	name := sensitiveField(c.Kind, c.Before, c.After)
	if c.Kind.Modified != "" {
		m.touched[resource.CollectionID{Parent: c.After.Parent, Kind: c.Kind.Name}] = true
	}
	if name == "" {
		if status == apply.Done { // no longer sensitive
			m.content.Delete(c.Address)
		}
		return
	}
	value, atHand := secretOf(c.After, name)
	renamed := c.Before != nil && c.Before.Address != c.Address
	written := c.Action == resource.Create || c.Action == resource.Replace || c.Field(name) != nil
	if status != apply.Done {
		if written || renamed {
			m.doubt(c.Address, status)
		}
		if renamed {
			m.doubt(c.Before.Address, status)
		}
		return
	}
	if renamed {
		m.content.Rename(c.Before.Address, c.Address, m.key, value)
		if date, known := m.before[c.Before.Address]; known {
			m.before[c.Address] = date
		}
	}
	switch {
	case !written:
	case atHand:
		m.content.Set(c.Address, ledger.Seal{HMAC: m.key.Sum(c.Address, value)})
		m.fresh[c.Address] = true
	default:
		m.content.Delete(c.Address)
	}
}

// doubt leaves an entry as it is whose value may have been written. Of a change that
// failed, a step before that may have been made.
func (m *memory) doubt(a resource.Address, status apply.Status) {
	m.unsure[a] = true
	if seal, found := m.content.Seal(a); found && seal.Modified == "" && status != apply.Failed {
		m.content.Delete(a)
	}
}

// forget drops the entries of a resource and of all below it.
func (m *memory) forget(gone resource.Address) {
	for a := range m.content.All() {
		if a == gone || strings.HasPrefix(a.Path(), gone.Path()+"/") {
			m.content.Delete(a)
		}
	}
}

// readsAnew reports whether a date may have changed that the ledger holds.
func (m *memory) readsAnew() bool {
	for a := range m.content.All() {
		if m.touches(a) {
			return true
		}
	}
	return false
}

func (m *memory) touches(a resource.Address) bool {
	for id := range m.touched {
		if a.Kind() == id.Kind && strings.HasPrefix(a.Path(), id.Parent.Path()+"/") {
			return true
		}
	}
	return false
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
	for i := len(desired.Resources) - 1; i >= 0; i-- {
		if r := desired.Resources[i]; needed[r.Address] {
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
	for a, seal := range m.content.All() {
		if !m.touches(a) || m.unsure[a] {
			continue
		}
		date, there := now[a]
		switch {
		case m.fresh[a] || there && seal.Modified == m.before[a]:
			m.content.Set(a, ledger.Seal{HMAC: seal.HMAC, Modified: date})
		case !there && m.complete(after, a):
			m.content.Delete(a)
		}
	}
}

// complete reports whether the collection of a was read wholly.
func (m *memory) complete(state *resource.State, a resource.Address) bool {
	for id, collection := range state.Collections {
		if collection.Complete && a.Kind() == id.Kind && strings.HasPrefix(a.Path(), id.Parent.Path()+"/") {
			return true
		}
	}
	return false
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
