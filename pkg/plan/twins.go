package plan

import (
	"fmt"

	"github.com/divioctl/divioctl/pkg/resource"
)

// warnTwins warns of an undeclared resource without a key that stays, and equals a
// declared one in everything that is declared: it does the same work a second time.
// Two applies at once, or a create whose answer was lost, leave such a twin behind, and
// nothing else would ever mention it.
func (b *builder) warnTwins() {
	for _, c := range b.collections {
		if c.kind.Keyed() {
			continue
		}
		declared := map[string][]*resource.Resource{}
		for _, pair := range c.pairs {
			if pair.Desired != nil && (pair.Change == nil || pair.Change.Blocked == "") {
				label := resource.LongKey(pair.Desired)
				declared[label] = append(declared[label], pair.Desired)
			}
		}
		for _, pair := range c.pairs {
			if pair.Desired != nil || pair.Change != nil && pair.Change.Blocked == "" {
				continue
			}
			for _, d := range declared[resource.LongKey(pair.Current)] {
				if equalIn(d, pair.Current) && b.protectedMember(pair.Current) != "" {
					b.warn(pair.Current.Address, fmt.Sprintf("is not declared, and equals the declared %s, so the work is done twice; it is protected", d.Address))
					break
				}
				if equalIn(d, pair.Current) {
					b.warn(pair.Current.Address, fmt.Sprintf("is not declared, and equals the declared %s, so the work is done twice; to delete this one, add under removed: %s",
						d.Address, removedEntry(pair.Current)))
					break
				}
			}
		}
	}
}

// equalIn reports whether have equals want in all fields that want declares.
func equalIn(want, have *resource.Resource) bool {
	for name, value := range want.Fields {
		if !resource.Equal(value, have.Fields[name]) {
			return false
		}
	}
	return true
}
