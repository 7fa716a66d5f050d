package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// If the files contain a sequence, the order of the declared siblings is managed with
// as few moves as possible: the declared resources that form a longest increasing
// subsequence of the current order are not moved, and each of the others is moved once.
// New ones count as being at the end, in file order, since a create appends them.
// Undeclared siblings are never moved and may be anywhere in between.
//
// A resource is moved directly after its declared predecessor, which is at its final
// position by then; those before the first one that is not moved go directly before
// that one, in file order.
func (b *builder) moves() {
	for _, c := range b.collections {
		if c.kind.Order == nil || !b.Desired.Collections[c.id].Ordered {
			continue
		}
		var moves []*resource.Change
		for _, m := range movesOf(c, b.positions(c)) {
			b.lock(m)
			moves = append(moves, m)
		}
		b.insertAfterCollection(c, moves)
	}
}

// positions returns the position of each current resource of the collection in server
// order, temporary ones included.
func (b *builder) positions(c *collection) map[*resource.Resource]int {
	positions := map[*resource.Resource]int{}
	for _, r := range b.Current.Resources {
		if r.Kind.Name == c.kind.Name && r.Parent == c.id.Parent {
			positions[r] = len(positions)
		}
	}
	return positions
}

func movesOf(c *collection, position map[*resource.Resource]int) []*resource.Change {
	var line []*resource.Pair // declared, in file order, existing by then
	var places []int
	next := len(position)
	for _, pair := range c.pairs {
		switch {
		case pair.Desired == nil:
			continue
		case pair.Current != nil:
			places = append(places, position[pair.Current])
		case c.leftovers[pair.Desired.Key] != nil:
			places = append(places, position[c.leftovers[pair.Desired.Key]])
		case pair.Change == nil || pair.Change.Blocked != "":
			continue
		default:
			places = append(places, next)
			next++
		}
		line = append(line, pair)
	}
	stays := keepLocked(places, func(i int) bool {
		current := line[i].Current
		return c.kind.Locked != nil && current != nil && c.kind.Locked(current) != ""
	})
	first := slices.Index(stays, true)

	var moves []*resource.Change
	for i, pair := range line {
		if stays[i] {
			continue
		}
		move := &resource.Change{
			Action: resource.Move, Address: pair.Desired.Address, Kind: c.kind, At: pair.Desired.At,
			Before: pair.Current, After: pair.Desired, Reason: "the order in the files is different",
		}
		if i < first {
			move.Position = &resource.Place{Before: line[first].Desired.Address}
		} else {
			move.Position = &resource.Place{After: line[i-1].Desired.Address}
		}
		moves = append(moves, move)
	}
	return moves
}

// insertAfterCollection inserts the moves after the last change of their collection, or
// where that would be.
func (b *builder) insertAfterCollection(c *collection, moves []*resource.Change) {
	at := -1
	for i, change := range b.changes {
		if change.Collection() == c.id {
			at = i + 1
		}
	}
	if at < 0 {
		at = len(b.changes)
		for i, change := range b.changes {
			if change.Address == c.id.Parent {
				at = i + 1
			}
		}
	}
	b.changes = slices.Insert(b.changes, at, moves...)
}

// keepLocked is longestIncreasing with resources that cannot be moved kept as far as
// possible, so that the others move around them.
func keepLocked(numbers []int, locked func(i int) bool) []bool {
	var at, places []int
	for i, n := range numbers {
		if locked(i) {
			at, places = append(at, i), append(places, n)
		}
	}
	if len(at) == 0 {
		return longestIncreasing(numbers)
	}
	fixed := map[int]bool{}
	for k, stays := range longestIncreasing(places) {
		if stays {
			fixed[at[k]] = true
		}
	}
	// The rest is compatible with all fixed ones, so a longest run of it contains all
	// fixed ones.
	fits := slices.Repeat([]bool{true}, len(numbers))
	low := -1
	for i, n := range numbers {
		if fixed[i] {
			low = n
		}
		fits[i] = n >= low
	}
	for i, high := len(numbers)-1, int(^uint(0)>>1); i >= 0; i-- {
		if fixed[i] {
			high = numbers[i]
		}
		fits[i] = fits[i] && numbers[i] <= high && (fixed[i] || !locked(i))
	}
	at, places = nil, nil
	for i, n := range numbers {
		if fits[i] {
			at, places = append(at, i), append(places, n)
		}
	}
	marks := make([]bool, len(numbers))
	for k, stays := range longestIncreasing(places) {
		marks[at[k]] = stays
	}
	return marks
}

// longestIncreasing marks the members of a longest increasing subsequence of
// distinct numbers, in n log n steps. Of several, it is always the same one.
func longestIncreasing(numbers []int) []bool {
	var tails []int // index of the smallest end of a run of each length
	before := make([]int, len(numbers))
	for i, n := range numbers {
		length, _ := slices.BinarySearchFunc(tails, n, func(tail, n int) int { return numbers[tail] - n })
		before[i] = -1
		if length > 0 {
			before[i] = tails[length-1]
		}
		if length == len(tails) {
			tails = append(tails, i)
		} else {
			tails[length] = i
		}
	}
	marks := make([]bool, len(numbers))
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			marks[i] = true
		}
	}
	return marks
}
