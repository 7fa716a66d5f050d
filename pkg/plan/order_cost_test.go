package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// In a large collection the number of edges is that of the steps, and still every call of
// a phase comes after all of the phase before.
func TestFewEdgesBetweenLargePhases(t *testing.T) {
	const n = 120
	catalog := toyKinds()
	kept, lines := []string{"basket.b"}, []string{"basket.b"}
	for i := range n {
		kept = append(kept, fmt.Sprintf("fruit.b/keep%d", n-i))
	}
	for i := range n {
		lines = append(lines, fmt.Sprintf("fruit.b/keep%d", i+1), fmt.Sprintf("fruit.b/drop%d", i))
	}
	desired, current := state(kept...).ordered("fruit.b"), state(lines...)
	p, err := made(catalog, desired, current, plan.Input{Prune: []string{"fruits"}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Summary.Move != n-1 || p.Summary.Delete != n {
		t.Fatalf("%+v", p.Summary)
	}
	edges := 0
	latest := make([]map[int]bool, len(p.Steps)) // the moves that have ended before a step
	for i, s := range p.Steps {
		latest[i] = map[int]bool{}
		for _, id := range slices.Concat(s.Needs, s.After) {
			edges++
			if p.Steps[id].Change.Action == resource.Move {
				latest[i][id] = true
			}
			for move := range latest[id] {
				latest[i][move] = true
			}
		}
		if s.Change.Action == resource.Delete && len(latest[i]) != n-1 {
			t.Fatalf("%s comes after %d of %d moves", s.String(), len(latest[i]), n-1)
		}
	}
	if edges > 3*len(p.Steps) {
		t.Errorf("%d edges between %d steps", edges, len(p.Steps))
	}
}

// What all creates of a collection have in common, they share.
func TestCreatesShareTheKnownSiblings(t *testing.T) {
	lines := []string{"basket.b"}
	for i := range 50 {
		lines = append(lines, fmt.Sprintf("fruit.b/old%d", i))
	}
	desired := []string{"basket.b"}
	for i := range 50 {
		desired = append(desired, fmt.Sprintf("fruit.b/new%d", i))
	}
	p, err := made(toyKinds(), state(desired...), state(lines...), plan.Input{})
	if err != nil {
		t.Fatal(err)
	}
	lists := map[*string]bool{}
	for _, c := range p.Changes {
		if len(c.Known) != 50 {
			t.Fatalf("%s knows %d siblings", c.Address, len(c.Known))
		}
		lists[&c.Known[0]] = true
	}
	if len(lists) != 1 {
		t.Errorf("%d copies of the list of siblings", len(lists))
	}
}
