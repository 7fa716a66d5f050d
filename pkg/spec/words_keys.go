package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The words for keys that a mapping does not know, and for those that it lacks.

// unknownKeys reports each key of x that the schema does not know.
func (v *validation) unknownKeys(x violation) {
	known := resource.SortedKeys(asObject(x.rule["properties"]))
	for _, p := range x.value.pairs {
		switch {
		case slices.Contains(known, p.key.text), v.ignored(x.rule, p.key.text), p.key.bad:
		case p.value.null() && p.value.text == "" && strings.Contains(p.key.text, ":"):
			v.report.add(p.key.place, `write "key: value"`, "there is no space after the colon")
		case p.key.secret && !sourceKey(p.key.text):
			v.report.add(p.key.place, choose(p.key.text, known, "known here:"), "this key is unknown")
		default:
			v.report.add(p.key.place, v.unknownHint(x, p.key.text, known), "unknown key %s", quote(p.key.text))
		}
	}
	x.value.bad = true
}

// unknownHint says what may be meant by a key that the mapping x does not know.
func (v *validation) unknownHint(x violation, key string, known []string) string {
	k := v.catalog.Kind(strings.TrimSuffix(x.entry, itemSuffix))
	switch {
	case k != nil && k.Key != "" && k.Key == key:
		return "remove it; the " + key + " is what stands in front of the colon"
	case k != nil && key == valueFrom && sourcedWithin(k) != nil:
		return fmt.Sprintf("write it in the place of a value: %s: { %s: { env: ... } }", sourcedWithin(k).Name, valueFrom)
	case takesSourceOnly(x.rule) && sourceKey(key):
		return fmt.Sprintf("write { %s: { %s: ... } }", valueFrom, key)
	case suggest(key, known) != "":
		return choose(key, known, "")
	}
	return cmp.Or(v.elsewhere(key), choose(key, known, "known here:"))
}

// sourcedWithin is the first field of k that takes value_from in the place of its
// value, or nil.
func sourcedWithin(k *resource.Kind) *resource.Field {
	for _, f := range fieldsOf(k) {
		if sourceWithin(k, f) {
			return f
		}
	}
	return nil
}

// elsewhere says in which mapping of the files a key is known, or something like
// it; "" if in none.
func (v *validation) elsewhere(key string) string {
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
		return quote(key) + " belongs at the top of a file, in the first column"
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

// ignored reports whether key is one that begins with x- at the top.
func (v *validation) ignored(rule object, key string) bool {
	return rule["patternProperties"] != nil && strings.HasPrefix(key, "x-")
}

// missingKeys reports each key that x lacks, unless a misspelt one stands there.
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

// takesSourceOnly reports whether a mapping is the value of a field that takes
// nothing but value_from there.
func takesSourceOnly(rule object) bool {
	return slices.Equal(texts(rule["required"]), []string{valueFrom})
}

// sourceKey reports whether key says where a value comes from.
func sourceKey(key string) bool {
	return slices.Contains([]string{"env", "exec", "file"}, key)
}
