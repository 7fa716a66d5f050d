package plan_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/plan"
)

// Each pattern has to match something, and the nearest one is named.
func TestUnmatched(t *testing.T) {
	declared := state("basket.apples", "fruit.apples/braeburn secret=x", "fruit.apples/gala", "label.apples/sold", "basket.pears").
		declares("fruit.pears")
	current := state("basket.apples", "fruit.apples/braeburn", "fruit.apples/jonagold", "basket.oranges")
	const none = " matches no resource that is declared or was read"
	for _, test := range []struct {
		name                string
		only, exclude, asks []string
		want                string // "" if it is accepted
	}{
		{"declared, and existing", []string{"fruit.apples/gala", "fruit.apples/jonagold", "basket.oranges"}, nil, nil, ""},
		{"an edit away", []string{"fruit.apples/gela"}, nil, nil, "--only fruit.apples/gela" + none + `, did you mean "fruit.apples/gala"?`},
		{"a parent misspelt", nil, []string{"fruit.aples/*"}, nil, "--exclude fruit.aples/*" + none + `, did you mean "fruit.apples/*"?`},
		{"before two stars", nil, []string{"fruit.aples/**"}, nil, "--exclude fruit.aples/**" + none + `, did you mean "fruit.apples/**"?`},
		{"any kind", nil, []string{"*.aples/gala"}, nil, "--exclude *.aples/gala" + none + `, did you mean "*.apples/gala"?`},
		{"a path", nil, []string{"aples"}, nil, "--exclude aples" + none + `, did you mean "apples"?`},
		{"another kind", nil, []string{"label.apples/gala"}, nil, "--exclude label.apples/gala" + none},
		{"a last part", nil, []string{"gala"}, nil, "--exclude gala" + none + `, did you mean "fruit.apples/gala"?`},
		{"nothing near", nil, []string{"kiwis"}, nil, "--exclude kiwis" + none},
		{"a collection that is excluded, and empty", nil, []string{"fruit.pears/*"}, nil, ""},
		{"in a collection that is excluded", nil, []string{"fruit.pears/*", "fruit.pears/conference"}, nil, ""},
		{"in another one", nil, []string{"fruit.pears/*", "fruit.apples/conference"}, nil, "--exclude fruit.apples/conference" + none},
		{"what --only leaves out", []string{"fruit.apples/*"}, []string{"basket.pears"}, nil, ""},
		{"a value that cannot be read", nil, nil, []string{"fruit.apples/*"}, ""},
		{"a value that can", nil, nil, []string{"fruit.apples/gala"}, "--write-sensitive fruit.apples/gala matches no declared value that the API does not return"},
		{
			"several", []string{"pear"}, []string{"bananas"}, []string{"fruit.apples/breaburn"},
			"--only pear" + none + `, did you mean "pears"?` + "\n--exclude bananas" + none +
				"\n--write-sensitive fruit.apples/breaburn matches no declared value that the API does not return, did you mean \"fruit.apples/braeburn\"?",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			selection := plan.Selection{Only: patterns(test.only...), Exclude: patterns(test.exclude...)}
			_, err := plan.Make(plan.Input{
				Catalog: toyKinds(), Declared: &declared.state, Current: &current.state, Select: selection,
				Desired: plan.Narrow(&declared.state, toyKinds(), selection, nil), WriteSensitive: patterns(test.asks...),
			})
			if got := errors.Join(err); test.want == "" && err != nil || test.want != "" && (got == nil || got.Error() != test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

// A selection with an unknown name is refused, whatever else it holds, and one of known
// names is not.
func TestUnknownNamesAreRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(what string) []string {
			lines := []string{"basket.a", "basket.b"}
			for _, line := range []string{"fruit.a/x secret=s", "fruit.a/y", "fruit.b/x", "label.a/l", "label.b/m", "basket.c", "fruit.c/z"} {
				if rapid.Bool().Draw(t, what+" "+line) && (!strings.Contains(line, ".c/") || slices.Contains(lines, "basket.c")) {
					lines = append(lines, line)
				}
			}
			return lines
		}
		desired, current := state(draw("declared")...), state(draw("existing")...)
		var known []string
		for _, w := range []*world{desired, current} {
			for _, r := range w.state.Resources {
				known = append(known, r.Address.String(), r.Address.Path(), strings.TrimSuffix(r.Address.String(), r.Key)+"*")
			}
		}
		some := func(what string) []string { return rapid.SliceOfN(rapid.SampledFrom(known), 0, 2).Draw(t, what) }
		only, exclude := some("only"), some("exclude")
		unknown := ""
		if rapid.Bool().Draw(t, "with an unknown name") {
			near := rapid.SampledFrom(known).Draw(t, "near")
			unknown = strings.TrimSuffix(near, "*") + rapid.SampledFrom([]string{"q", "qq*", "q/**"}).Draw(t, "more")
			if rapid.Bool().Draw(t, "excluded") {
				exclude = []string{unknown} // what others exclude is not read, and may have any name
			} else {
				only = append(only, unknown)
			}
		}
		selection := plan.Selection{Only: patterns(only...), Exclude: patterns(exclude...), WithDependencies: true}
		_, err := plan.Make(plan.Input{
			Catalog: toyKinds(), Declared: &desired.state, Current: &current.state, Select: selection,
			Desired: plan.Narrow(&desired.state, toyKinds(), selection, nil),
		})
		var problem *plan.SelectionError
		refused := errors.As(err, &problem) && strings.Contains(err.Error(), " "+unknown+" matches no ")
		if unknown != "" && !refused {
			t.Fatalf("%s is unknown, and %v", unknown, err)
		}
		if unknown == "" && errors.As(err, &problem) && strings.Contains(err.Error(), "matches no") {
			t.Fatalf("known names: %v", err)
		}
	})
}
