package plan

import (
	"cmp"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Whether the saved moves of a plan explain the current order of siblings. An apply makes
// moves one after another, and may leave out some: those that failed, and those that
// needed them. So some of the moves were made, in the saved order.

// reaches reports whether the saved order becomes the current one by some of the saved
// moves. A move counts as made if the resource is beside the one it goes beside.
func (r *resuming) reaches(was []SavedSibling, now []Sibling) bool {
	line := lineOf(now, func(s Sibling) (string, string) { return s.Address.String(), s.LeftoverOf.String() })
	present := map[string]bool{}
	for _, address := range line {
		present[address] = true
	}
	var order []string
	placed := map[string]bool{}
	place := func(address string) {
		if present[address] && !placed[address] {
			order, placed[address] = append(order, address), true
		}
	}
	for _, address := range lineOf(was, func(s SavedSibling) (string, string) { return s.Address, s.LeftoverOf }) {
		place(address)
	}
	for _, c := range r.saved.Changes { // creates append, in this order
		place(c.Address)
	}
	for _, c := range r.saved.Changes {
		if c.Action == resource.Move && !c.Blocked && present[c.Address] && isBeside(line, c) {
			order = moveBeside(order, c)
		}
	}
	return slices.Equal(order, line)
}

// lineOf is the order of the addresses; of gives the address of a sibling, and that of the
// resource that a replacement left it behind for. Such a one stands for that resource, if
// it does not exist, and else does not count.
func lineOf[S any](siblings []S, of func(S) (address, leftoverOf string)) []string {
	exists := map[string]bool{}
	for _, s := range siblings {
		address, _ := of(s)
		exists[address] = true
	}
	var line []string
	for _, s := range siblings {
		switch address, leftoverOf := of(s); {
		case leftoverOf == "":
			line = append(line, address)
		case !exists[leftoverOf]:
			line = append(line, leftoverOf)
		}
	}
	return line
}

// isBeside reports whether a resource is where its move puts it. Between it and the one
// that it goes before may be others that go before the same one.
func isBeside(line []string, c SavedChange) bool {
	i := slices.Index(line, c.Address)
	if c.After != "" {
		return i > 0 && line[i-1] == c.After
	}
	return i < slices.Index(line, c.Before)
}

func moveBeside(order []string, c SavedChange) []string {
	order = slices.DeleteFunc(slices.Clone(order), func(a string) bool { return a == c.Address })
	at := slices.Index(order, cmp.Or(c.Before, c.After))
	switch {
	case at < 0:
		return order
	case c.After != "":
		at++
	}
	return slices.Insert(order, at, c.Address)
}
