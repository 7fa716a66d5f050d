package resource

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A pattern names resources by their addresses. "*" stands for any characters within a
// part, "**" for any at all. The last part is one name even if it contains slashes, so
// "cronjob.shop/live/*" matches all cron jobs of shop/live.
//
//   - With a kind ("environment.shop/live") it matches the text of whole addresses: the
//     environment, and not what is in it.
//   - Without a kind ("shop", "shop/live", "shop/live/DEBUG") it is a path, and matches
//     that path and everything at or below it, of every kind. Roots that nothing is
//     below (registries) are no paths: they always need their kind.
//   - Text before a dot in the first part must be a kind, or a glob that matches one.
//   - "**" alone matches everything.
//
// A pattern without a star is one address, or one of each kind that can have the path,
// in the normal form of that kind: shop/live/WWW.Example.COM is a domain in lower case
// and a variable in upper and lower case. In a glob the case of the last part does not
// matter where the kind has a normal form.

// Pattern is a valid pattern. [Catalog.ParsePattern] makes it. The zero value matches
// nothing.
type Pattern struct {
	text    string
	catalog *Catalog
	// addresses are what a pattern without a star names.
	addresses []Address
}

// everything is the text of the pattern that matches everything.
const everything = "**"

// ParsePattern parses a pattern. The error is an [*AddressError].
func (c *Catalog) ParsePattern(text string) (Pattern, error) {
	p := Pattern{text: Trim(text), catalog: c}
	kind, path, kinded := p.cut()
	if c.byName[p.text] != nil {
		return Pattern{}, &AddressError{Text: p.text, Reason: fmt.Sprintf(
			"it is the name of a kind: write %s.** for all %s", p.text, c.byName[p.text].Plural)}
	}
	switch {
	case p.text == "":
		return Pattern{}, &AddressError{Text: p.text, Reason: "it is empty"}
	case !utf8.ValidString(p.text):
		return Pattern{}, &AddressError{Text: p.text, Reason: "it is not valid UTF-8"}
	case p.text == "*":
		return Pattern{}, &AddressError{Text: p.text, Reason: `write "**" for everything`}
	case kinded && !slices.ContainsFunc(c.kinds, func(k *Kind) bool { return globMatches(kind, k.Name) }):
		return Pattern{}, &AddressError{Text: p.text, Unknown: kind}
	case !strings.Contains(p.text, "*"):
		return p.parse()
	case slices.Contains(strings.SplitN(path, "/", len(c.Levels())), ""):
		return Pattern{}, &AddressError{Text: p.text, Reason: "a part is empty: check the slashes"}
	}
	return p, nil
}

// parse finds the addresses of a pattern without a star.
func (p Pattern) parse() (Pattern, error) {
	if _, _, kinded := p.cut(); kinded {
		a, err := p.catalog.Parse(p.text)
		p.text, p.addresses = a.String(), []Address{a}
		return p, err
	}
	var wrong error = &AddressError{Text: p.text, Reason: "a part is empty: check the slashes"}
	for _, kind := range p.catalog.kinds {
		if !p.catalog.needsKind(kind) {
			a, err := p.catalog.Parse(kind.Name + "." + p.text)
			if err == nil {
				p.addresses = append(p.addresses, a)
			} else if e := err.(*AddressError); e.Part != "" && !strings.Contains(e.Part, "/") {
				wrong = &AddressError{Text: p.text, Part: e.Part, Reason: e.Reason}
			}
		}
	}
	if len(p.addresses) == 0 {
		return Pattern{}, wrong
	}
	return p, nil
}

// needsKind reports whether patterns for a kind always have to name it: nothing is below
// its root, so that a path would name nothing else.
func (c *Catalog) needsKind(k *Kind) bool { return k.Parent == "" && len(c.children[k.Name]) == 0 }

// String returns the text, in the normal form.
func (p Pattern) String() string { return p.text }

// Equal compares the texts, for go-cmp.
func (p Pattern) Equal(other Pattern) bool { return p.text == other.text }

// Addresses are what a pattern without a star names; nil for one with a star.
func (p Pattern) Addresses() []Address { return p.addresses }

// cut splits the text at the dot behind a kind, if there is one.
func (p Pattern) cut() (kind, path string, kinded bool) {
	first, _, _ := strings.Cut(p.text, "/")
	if kind, _, kinded = strings.Cut(first, "."); kinded {
		return kind, p.text[len(kind)+1:], true
	}
	return "", p.text, false
}

// glob reports whether the pattern has a star.
func (p Pattern) glob() bool { return p.catalog != nil && len(p.addresses) == 0 }

// Match reports whether a pattern matches a.
func (a Address) Match(p Pattern) bool {
	switch {
	case p.text == everything:
		return true
	case !p.glob():
		_, _, kinded := p.cut()
		return slices.ContainsFunc(p.addresses, func(x Address) bool { return a == x || !kinded && x.Contains(a) })
	}
	if _, _, kinded := p.cut(); kinded {
		return p.matches(a.String(), a)
	}
	if root := p.catalog.byName[a.Root().Kind()]; root == nil || p.catalog.needsKind(root) {
		return false
	}
	for up := a; !up.IsZero(); up = up.Parent() {
		if p.matches(up.Path(), up) {
			return true
		}
	}
	return false
}

// matches compares a text of an address.
func (p Pattern) matches(text string, a Address) bool {
	kind := p.catalog.byName[a.Kind()]
	m := matcher{text: text, name: len(a.Key()), fold: kind != nil && kind.Normal != nil}
	return m.matches(p.text)
}

// Names reports whether a pattern can match a resource of a kind, under any parent.
func (p Pattern) Names(k *Kind) bool {
	kind, path, kinded := p.cut()
	switch {
	case p.text == everything:
		return true
	case !p.glob():
		return slices.ContainsFunc(p.addresses, func(x Address) bool {
			return x.Kind() == k.Name || !kinded && p.catalog.Below(k, p.catalog.byName[x.Kind()])
		})
	case kinded:
		return globMatches(kind, k.Name)
	case p.catalog.needsKind(k):
		return false
	}
	// Only the last part of an address contains slashes, and only where nothing is below.
	return len(p.catalog.children[k.Name]) == 0 || strings.Contains(path, everything) ||
		strings.Count(path, "/") < p.catalog.Depth(k)
}

// MayMatch reports whether a pattern can match a resource of a kind directly below
// parent, the zero Address for a root kind.
func (p Pattern) MayMatch(k *Kind, parent Address) bool {
	if !p.Names(k) {
		return false
	}
	if p.glob() {
		return p.mayLead(parent)
	}
	_, _, kinded := p.cut()
	return slices.ContainsFunc(p.addresses, func(x Address) bool {
		return x.Kind() == k.Name && x.Parent() == parent || !kinded && (x == parent || x.Contains(parent))
	})
}

// Reaches reports whether a pattern can match a resource below a.
func (p Pattern) Reaches(a Address) bool {
	if p.glob() {
		return p.mayLead(a) && p.catalog.anyBelow(a.Kind(), p.Names)
	}
	_, _, kinded := p.cut()
	return slices.ContainsFunc(p.addresses, func(x Address) bool {
		return a.Contains(x) || !kinded && (x == a || x.Contains(a)) && len(p.catalog.children[a.Kind()]) > 0
	})
}

// mayLead reports whether the path of a glob can lead to something below a.
func (p Pattern) mayLead(a Address) bool {
	kind, path, kinded := p.cut()
	if strings.Contains(kind, everything) {
		return true // it matches across the dot
	}
	keys := make([]string, a.Depth())
	for up := a; !up.IsZero(); up = up.Parent() {
		keys[up.Depth()-1] = up.Key()
	}
	for i, part := range strings.Split(path, "/") {
		switch {
		case strings.Contains(part, everything), i == len(keys):
			return true
		case !globMatches(part, keys[i]):
			return false
		}
	}
	return !kinded // a path stands for what is below it too
}

func (c *Catalog) anyBelow(kind string, fits func(*Kind) bool) bool {
	for _, child := range c.Children(kind) {
		if fits(child) || c.anyBelow(child.Name, fits) {
			return true
		}
	}
	return false
}

// globMatches compares one part with a glob.
func globMatches(glob, part string) bool {
	m := matcher{text: part, name: len(part)}
	return m.matches(glob)
}
