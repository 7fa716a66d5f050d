package resource

import "strings"

// Patterns match the text of addresses: "*" matches any characters within a part, "**"
// any characters at all. The last part is one name even if it contains slashes, so
// "cronjob.shop/live/*" matches all cron jobs.

// Match reports whether pattern matches a.
func (a Address) Match(pattern string) bool {
	return match(pattern, a.String(), len(a.Key()))
}

// MatchesKind reports whether the part of a pattern before its dot matches a kind.
func MatchesKind(pattern, kind string) bool {
	glob, _, _ := strings.Cut(pattern, ".")
	return match(glob, kind, 0)
}

// Reaches reports whether a pattern can match a resource below a.
func (c *Catalog) Reaches(pattern string, a Address) bool {
	_, path, found := strings.Cut(pattern, ".")
	if !found || !c.anyBelow(a.Kind(), func(k *Kind) bool { return MatchesKind(pattern, k.Name) }) {
		return false
	}
	keys := make([]string, a.Depth())
	for up := a; !up.IsZero(); up = up.Parent() {
		keys[up.Depth()-1] = up.Key()
	}
	for i, part := range strings.Split(path, "/") {
		switch {
		case strings.Contains(part, "**"), i == len(keys):
			return true
		case !match(part, keys[i], len(keys[i])):
			return false
		}
	}
	return false
}

func (c *Catalog) anyBelow(kind string, fits func(*Kind) bool) bool {
	for _, child := range c.Children(kind) {
		if fits(child) || c.anyBelow(child.Name, fits) {
			return true
		}
	}
	return false
}

// match compares text with a pattern. The last name bytes of the text are one part,
// with or without slashes.
func match(pattern, text string, name int) bool {
	for pattern != "" {
		if pattern[0] != '*' {
			if text == "" || pattern[0] != text[0] {
				return false
			}
			pattern, text = pattern[1:], text[1:]
			continue
		}
		rest, across := strings.CutPrefix(pattern, "**")
		if !across {
			rest = pattern[1:]
		}
		for i := 0; ; i++ {
			if match(rest, text[i:], name) {
				return true
			}
			if i == len(text) || (!across && text[i] == '/' && len(text)-i > name) {
				return false
			}
		}
	}
	return text == ""
}
