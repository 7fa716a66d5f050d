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
	line := currentLine(now)
	present := map[string]bool{}
	for _, address := range line {
		present[address] = true
	}
	var order []string
	for _, m := range was {
		if present[m.Address] && !slices.Contains(order, m.Address) {
			order = append(order, m.Address)
		}
	}
	for _, c := range r.saved.Changes { // creates append, in this order
		if present[c.Address] && !slices.Contains(order, c.Address) {
			order = append(order, c.Address)
		}
	}
	for _, c := range r.saved.Changes {
		if c.Action == resource.Move && !c.Blocked && present[c.Address] && isBeside(line, c) {
			order = moveBeside(order, c)
		}
	}
	return slices.Equal(order, line)
}

// currentLine is the order of the addresses. What a replacement left behind stands for
// the resource that it replaces, if that does not exist, and else does not count.
func currentLine(now []Sibling) []string {
	exists := map[resource.Address]bool{}
	for _, s := range now {
		exists[s.Address] = true
	}
	var line []string
	for _, s := range now {
		switch {
		case s.LeftoverOf.IsZero():
			line = append(line, s.Address.String())
		case !exists[s.LeftoverOf]:
			line = append(line, s.LeftoverOf.String())
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
