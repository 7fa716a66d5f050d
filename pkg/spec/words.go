package spec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The words for each keyword of the JSON Schema. A message says what is wrong, a
// hint what to write; neither quotes a value that may be secret.

// later are keys that the file format has, but not in this version, with what to
// do instead; laterKinds begin addresses.
var (
	later = map[string]string{
		"repositories":         "remove it; what is there is left alone",
		"container_registries": "remove it; what is there is left alone",
		"services":             "remove it; what is there is left alone",
	}
	laterKinds = []string{"service", "repository", "webhook", "registry"}
)

// unsupported reports something of a later version.
func unsupported(report *report, at place, name string) {
	report.add(at, cmp.Or(later[name], "remove it"), "%s is not supported by this version of divioctl", name)
}

func (v *validation) explain(x violation) {
	switch x.keyword {
	case "additionalProperties":
		v.unknownKeys(x)
		return
	case "required":
		v.missingKeys(x)
		return
	case "type":
		v.wrongType(x)
		return
	case "enum":
		values := texts(x.rule["enum"])
		if slices.ContainsFunc(values, func(value string) bool { return strings.EqualFold(value, x.value.text) }) {
			return // any case will do
		}
		values = slices.DeleteFunc(values, func(value string) bool {
			return value != strings.ToLower(value) && slices.Contains(values, strings.ToLower(value))
		})
		if later[x.value.text] != "" && !x.value.secret {
			x.value.bad = true
			unsupported(v.report, x.value.place, x.value.text)
			return
		}
		v.wrong(x, choose(x.value.text, values, "it is one of"), "%s is not a value of %s", x.value.quote(), strings.TrimPrefix(x.name, entryOf))
	case "const":
		v.wrong(x, fmt.Sprintf("write %s: %v", x.name, x.rule["const"]), "%s must be %v, not %s", x.name, x.rule["const"], x.value.quote())
	case "pattern":
		hint, _ := x.rule["patternErrorMessage"].(string)
		v.wrong(x, hint, "%s is not a valid %s", x.value.quote(), x.name)
	case "minimum", "maximum":
		v.wrong(x, "", "%s must be %s, not %s", x.name, between(x.rule), x.value.quote())
	case "minLength":
		hint := ""
		if x.key == nil {
			hint = "give it a text, or remove it"
		}
		v.wrong(x, hint, "%s is empty", x.name)
	case "maxLength":
		v.wrong(x, "shorten it", "%s is %d characters long; at most %v are allowed", x.name, utf8.RuneCountInString(x.value.text), number(x.rule["maxLength"]))
	case "minItems":
		v.wrong(x, "", "%s is empty", x.name)
	case "maxItems":
		v.wrong(x, "remove some", "%s has %d entries; at most %v are allowed", x.name, len(x.value.items), number(x.rule["maxItems"]))
	case "minProperties", "maxProperties":
		known := quoteAll(resource.SortedKeys(asObject(x.rule["properties"])))
		if len(known) == 0 {
			v.wrong(x, "remove some", "%s has %d entries; at most %v are allowed", x.name, len(x.value.pairs), number(x.rule["maxProperties"]))
			return
		}
		if slices.ContainsFunc(x.value.pairs, func(p pair) bool { return asObject(x.rule["properties"])[p.key.text] == nil }) {
			return // an unknown key, which is reported
		}
		v.wrong(x, "give one of them", "%s takes exactly one of %s", x.name, strings.Join(known, ", "))
	default:
		v.wrong(x, "", "%s does not fit the rule %q of the JSON Schema", x.name, x.keyword)
	}
}

// wrong reports a bad value, where it stands. Without a hint it says what the
// value is for.
func (v *validation) wrong(x violation, hint, format string, args ...any) {
	x.value.bad = true
	if x.value.unsound {
		return
	}
	if hint == "" {
		hint = about(strings.TrimPrefix(x.name, entryOf), x.rule)
	}
	at := x.value.place
	nothing := x.value.null() && x.value.text == ""
	if x.key != nil && (nothing || x.value.shape != scalar && x.value.line != x.key.line) {
		at = x.key.place // what is below the key is shown by the key
	} else if nothing && at.column > 1 && strings.HasPrefix((place{file: at.file, line: at.line, column: at.column - 1}).rest(), "-") {
		at.column-- // the hyphen of an empty entry
	}
	v.report.add(at, hint, format, args...)
}

// unknownKeys reports each key of x that the schema does not know.
func (v *validation) unknownKeys(x violation) {
	known := resource.SortedKeys(asObject(x.rule["properties"]))
	for _, p := range x.value.pairs {
		switch {
		case slices.Contains(known, p.key.text), v.ignored(x.rule, p.key.text), p.key.bad:
		case later[p.key.text] != "":
			unsupported(v.report, p.key.place, p.key.text)
		default:
			hint := choose(p.key.text, known, "known here:")
			if k := v.catalog.Kind(x.entry); k != nil && k.Key == p.key.text {
				hint = "remove it; the " + k.Key + " is what stands in front of the colon"
			} else if suggest(p.key.text, known) == "" {
				hint = cmp.Or(v.elsewhere(p.key.text), hint)
			}
			v.report.add(p.key.place, hint, "unknown key %s", quote(p.key.text))
		}
	}
	x.value.bad = true
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
		if hint := look(asObject(definitions[name]), article(strings.TrimSuffix(name, "_item"))); hint != "" {
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
			return properties[p.key.text] == nil && suggest(p.key.text, known) == key
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

// wrongType reports a value that is not of one of the allowed types.
func (v *validation) wrongType(x violation) {
	allowed := texts(x.rule["type"])
	allows := func(name string) bool { return slices.Contains(allowed, name) }
	if x.value.null() {
		v.wrong(x, nullHint(x, allows), "%s is null", x.name)
		return
	}
	hint := ""
	plain := x.value.shape == scalar
	var value any
	if plain {
		value = x.value.plain()
	}
	text, isText := value.(string)
	switch {
	case x.name == wholeFile:
		hint = `a file begins with "version: 1"`
	case plain && !isText && allows("string"):
		hint = "put it in quotes if it is meant as text"
		if !x.value.secret {
			hint = fmt.Sprintf("write %q in quotes if it is meant as text", x.value.text)
		}
	case isText && allows("integer") && digits(text):
		hint = "write it without quotes"
	case plain && allows("boolean"):
		hint = "write true or false, without quotes"
	case x.value.shape != mapping && allows("object"):
		hint = "write a mapping: key: value, one a line"
		if required := texts(x.rule["required"]); len(required) > 0 {
			hint = "write a mapping: { " + strings.Join(required, ": ..., ") + ": ... }"
		}
	case plain && allows("array"):
		hint = "write a list: [...], or one entry a line, each behind a hyphen"
	case x.value.shape == mapping && allows("array"):
		hint = "write a list: one entry a line, each behind a hyphen"
	case !plain && allows("string"):
		hint = "write a single value; text that begins with [ or { is put in quotes"
	}
	got := x.value.shape.String()
	if plain {
		got = x.value.quote()
		switch value.(type) {
		case int64, float64:
			got = "the number " + got
		}
	}
	v.wrong(x, hint, "%s must be %s, not %s", x.name, expected(allowed), got)
}

func nullHint(x violation, allows func(string) bool) string {
	switch {
	case x.name == wholeFile:
		return `a file begins with "version: 1"`
	case x.value.text != "" && allows("string"):
		return fmt.Sprintf("write %q in quotes if it is meant as text", x.value.text)
	case x.value.text != "":
		return "give a value, or remove the key"
	case x.key == nil:
		return "a bare hyphen is null; give a value, or remove it"
	case allows("string") && x.rule["minLength"] == nil && x.rule["enum"] == nil:
		return fmt.Sprintf(`a bare "%s:" is null; write "" for an empty value, or remove the key`, shorten(x.name))
	case allows("object") && x.rule["minProperties"] == nil:
		return fmt.Sprintf(`a bare "%s:" is null; write {} where nothing more is to be said, or remove the key`, shorten(x.name))
	case allows("array"):
		return fmt.Sprintf(`a bare "%s:" is null; write [] for an empty list, or remove the key`, shorten(x.name))
	}
	return fmt.Sprintf(`a bare "%s:" is null; give a value, or remove the key`, shorten(x.name))
}

// expected lists the types for people.
func expected(types []string) string {
	var words []string
	for _, name := range types {
		word := map[string]string{
			"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
			"object": "a mapping", "array": "a list", "null": "null",
		}[name]
		// Scalars that are taken as typed are all text to people.
		if (name == "number" || name == "boolean") && slices.Contains(types, "string") {
			continue
		}
		words = append(words, word)
	}
	return strings.Join(words, " or ")
}

// quote gives a scalar's text for a message, or something that stands for it.
func (n *node) quote() string {
	switch {
	case n.secret:
		return "this value"
	case n.shape != scalar:
		return n.shape.String()
	case n.tag == "!!str":
		return quote(n.text)
	case n.null():
		return "null"
	}
	return shorten(n.text)
}

// quote gives text in quotes, shortened where it is long.
func quote(text string) string { return strconv.Quote(shorten(text)) }

func shorten(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:57]) + "..."
	}
	return text
}

func quoteAll(words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = quote(word)
	}
	return out
}

func digits(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}

func asObject(v any) object {
	o, _ := v.(object)
	return o
}

// texts gives a list of the schema, or a single text, as texts.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				out = append(out, text)
			}
		}
		return out
	}
	return nil
}

// about says what a key is for.
func about(name string, rule object) string {
	doc, _ := rule["description"].(string)
	if doc == "" {
		return ""
	}
	return name + ": " + strings.TrimSuffix(doc, ".")
}

// between shows the bounds of a number.
func between(rule object) string {
	low, high := rule["minimum"], rule["maximum"]
	switch {
	case high == nil:
		return "at least " + number(low)
	case low == nil:
		return "at most " + number(high)
	}
	return "from " + number(low) + " to " + number(high)
}

// number shows a number of the schema without an exponent.
func number(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	text, _ := json.Marshal(v)
	return string(text)
}
