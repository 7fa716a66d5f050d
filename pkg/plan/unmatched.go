package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/divioctl/divioctl/pkg/resource"
)

// A pattern of --only, --exclude or --write-sensitive that matches nothing is most
// likely a typing error: the plan would do what it should leave out. So it is an error,
// with the nearest pattern that matches.
//
//   - It has to match a resource that the files name (declared, moved or removed), or
//     one that was read.
//   - A pattern of --write-sensitive has to match a declared resource with a value that
//     the API does not return; "**" stands for those that there are, even for none.
//   - What was not read is unknown. A pattern of --exclude is accepted if it may match
//     in a declared collection of which everything is excluded, and every pattern if it
//     may match a kind whose read failed.
//   - The addresses of a saved plan may no longer exist: that was planned, or makes it
//     stale.

// unmatched lists the problems of the patterns.
func (b *builder) unmatched() []string {
	s := &b.Select
	if s.Exactly != nil || len(s.Only)+len(s.Exclude)+len(b.WriteSensitive) == 0 {
		return nil
	}
	known := b.known()
	declared := b.Declared
	if declared == nil {
		declared = b.Desired
	}
	excluded := func(p resource.Pattern) bool {
		for id := range declared.Collections {
			if kind := b.Catalog.Kind(id.Kind); kind != nil && s.excludesAll(id) && p.MayMatch(kind, id.Parent) {
				return true
			}
		}
		return false
	}
	var problems []string
	check := func(flag string, patterns []resource.Pattern, among []resource.Address, what string) {
		for _, p := range patterns {
			matches := slices.ContainsFunc(among, func(a resource.Address) bool { return a.Match(p) })
			if !matches && !b.mayBeUnread(p) && (flag != "--exclude" || !excluded(p)) {
				problems = append(problems, fmt.Sprintf("%s %s matches no %s%s", flag, p, what, b.suggestion(p, among)))
			}
		}
	}
	check("--only", s.Only, known, "resource that is declared or was read")
	check("--exclude", s.Exclude, known, "resource that is declared or was read")
	some := slices.DeleteFunc(slices.Clone(b.WriteSensitive), func(p resource.Pattern) bool { return p.String() == "**" })
	check("--write-sensitive", some, b.sensitive(declared), "declared value that the API does not return")
	if len(problems) == 0 && !slices.ContainsFunc(known, s.Covers) {
		problems = append(problems, "the selection is empty: everything is excluded by "+strings.Join(patternTexts(s.Exclude), ", "))
	}
	return problems
}

// known are all addresses that the files name or that were read, sorted.
func (b *builder) known() []resource.Address {
	all := map[resource.Address]bool{}
	add := func(a resource.Address) { all[a] = true }
	for _, state := range []*resource.State{b.Declared, b.Desired, b.Current} {
		if state != nil {
			for _, r := range state.Resources {
				add(r.Address)
			}
		}
	}
	for _, index := range []map[resource.Address]*resource.Resource{b.wanted, b.existing} {
		for a := range index {
			add(a)
		}
	}
	for _, c := range b.changes {
		add(c.Address)
	}
	for _, m := range b.Settings.Moved {
		add(m.From)
		add(m.To)
	}
	for _, entry := range b.Settings.Removed {
		add(entry.Address)
	}
	return slices.SortedFunc(maps.Keys(all), resource.Address.Compare)
}

// sensitive are the declared resources with a value that the API does not return,
// because the files or the existing resource say so.
func (b *builder) sensitive(declared *resource.State) []resource.Address {
	var found []resource.Address
	for _, r := range declared.Resources {
		if slices.ContainsFunc(r.Kind.Fields, func(f resource.Field) bool {
			there := b.existing[r.Address]
			return r.Has(f.Name) && (r.IsWriteOnly(&f) || r.IsMasked(f.Name) || there != nil && there.IsWriteOnly(&f))
		}) {
			found = append(found, r.Address)
		}
	}
	return found
}

// mayBeUnread reports whether a pattern can match a kind that could not be read.
func (b *builder) mayBeUnread(p resource.Pattern) bool {
	unread := map[string]bool{}
	for _, kind := range b.Catalog.Kinds() { // parents before children
		unread[kind.Name] = unread[kind.Parent] || slices.Contains(b.Current.Unread, kind.Name)
		if unread[kind.Name] && p.Names(kind) {
			return true
		}
	}
	return false
}

// suggestion names the pattern that was most likely meant, or "".
func (b *builder) suggestion(p resource.Pattern, among []resource.Address) string {
	best := nearestPattern(p.String(), among)
	if best == "" {
		return ""
	}
	if parsed, err := b.Catalog.ParsePattern(best); err != nil || !slices.ContainsFunc(among, func(a resource.Address) bool { return a.Match(parsed) }) {
		return ""
	}
	return ", did you mean " + strconv.Quote(best) + "?"
}

// nearestPattern finds what a pattern that matches nothing may have meant: an address
// with this path or last part, or else the pattern with the parts of an address in
// place of misspelt ones, with the fewest edits. "" if nothing is near.
func nearestPattern(text string, among []resource.Address) string {
	var named []resource.Address
	for _, a := range among {
		if a.Path() == text {
			return a.String()
		}
		if a.Key() == text {
			named = append(named, a)
		}
	}
	switch {
	case len(named) == 1:
		return named[0].String()
	case len(named) > 1:
		return "**/" + text
	}
	kind, path := "", text
	if first, _, _ := strings.Cut(text, "/"); strings.Contains(first, ".") {
		kind, path, _ = strings.Cut(text, ".")
		kind += "."
	}
	parts := strings.Split(path, "/")
	best, fewest := "", len(text)
	for _, a := range among {
		if kind != "" && !strings.HasPrefix(a.String(), kind) && !strings.Contains(kind, "*") {
			continue
		}
		if candidate, edits := correct(parts, strings.SplitN(a.Path(), "/", len(parts))); edits > 0 && edits < fewest {
			best, fewest = kind+candidate, edits
		}
	}
	return best
}

// correct replaces misspelt parts of a pattern by those of an address. The number of
// edits is 0 if a part is not near.
func correct(parts, keys []string) (string, int) {
	var out []string
	edits := 0
	for i, part := range parts {
		switch {
		case strings.Contains(part, "**"):
			return strings.Join(append(out, parts[i:]...), "/"), edits
		case i == len(keys):
			return "", 0
		case strings.Contains(part, "*") || part == keys[i]:
			out = append(out, part)
		default:
			n := levenshtein.ComputeDistance(part, keys[i])
			if n > max(closeNames, len(part)/3) || n >= len(part) {
				return "", 0
			}
			out, edits = append(out, keys[i]), edits+n
		}
	}
	return strings.Join(out, "/"), edits
}
