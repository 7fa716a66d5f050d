package resource

import "strings"

// Address names a resource everywhere: in messages, in flags, in JSON and in
// the plan. It is "kind.part/part/...", for example
// "variable.shop/live/DEBUG". The parts are the natural keys from the root
// down; the last part may itself contain slashes (a cron job's command).
type Address string

// TheOrganisation stands in calls for the organisation that is worked on.
const TheOrganisation Address = "organisation"

// NewAddress builds the address of a resource of the given kind whose parent
// has the address parent ("" for a root kind).
func NewAddress(kind string, parent Address, key string) Address {
	if parent == "" {
		return Address(kind + "." + key)
	}
	return Address(kind + "." + parent.Path() + "/" + key)
}

// Kind is the part before the first dot.
func (a Address) Kind() string {
	kind, _, _ := strings.Cut(string(a), ".")
	return kind
}

// Path is the part after the first dot.
func (a Address) Path() string {
	_, path, _ := strings.Cut(string(a), ".")
	return path
}

// Parts splits the path into at most depth parts; slashes in the last part stay.
func (a Address) Parts(depth int) []string {
	return strings.SplitN(a.Path(), "/", depth)
}

// Match reports whether pattern names a. In a pattern "*" stands for any
// characters within a part and "**" for any characters at all. What follows the
// second slash is one part: a command that holds slashes is still one name, so
// that "cronjob.shop/live/*" covers all cron jobs.
func (a Address) Match(pattern string) bool {
	name := 0 // length of the last part
	if parts := a.Parts(3); len(parts) == 3 {
		name = len(parts[2])
	}
	return match(pattern, string(a), name)
}

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
