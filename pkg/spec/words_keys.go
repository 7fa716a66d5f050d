package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The messages for unknown and missing keys of a mapping.

// unknownKeys reports each key of x that is not in the schema.
func (v *validation) unknownKeys(x violation) {
	known := resource.SortedKeys(asObject(x.rule["properties"]))
	for _, p := range x.value.pairs {
		switch {
		case slices.Contains(known, p.key.text), v.ignored(x.rule, p.key.text), p.key.bad:
		case p.value.null() && p.value.text == "" && strings.Contains(p.key.text, ":"):
			v.report.add(p.key.place, `write "key: value"`, "there is no space after the colon")
		case p.key.secret && !sourceKey(p.key.text):
			v.report.add(p.key.place, choose(p.key.text, known, "valid keys:"), "unknown key")
		default:
			v.report.add(p.key.place, v.unknownHint(x, p.key.text, known), "unknown key %s", quote(p.key.text))
		}
	}
	x.value.bad = true
}

// unknownHint suggests what an unknown key of the mapping x may mean.
func (v *validation) unknownHint(x violation, key string, known []string) string {
	k := v.catalog.Kind(strings.TrimSuffix(x.entry, itemSuffix))
	switch {
	case k != nil && k.Key != "" && k.Key == key:
		return "remove it; the " + key + " is the text before the colon"
	case k != nil && key == valueFrom && sourcedWithin(k) != nil:
		return fmt.Sprintf("write it instead of a value: %s: { %s: { env: ... } }", sourcedWithin(k).Name, valueFrom)
	case takesSourceOnly(x.rule) && sourceKey(key):
		return fmt.Sprintf("write { %s: { %s: ... } }", valueFrom, key)
	case suggest(key, known) != "":
		return choose(key, known, "")
	}
	return cmp.Or(v.otherMapping(key), choose(key, known, "valid keys:"))
}

// sourcedWithin is the first field of k that accepts value_from instead of its value,
// or nil.
func sourcedWithin(k *resource.Kind) *resource.Field {
	for _, f := range fieldsOf(k) {
		if sourceWithin(k, f) {
			return f
		}
	}
	return nil
}

// otherMapping says which other mapping of the files has a key, or a similar one; "" if
// none.
func (v *validation) otherMapping(key string) string {
	near := ""
	look := func(in object, name string) (hint string) {
		known := resource.SortedKeys(asObject(in["properties"]))
		if slices.Contains(known, key) {
			return fmt.Sprintf("%s is a key of %s; check the indentation", quote(key), name)
		}
		if best := suggest(key, known); best != "" && near == "" {
			near = fmt.Sprintf("did you mean %q, a key of %s?", best, name)
		}
		return ""
	}
	if asObject(v.schema["properties"])[key] != nil {
		return quote(key) + " must be at the top level of a file, in the first column"
	}
	settings := asObject(asObject(v.schema["properties"])["settings"])
	limits := asObject(asObject(settings["properties"])["limits"])
	if hint := cmp.Or(look(settings, "settings"), look(limits, "settings.limits")); hint != "" {
		return hint
	}
	definitions := asObject(v.schema["definitions"])
	for _, name := range resource.SortedKeys(definitions) {
		if hint := look(asObject(definitions[name]), article(strings.TrimSuffix(name, itemSuffix))); hint != "" {
			return hint
		}
	}
	return near
}

// ignored reports whether key is a top-level key that begins with x-.
func (v *validation) ignored(rule object, key string) bool {
	return rule["patternProperties"] != nil && strings.HasPrefix(key, "x-")
}

// missingKeys reports each missing key of x, unless there is a misspelt one.
func (v *validation) missingKeys(x violation) {
	properties := asObject(x.rule["properties"])
	known := resource.SortedKeys(properties)
	for _, key := range texts(x.rule["required"]) {
		misspelt := slices.ContainsFunc(x.value.pairs, func(p pair) bool {
			return properties[p.key.text] == nil && (suggest(p.key.text, known) == key || takesSourceOnly(x.rule) && sourceKey(p.key.text))
		})
		if x.value.get(key) != nil || misspelt {
			continue
		}
		rule := asObject(properties[key])
		hint := fmt.Sprintf("add %q", key)
		if doc := about(key, rule); doc != "" {
			hint = fmt.Sprintf("add %q%s", key, strings.TrimPrefix(doc, key))
		}
		if value, fixed := rule["const"]; fixed {
			hint = fmt.Sprintf("add %s: %v", key, value)
		}
		v.report.add(x.value.place, hint, "%s is missing", key)
	}
	x.value.bad = true
}

// sourceKey reports whether key is value_from or a key of a source.
func sourceKey(key string) bool {
	return slices.Contains([]string{"env", "exec", "file"}, key)
}
