package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/resource"
)

// fruit is a toy kind whose order can be managed.
func fruit() *resource.Kind {
	return &resource.Kind{
		Name: "fruit", Title: "fruit", Plural: "fruits", Collection: "fruits", Parent: "basket",
		Form: resource.Either, Key: "name", Order: &resource.Order{Before: "Before", After: "After"},
	}
}

// A collection with declared fruits in the order wanted; present gives those that
// exist, in server order, undeclared ones included.
func basket(wanted, present []string) (*collection, map[*resource.Resource]int) {
	kind := fruit()
	c := &collection{kind: kind, id: resource.CollectionID{Kind: "fruit", Parent: resource.NewAddress("basket", resource.Address{}, "b")}}
	position := map[*resource.Resource]int{}
	current := map[string]*resource.Resource{}
	for i, name := range present {
		current[name] = &resource.Resource{Kind: kind, Key: name}
		position[current[name]] = i
	}
	for _, name := range wanted {
		d := &resource.Resource{Kind: kind, Key: name, Parent: c.id.Parent, Address: resource.NewAddress("fruit", c.id.Parent, name)}
		pair := &resource.Pair{Desired: d, Current: current[name]}
		if pair.Current == nil {
			pair.Change = &resource.Change{Action: resource.Create}
		}
		c.pairs = append(c.pairs, pair)
	}
	return c, position
}

// play makes the moves on a list as the API would.
func play(line []string, moves []*resource.Change) []string {
	line = slices.Clone(line)
	for _, m := range moves {
		name := m.After.Key
		line = slices.Delete(line, slices.Index(line, name), slices.Index(line, name)+1)
		if !m.Position.After.IsZero() {
			line = slices.Insert(line, slices.Index(line, m.Position.After.Key())+1, name)
		} else {
			line = slices.Insert(line, slices.Index(line, m.Position.Before.Key()), name)
		}
	}
	return line
}

func only(line, names []string) []string {
	return slices.DeleteFunc(slices.Clone(line), func(n string) bool { return !slices.Contains(names, n) })
}

// bruteForce is the fewest moves of single declared items that bring the declared
// ones of line into the wanted order: the declared less the longest run in order,
// found by trying every subset.
func bruteForce(line, wanted []string) int {
	declared := only(line, wanted)
	best := len(wanted)
	for mask := range 1 << len(declared) {
		var kept []int
		for i, name := range declared {
			if mask&(1<<i) != 0 {
				kept = append(kept, slices.Index(wanted, name))
			}
		}
		if slices.IsSorted(kept) {
			best = min(best, len(wanted)-len(kept))
		}
	}
	return best
}

// What cannot be moved is moved around, with as few moves as that takes.
func TestMovesAroundLocked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		present := rapid.Permutation([]string{"a", "b", "c", "d", "e", "f", "g"}).Draw(t, "present")
		wanted := rapid.Permutation(present).Draw(t, "wanted")
		locked := present[:rapid.IntRange(0, 3).Draw(t, "locked")]
		c, position := basket(wanted, present)
		c.kind.Locked = func(r *resource.Resource) string {
			if slices.Contains(locked, r.Key) {
				return "locked"
			}
			return ""
		}
		moves := movesOf(c, position)

		stuck := bruteForce(only(present, locked), only(wanted, locked)) // locked ones that would have to move
		movedLocked := 0
		for _, m := range moves {
			if slices.Contains(locked, m.After.Key) {
				movedLocked++
			}
		}
		if movedLocked != stuck {
			t.Fatalf("%d locked ones are moved, %d have to be", movedLocked, stuck)
		}
		if after := play(present, moves); !slices.Equal(after, wanted) {
			t.Fatalf("order after the moves: %v, want %v", after, wanted)
		}
		if stuck > 0 {
			return
		}
		fewest := len(present)
		for mask := range 1 << len(present) {
			var kept []string
			for i, name := range present {
				if mask&(1<<i) != 0 {
					kept = append(kept, name)
				}
			}
			if slices.Equal(kept, only(wanted, kept)) && len(only(locked, kept)) == len(locked) {
				fewest = min(fewest, len(present)-len(kept))
			}
		}
		if len(moves) != fewest {
			t.Fatalf("%d moves, %d would do", len(moves), fewest)
		}
	})
}

func TestFewestMoves(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f", "g", "x", "y"}
	rapid.Check(t, func(t *rapid.T) {
		wanted := rapid.Permutation(names[:7]).Draw(t, "wanted")[:rapid.IntRange(0, 7).Draw(t, "declared")]
		present := rapid.Permutation(names).Draw(t, "present")[:rapid.IntRange(0, 9).Draw(t, "existing")]
		c, position := basket(wanted, present)
		moves := movesOf(c, position)

		line := slices.Clone(present) // as it is once the new ones are appended
		for _, name := range wanted {
			if !slices.Contains(line, name) {
				line = append(line, name)
			}
		}
		if got, want := len(moves), bruteForce(line, wanted); got != want {
			t.Fatalf("%d moves, %d would do", got, want)
		}
		after := play(line, moves)
		if diff := cmp.Diff(wanted, only(after, wanted), cmp.Transformer("", func(s []string) string { return fmt.Sprint(s) })); diff != "" {
			t.Fatalf("order after the moves:\n%s", diff)
		}
		undeclared := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(wanted, n) })
		if !slices.Equal(only(line, undeclared), only(after, undeclared)) {
			t.Fatalf("undeclared ones changed places: %v, %v", line, after)
		}
		moved := map[string]bool{}
		for _, m := range moves {
			if moved[m.After.Key] {
				t.Fatalf("%s is moved twice", m.After.Key)
			}
			moved[m.After.Key] = true
		}
	})
}
