package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// blockCircles blocks changes that, after the verdicts of the reviews, would wait for
// themselves: an environment is created when another one was deleted, which is deleted
// when its domain was transferred, which is transferred to the new environment.
func (b *builder) blockCircles(verdicts []resource.Verdict) {
	after := map[*resource.Change][]resource.Address{}
	for _, v := range verdicts {
		after[v.Change] = append(after[v.Change], v.After...)
	}
	for _, v := range verdicts {
		if v.Change.Blocked == "" && len(v.After) > 0 && b.waitsFor(v.Change, v.Change, after, map[*resource.Change]bool{}) {
			v.Change.Block("it must wait for %s, which must wait for a transfer to it: make the changes in two steps", v.After[0])
		}
	}
}

// waitsFor reports whether c waits for target, directly or through other changes.
func (b *builder) waitsFor(c, target *resource.Change, after map[*resource.Change][]resource.Address, seen map[*resource.Change]bool) bool {
	if seen[c] {
		return false
	}
	seen[c] = true
	for _, other := range b.changes {
		if other == c || other.Blocked != "" {
			continue
		}
		waits := other.Action == resource.Delete && slices.Contains(after[c], other.Address) ||
			c.Action == resource.Delete && other.Action == resource.Transfer && c.Address.Contains(other.Before.Address) ||
			c.After != nil && other.Action == resource.Create && other.Address == c.After.Parent
		if waits && (other == target || b.waitsFor(other, target, after, seen)) {
			return true
		}
	}
	return false
}
