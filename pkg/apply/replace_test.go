package apply_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// variablesOf gives the variables as the sandbox holds them, in order, secrets
// included: NAME="value" sensitive.
func variablesOf(t *testing.T, r *rig) []string {
	t.Helper()
	var text strings.Builder
	if err := r.box.Dump(&text); err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(text.String()) {
		if variable, ok := strings.CutPrefix(strings.TrimSpace(line), "variable "); ok {
			out = append(out, variable)
		}
	}
	return out
}

// A variable's replacement that is interrupted after any of its calls, before or
// after the next one took effect, never leaves the environment without the value,
// and the next run finishes it with value and place kept. So does a third run
// after a second interruption.
func TestInterruptedReplacementKeepsValueAndPlace(t *testing.T) {
	for _, sensitive := range []bool{true, false} {
		for _, declared := range []bool{true, false} {
			if !sensitive && !declared {
				continue // blocked: the value cannot be read (testscripts)
			}
			for writes := range 6 {
				for _, again := range []int{0, 1, 2, 9} {
					for _, after := range []bool{false, true} {
						name := fmt.Sprintf("to sensitive=%v value=%v after %d and %d, effect=%v", sensitive, declared, writes, again, after)
						t.Run(name, func(t *testing.T) { interrupt(t, sensitive, declared, []int{writes, again}, after) })
					}
				}
			}
		}
	}
}

func interrupt(t *testing.T, sensitive, declared bool, crashes []int, after bool) {
	seed := map[string]any{"applications": []any{map[string]any{"slug": "one", "environments": []any{map[string]any{
		"slug": "live", "variables": []any{
			map[string]any{"name": "BEFORE", "value": "b"},
			map[string]any{"name": "KEY", "value": "old", "is_sensitive": !sensitive},
			map[string]any{"name": "AFTER", "value": "a"},
		},
	}}}}}
	d := &desire{catalog: kinds.Catalog(), state: &resource.State{Collections: map[resource.CollectionID]resource.Collection{}}}
	app := d.add("application", resource.Address{}, "one", map[string]resource.Value{})
	env := d.add("environment", app, "live", map[string]resource.Value{})
	d.collection("variable", env, false)
	want := "old"
	fields := map[string]resource.Value{"sensitive": sensitive}
	if declared {
		want = "new"
		fields["value"] = resource.NewSecret(want)
	}
	d.add("variable", env, "KEY", fields)
	r := newRig(t, seed, d.state, resource.Settings{})

	for _, writes := range crashes {
		ctx, cancel := context.WithCancel(context.Background())
		r.apply(ctx, r.plan(), &crasher{inner: r.box.RoundTripper(), cancel: cancel, left: writes, after: after})
		cancel()
		if !slices.ContainsFunc(variablesOf(t, r), func(v string) bool {
			return strings.HasPrefix(v, "KEY") && (strings.Contains(v, `"old"`) || strings.Contains(v, `"`+want+`"`))
		}) {
			t.Fatalf("the value is lost: %v", variablesOf(t, r))
		}
	}
	p := r.plan()
	for _, s := range r.apply(context.Background(), p, r.box.RoundTripper()).Steps {
		if s.Status != apply.Done {
			t.Fatalf("%s: %s %v\n%s", s.Step.Call.Does, s.Status, s.Error, describe(p))
		}
	}
	key := fmt.Sprintf("KEY=%q", want)
	if sensitive {
		key += " sensitive"
	}
	expected := []string{`BEFORE="b"`, key, `AFTER="a"`}
	if got := variablesOf(t, r); !slices.Equal(got, expected) {
		t.Fatalf("%v instead of %v", got, expected)
	}
	if p := r.plan(); !p.Empty() {
		t.Fatalf("not settled: %s", describe(p))
	}
}
