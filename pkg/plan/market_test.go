package plan_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The market has what the toy kinds of basket_test.go lack: a second root that others
// refer to and whose name only the files know (a stall, with its signs), kinds without
// a key (chores) and with a composite one (jars), and two fields of one resource that
// cannot be read back (the name and the code of a till).
func market() *resource.Catalog {
	ops := resource.Ops{Create: "Create", Update: "Update", Delete: "Delete"}
	reads := []resource.ListOp{{Op: "List", Scope: resource.Everything}}
	text := func(name string) resource.Field {
		return resource.Field{Name: name, Type: resource.Text, Doc: "Its " + name + "."}
	}
	always := func(f resource.Field) resource.Field {
		f.Need = resource.Always
		return f
	}
	return resource.NewCatalog(
		&resource.Kind{
			Name: "cart", Title: "cart", Plural: "carts", Collection: "carts", Key: "name", KeyField: "name", Doc: "Carts.", Precious: true,
			Fields: []resource.Field{
				text("colour"),
				{Name: "stall", Type: resource.Reference, Target: "stall", Doc: "Where it stands."},
			},
			Ops: ops, Reads: reads, Compile: compileMarket,
		},
		&resource.Kind{
			Name: "fruit", Title: "fruit", Plural: "fruits", Collection: "fruits", Parent: "cart", Key: "name", KeyField: "name", Doc: "Fruits.",
			Fields: []resource.Field{text("colour")}, Ops: ops, Reads: reads, Compile: compileMarket,
		},
		&resource.Kind{
			Name: "chore", Title: "chore", Plural: "chores", Collection: "chores", Parent: "cart", Form: resource.Sequence, Doc: "Chores.",
			Fields: []resource.Field{always(text("what")), text("day")}, Ops: ops, Reads: reads, Compile: compileMarket,
		},
		&resource.Kind{
			Name: "jar", Title: "jar", Plural: "jars", Collection: "jars", Parent: "cart", Form: resource.Sequence, Doc: "Jars.",
			KeyFields: []string{"sort", "label"}, Renames: true, Precious: true,
			Fields: []resource.Field{
				{Name: "sort", Type: resource.Text, Need: resource.Always, Changes: resource.Identity, Doc: "Its sort."},
				always(text("label")),
				{Name: "lid", Type: resource.Text, Changes: resource.Replaces, Doc: "Its lid."},
			},
			Leftover: func(r *resource.Resource) string {
				if label, ok := strings.CutSuffix(r.Text("label"), "_OLD"); ok {
					return r.Text("sort") + "/" + label
				}
				return ""
			},
			Ops: ops, Reads: reads, Compile: compileMarket,
		},
		&resource.Kind{
			Name: "stall", Title: "stall", Plural: "stalls", Collection: "stalls", Key: "name", Doc: "Stalls.",
			Fields: []resource.Field{{Name: "place", Type: resource.Text, Changes: resource.Fixed, Doc: "Where it is."}},
			Match:  matchStalls, Ops: ops, Reads: reads, Compile: compileMarket,
		},
		&resource.Kind{
			Name: "sign", Title: "sign", Plural: "signs", Collection: "signs", Parent: "stall", Key: "side", KeyField: "side", Doc: "Signs.",
			Fields: []resource.Field{text("text")}, Ops: ops, Reads: reads, Compile: compileMarket,
		},
		&resource.Kind{
			Name: "till", Title: "till", Plural: "tills", Collection: "tills", Key: "name", KeyField: "name", Doc: "Tills.",
			Fields: []resource.Field{
				{Name: "user", Type: resource.Text, WriteOnly: true, From: true, Doc: "Who opens it."},
				{Name: "code", Type: resource.Text, Display: resource.Masked, WriteOnly: true, From: true, Doc: "What opens it."},
			},
			Ops: ops, Reads: reads, Facts: []string{"date"}, Modified: "date", Compile: compileMarket,
		},
	)
}

// matchStalls pairs a stall with the one at its place, else with the one without a place
// that something declared refers to. Where another one has no place, a new one may be
// it: that is unsure where something uses it, else blocked.
func matchStalls(m resource.Matching) []resource.Pairing {
	var out []resource.Pairing
	for i, d := range m.Desired {
		p := resource.Pairing{Desired: i, Current: -1}
		if place := d.Text("place"); place != "" {
			p.Current = slices.IndexFunc(m.Current, func(r *resource.Resource) bool { return r.Text("place") == place })
		}
		if j, referred := m.Referred[i]; referred && p.Current < 0 && !m.Current[j].Has("place") {
			p.Current = j
		}
		for j, r := range m.Current {
			switch {
			case p.Current >= 0 || r.Has("place"):
			case m.Used[j]:
				p.Unsure = "it may be " + r.Handle
			default:
				p.Blocked = "nobody knows what " + r.Handle + " is"
			}
		}
		out = append(out, p)
	}
	return out
}

// compileMarket makes one call of each change, which waits for what it refers to.
func compileMarket(c *resource.Change) []resource.Call {
	call := resource.Call{Does: string(c.Action), Op: "Op", Params: map[string]resource.Value{"uuid": resource.HandleOf{Address: c.Address}}}
	if c.Action == resource.Create {
		call.Params, call.Gives = nil, c.Address
	}
	if c.After == nil {
		return []resource.Call{call}
	}
	call.Body = map[string]resource.Value{}
	if !c.After.Parent.IsZero() {
		call.Body["parent"] = resource.HandleOf{Address: c.After.Parent}
	}
	for name, value := range c.After.Fields {
		if ref, ok := value.(resource.Ref); ok && !ref.Address.IsZero() {
			call.Body[name] = resource.HandleOf{Address: ref.Address}
		}
	}
	return []resource.Call{call}
}

// marketAt reads an address of the market.
func marketAt(text string) resource.Address {
	a, err := market().Parse(text)
	if err != nil {
		panic(err)
	}
	return a
}

// marketPatterns parses patterns of the market.
func marketPatterns(texts ...string) []resource.Pattern { return patternsOf(market(), texts) }

// stand makes a state of the market, a line each: an address and its fields.
//
//	cart.a colour=red stall=s    @ID is its id (h and the number of its line, else)
//	till.t code=(secret)         a value in brackets is a secret
//	cart.a stall=#s1             # refers to an id
//	till.t !date=monday          a fact
//
// The top and every collection that a line is in are declared, and were read.
func stand(lines ...string) *resource.State {
	catalog := market()
	s := &resource.State{Collections: map[resource.CollectionID]resource.Collection{}}
	for _, root := range catalog.Roots() {
		s.Collections[resource.CollectionID{Kind: root.Name}] = resource.Collection{Complete: true}
	}
	for i, line := range lines {
		words := strings.Split(line, " ")
		a := marketAt(words[0])
		r := &resource.Resource{
			Kind: catalog.Kind(a.Kind()), Address: a, Key: a.Key(), Parent: a.Parent(), Handle: "h" + strconv.Itoa(i),
			Fields: map[string]resource.Value{}, Facts: map[string]any{}, At: diag.Position{File: "f.yaml", Line: i + 1, Column: 1},
		}
		if !r.Kind.Keyed() {
			r.Fields["what"] = a.Key()
		}
		for n, name := range r.Kind.KeyFields {
			r.Fields[name] = strings.Split(a.Key(), "/")[n]
		}
		for _, word := range words[1:] {
			name, value, _ := strings.Cut(word, "=")
			switch f := r.Kind.Field(name); {
			case name[0] == '@':
				r.Handle = name[1:]
			case name[0] == '!':
				r.Facts[name[1:]] = value
			case f.Type == resource.Reference && value[0] == '#':
				r.Fields[name] = resource.Ref{Handle: value[1:]}
			case f.Type == resource.Reference:
				r.Fields[name] = resource.Ref{Name: value}
			case value[0] == '(':
				r.Fields[name] = resource.NewSecret(strings.Trim(value, "()"))
			default:
				r.Fields[name] = value
			}
		}
		s.Collections[resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}] = resource.Collection{Complete: true}
		s.Resources = append(s.Resources, r)
	}
	return s
}

// reading adds collections that were read, or are declared, and are empty ("fruit.a").
func reading(s *resource.State, ids ...string) *resource.State {
	for _, id := range ids {
		s.Collections[marketCollection(id)] = resource.Collection{Complete: true}
	}
	return s
}

// without takes collections away: they were not read, or are not declared.
func without(s *resource.State, ids ...string) *resource.State {
	for _, id := range ids {
		delete(s.Collections, marketCollection(id))
	}
	return s
}

// marketCollection reads the name of a collection: "fruit.a", "cart." at the top.
func marketCollection(text string) resource.CollectionID {
	kind, parent, _ := strings.Cut(text, ".")
	id := resource.CollectionID{Kind: kind}
	if parent != "" {
		id.Parent = marketAt(market().Kind(kind).Parent + "." + parent)
	}
	return id
}

// explain is a plan in a line each, with reasons.
func explain(p *plan.Plan, err error) []string {
	out := show(p, err)
	if p == nil {
		return out
	}
	for _, c := range p.Changes {
		if c.Reason != "" {
			out = append(out, fmt.Sprintf("because %s: %s", c.Address, c.Reason))
		}
	}
	return out
}
