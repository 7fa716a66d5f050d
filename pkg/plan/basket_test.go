package plan_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Toy kinds: baskets that hold fruits, in order, and labels that are unique
// everywhere. What is tested is the machinery; the real kinds are tested where
// they are.
func toyKinds() *resource.Catalog {
	compile := func(c *resource.Change) []resource.Call {
		self := map[string]resource.Value{"uuid": resource.HandleOf{Address: c.Address}}
		switch c.Action {
		case resource.Create:
			body := map[string]resource.Value{"name": c.After.Key}
			if !c.After.Parent.IsZero() {
				body["parent"] = resource.HandleOf{Address: c.After.Parent}
			}
			return []resource.Call{{Does: "create", Op: "Create", Body: body, Gives: c.Address, Phase: 1, Serial: true}}
		case resource.Delete:
			return []resource.Call{{Does: "delete", Op: "Delete", Params: self, Phase: 3}}
		case resource.Move:
			anchor := c.Position.After
			if anchor.IsZero() {
				anchor = c.Position.Before
			}
			return []resource.Call{{Does: "move", Op: "Move", Params: self, Phase: 2, Serial: true,
				Body: map[string]resource.Value{"target": resource.HandleOf{Address: anchor}}}}
		case resource.Transfer:
			return []resource.Call{{Does: "transfer", Op: "Transfer", Params: self,
				Body: map[string]resource.Value{"target": resource.HandleOf{Address: c.After.Parent}}}}
		}
		return []resource.Call{{Does: string(c.Action), Op: "Update", Params: self}}
	}
	ops := resource.Ops{Create: "Create", Update: "Update", Delete: "Delete"}
	reads := []resource.ListOp{{Op: "List", Scope: resource.Everything}}
	basket := &resource.Kind{
		Name: "basket", Title: "basket", Plural: "baskets", Collection: "baskets", Key: "slug", KeyField: "slug", Precious: true,
		Doc: "Baskets.", Ops: ops, Reads: reads,
		Fields: []resource.Field{
			{Name: "size", Type: resource.Int, Doc: "Its size."},
			{Name: "shop", Type: resource.Reference, Target: "shop", Need: resource.ForCreate, Changes: resource.Fixed, Doc: "Where it is from."},
		},
		Locked: func(r *resource.Resource) string {
			if r.Fact("locked") {
				return "the basket is locked"
			}
			return ""
		},
		Implies: func(*resource.Resource) []resource.Implied { return []resource.Implied{{Kind: "fruit", Key: "apple"}} },
		Compile: compile,
	}
	fruit := &resource.Kind{
		Name: "fruit", Title: "fruit", Plural: "fruits", Collection: "fruits", Parent: "basket", Form: resource.Either, Key: "name", KeyField: "name", Renames: true,
		Doc: "Fruits.", Ops: ops, Reads: reads,
		Fields: []resource.Field{
			{Name: "colour", Type: resource.Text, Doc: "Its colour."},
			{Name: "ripe", Type: resource.Bool, Changes: resource.Replaces, Doc: "Ripe."},
			{Name: "secret", Type: resource.Text, Display: resource.Masked, WriteOnly: true, From: true, Doc: "Its secret."},
			{Name: "notes", Type: resource.FreeObject, Doc: "Notes."},
		},
		Foreign: func(r *resource.Resource) bool { return r.Fact("foreign") },
		Order:   &resource.Order{Before: "B", After: "A"},
		Compile: compile,
	}
	label := &resource.Kind{
		Name: "label", Title: "label", Plural: "labels", Collection: "labels", Parent: "basket", Key: "name", KeyField: "name", Global: true,
		Doc: "Labels.", Ops: ops, Reads: reads,
		Fields:  []resource.Field{{Name: "text", Type: resource.Text, Doc: "Its text."}},
		Compile: compile,
	}
	return resource.NewCatalog(basket, fruit, label)
}

// world builds states in a line each: "fruit.b/apple colour=red".
type world struct {
	catalog *resource.Catalog
	state   resource.State
}

// at reads an address of the toy kinds.
func at(text string) resource.Address {
	a, err := toyKinds().Parse(text)
	if err != nil {
		panic(err)
	}
	return a
}

// patterns parses patterns of the toy kinds.
func patterns(texts ...string) []resource.Pattern { return patternsOf(toyKinds(), texts) }

func patternsOf(catalog *resource.Catalog, texts []string) []resource.Pattern {
	var out []resource.Pattern
	for _, text := range texts {
		p, err := catalog.ParsePattern(text)
		if err != nil {
			panic(err)
		}
		out = append(out, p)
	}
	return out
}

func state(lines ...string) *world {
	w := &world{catalog: toyKinds()}
	w.state.Collections = map[resource.CollectionID]resource.Collection{{Kind: "basket"}: {Complete: true}}
	w.state.Choices = resource.Choices{"shop": {{Handle: "s1", Names: []string{"north"}, Default: true}, {Handle: "s2", Names: []string{"south"}}}}
	for i, line := range lines {
		address, rest, _ := strings.Cut(line, " ")
		a := at(address)
		kind := w.catalog.Kind(a.Kind())
		r := &resource.Resource{
			Kind: kind, Address: a, Key: a.Key(), Parent: a.Parent(), Handle: fmt.Sprintf("h%d", i),
			Fields: map[string]resource.Value{}, Facts: map[string]any{}, At: diag.Position{File: "f.yaml", Line: i + 1, Column: 1},
		}
		if kind.Parent != "" {
			w.state.Collections[resource.CollectionID{Parent: r.Parent, Kind: kind.Name}] = resource.Collection{Complete: true}
		}
		for _, field := range strings.Fields(rest) {
			name, value, _ := strings.Cut(field, "=")
			switch {
			case name == "locked" || name == "foreign":
				r.Facts[name] = true
			case name == "shop":
				r.Fields[name] = resource.Ref{Name: value}
			case name == "shopid":
				r.Fields["shop"] = resource.Ref{Handle: value}
			case name == "notes":
				r.Fields[name] = map[string]any{value: true}
			case name == "secret":
				r.Fields[name] = resource.NewSecret(value)
			case name == "size":
				r.Fields[name] = int64(len(value))
			case value == "true" || value == "false":
				r.Fields[name] = value == "true"
			default:
				r.Fields[name] = value
			}
		}
		w.state.Resources = append(w.state.Resources, r)
	}
	return w
}

// collection reads the name of a collection: "fruit.b".
func collection(text string) resource.CollectionID {
	kind, basket, _ := strings.Cut(text, ".")
	return resource.CollectionID{Kind: kind, Parent: at("basket." + basket)}
}

// declares adds empty declared collections ("fruit.b").
func (w *world) declares(ids ...string) *world {
	for _, id := range ids {
		w.state.Collections[collection(id)] = resource.Collection{Complete: true}
	}
	return w
}

func (w *world) ordered(id string) *world {
	w.state.Collections[collection(id)] = resource.Collection{Ordered: true, Complete: true}
	return w
}

// show is a plan in a line each, without digests.
func show(p *plan.Plan, err error) []string {
	var out []string
	var problems diag.List
	if err != nil && !errors.As(err, &problems) {
		return []string{"error " + err.Error()}
	}
	for _, d := range problems {
		out = append(out, fmt.Sprintf("problem %s: %s (%s)", d.At, d.Message, d.Hint))
	}
	if p == nil {
		return out
	}
	for _, c := range p.Changes {
		line := fmt.Sprintf("%s %s", c.Action, c.Address)
		for _, f := range c.Fields {
			if f.Masked {
				line += " " + f.Name + "=***"
			} else {
				line += fmt.Sprintf(" %s=%s→%s", f.Name, resource.Show(f.Before), resource.Show(f.After))
			}
		}
		if c.Position != nil {
			line += fmt.Sprintf(" before=%s after=%s", c.Position.Before, c.Position.After)
		}
		if c.Blocked != "" {
			line += " BLOCKED " + c.Blocked
		}
		out = append(out, line)
	}
	for _, a := range p.Unmanaged {
		out = append(out, "unmanaged "+a.String())
	}
	for _, f := range p.Uncompared {
		out = append(out, "uncompared "+f.Address.String()+" "+f.Name)
	}
	for _, b := range p.Violations {
		out = append(out, "violation "+b.Message+": "+b.Flag)
	}
	for _, n := range p.Notes {
		out = append(out, fmt.Sprintf("note %s: %s", n.Address, n.Text))
	}
	return out
}
