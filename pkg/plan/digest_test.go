package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// fruitDraw is a declared fruit: what its fields hold, "" for nothing. A value that
// begins with $ is a source.
type fruitDraw struct{ name, colour, secret, ripe string }

func drawFruit(t *rapid.T, name string) fruitDraw {
	return fruitDraw{
		name:   name,
		colour: rapid.SampledFrom([]string{"", "red", "green", "$A", "$B"}).Draw(t, "colour"),
		secret: rapid.SampledFrom([]string{"", "one", "two", "$A", "$B"}).Draw(t, "secret"),
		ripe:   rapid.SampledFrom([]string{"", "true"}).Draw(t, "ripe"),
	}
}

// declare makes a desired state. Where available is false, sources are not resolved.
func declare(fruits []fruitDraw, available bool) *resource.State {
	w := state("basket.b").declares("fruit.b")
	for _, f := range fruits {
		line := "fruit.b/" + f.name
		if f.ripe != "" {
			line += " ripe=" + f.ripe
		}
		r := state("basket.b", line).state.Resources[1]
		r.Sources = map[string]resource.Source{}
		for name, text := range map[string]string{"colour": f.colour, "secret": f.secret} {
			switch {
			case text == "":
			case text[0] != '$':
				r.Fields[name] = text
			case available:
				r.Fields[name], r.Sources[name] = resource.NewSecret("value of "+text), resource.Source{Env: text[1:]}
			default:
				r.Fields[name] = resource.Source{Env: text[1:]}
			}
		}
		w.state.Resources = append(w.state.Resources, r)
	}
	return &w.state
}

// TestEqualDigests: plans with equal digests write the same set of addresses, fields and
// sources, whatever an apply finds out about secrets: that every one is another one than
// before, so that everything is written that can be, or that none is, so that only forced
// ones are.
func TestEqualDigests(t *testing.T) {
	equal, different := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var first []fruitDraw
		for _, name := range []string{"apple", "pear", "plum"}[:rapid.IntRange(0, 3).Draw(t, "fruits")] {
			first = append(first, drawFruit(t, name))
		}
		second := slices.Clone(first)
		for range rapid.IntRange(0, 2).Draw(t, "edits") {
			if len(second) == 0 {
				break
			}
			i := rapid.IntRange(0, len(second)-1).Draw(t, "edited")
			switch rapid.IntRange(0, 2).Draw(t, "edit") {
			case 0:
				second[i] = drawFruit(t, second[i].name)
			case 1:
				second = slices.Delete(second, i, i+1)
			case 2:
				slices.Reverse(second)
			}
		}
		var there []string
		for _, name := range []string{"apple", "pear", "kiwi"} {
			if rapid.Bool().Draw(t, "existing "+name) {
				there = append(there, "fruit.b/"+name+" colour=red")
			}
		}
		prune := rapid.SampledFrom([][]string{nil, {"fruits"}}).Draw(t, "prune")
		asked := [2][]string{}
		for i := range asked {
			asked[i] = rapid.SampledFrom([][]string{nil, {"fruit.b/apple"}, {"fruit.**"}}).Draw(t, "asked")
		}
		same := rapid.Bool().Draw(t, "the ledger knows the values")
		make := func(i int, fruits []fruitDraw, available bool) *plan.Plan {
			in := plan.Input{
				Catalog: toyKinds(), Desired: declare(fruits, available), Current: &state(append([]string{"basket.b"}, there...)...).declares("fruit.b").state,
				Prune: prune, WriteSensitive: patterns(asked[i]...), Declared: &state("basket.b", "fruit.b/apple secret=x").state,
			}
			if available {
				in.Seals = map[resource.FieldID]plan.Seal{}
				for _, r := range in.Desired.Resources {
					in.Seals[resource.FieldID{Address: r.Address, Name: "secret"}] = plan.Seal{Known: true, Same: same}
				}
			}
			p, err := plan.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		// Reviewed without the secrets, applied with them.
		reviewed, applied := make(0, first, false), make(1, second, true)
		if reviewed.Digest != applied.Digest {
			different++
			return
		}
		equal++
		if d := cmp.Diff(writes(make(0, first, true), first), writes(applied, second)); d != "" {
			t.Fatalf("equal digests, other writes:\n%s", d)
		}
	})
	if equal < 10 || different < 10 {
		t.Errorf("%d equal and %d different digests: the test says little", equal, different)
	}
}

// writes are the values that a plan writes and the resources that it deletes: for each
// the address, the field and where the value comes from.
func writes(p *plan.Plan, declared []fruitDraw) []string {
	found := []string{}
	for _, c := range p.Changes {
		if c.Blocked != "" {
			continue
		}
		found = append(found, fmt.Sprintf("%s %s", c.Action, c.Address))
		for _, f := range c.Fields {
			i := slices.IndexFunc(declared, func(d fruitDraw) bool { return "fruit.b/"+d.name == c.Address.String() })
			text := fmt.Sprint(f.After)
			if i >= 0 {
				text = map[string]string{"colour": declared[i].colour, "secret": declared[i].secret, "ripe": declared[i].ripe}[f.Name]
			}
			found = append(found, fmt.Sprintf("%s %s %s", c.Address, f.Name, text))
		}
	}
	slices.Sort(found)
	return found
}
