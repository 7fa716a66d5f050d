package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The messages for each keyword of the JSON Schema. A message says what is wrong, a
// hint what to write; neither quotes a value that may be secret.

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
	case "const":
		v.wrong(x, fmt.Sprintf("write %s: %v", x.name, x.rule["const"]), "%s must be %v, not %s", x.name, x.rule["const"], x.value.quote())
	case "pattern":
		if values := texts(x.rule["examples"]); len(values) > 0 {
			if !slices.Contains(values, strings.ToLower(x.text())) {
				v.wrong(x, choose(x.text(), values, "use one of"), "%s is not a value of %s", x.value.quote(), strings.TrimPrefix(x.name, entryOf))
			}
			return
		}
		pattern, _ := x.rule["pattern"].(string)
		if fits, err := regexp.MatchString(pattern, x.text()); err == nil && fits {
			return
		}
		hint, _ := x.rule["patternErrorMessage"].(string)
		v.wrong(x, hint, "%s is not a valid %s", x.value.quote(), x.name)
	case "minimum", "maximum":
		v.wrong(x, "", "%s must be %s, not %s", x.name, between(x.rule), x.value.quote())
	case "minLength":
		hint := ""
		if x.key == nil {
			hint = "enter a text, or remove it"
		}
		v.wrong(x, hint, "%s is empty", x.name)
	case "maxLength":
		length := utf8.RuneCountInString(x.text())
		if most, _ := x.rule["maxLength"].(float64); length <= int(most) {
			return
		}
		v.wrong(x, "shorten it", "%s is %d characters long; at most %v are allowed", x.name, length, number(x.rule["maxLength"]))
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
		v.wrong(x, "use one of them", "%s requires exactly one of %s", x.name, strings.Join(known, ", "))
	default:
		v.wrong(x, "", "%s violates the rule %q of the JSON Schema", x.name, x.keyword)
	}
}

// text is the text that a rule applies to: without outer white space, except for a
// value that is taken as typed.
func (x violation) text() string {
	if slices.Contains(texts(x.rule["type"]), "boolean") {
		return x.value.text
	}
	return resource.Trim(x.value.text)
}

// wrong reports an invalid value at its position. Without a hint it says what the value
// is for.
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
		at = x.key.place // for a value below the key, the key is marked
	} else if nothing && at.column > 1 && strings.HasPrefix((place{file: at.file, line: at.line, column: at.column - 1}).rest(), "-") {
		at.column-- // the hyphen of an empty entry
	}
	v.report.add(at, hint, format, args...)
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
		hint = "put it in quotes if it is text"
		if !x.value.secret {
			hint = fmt.Sprintf("write %q in quotes if it is text", x.value.text)
		}
	case isText && allows("integer") && digits(text):
		hint = "write it without quotes"
	case plain && allows("boolean"):
		hint = "write true or false, without quotes"
	case x.value.shape != mapping && allows("object"):
		hint = "write a mapping: key: value, one per line"
		if required := texts(x.rule["required"]); len(required) > 0 {
			hint = "write a mapping: { " + strings.Join(required, ": ..., ") + ": ... }"
		}
	case plain && allows("array"):
		hint = "write a list: [...], or one entry per line, each after a hyphen"
	case x.value.shape == mapping && allows("array"):
		hint = "write a list: one entry per line, each after a hyphen"
	case !plain && allows("string"):
		hint = "write a single value; put text that begins with [ or { in quotes"
	}
	got := x.value.shape.String()
	if plain {
		got = x.value.quote()
		switch value.(type) {
		case int64, float64:
			if !x.value.secret {
				got = "the number " + got
			}
		}
	}
	v.wrong(x, hint, "%s must be %s, not %s", x.name, expected(allowed), got)
}

func nullHint(x violation, allows func(string) bool) string {
	switch {
	case x.name == wholeFile:
		return `a file begins with "version: 1"`
	case x.value.text != "" && allows("string"):
		return fmt.Sprintf("write %q in quotes if it is text", x.value.text)
	case x.value.text != "":
		return "enter a value, or remove the key"
	case x.key == nil:
		return "a bare hyphen is null; enter a value, or remove it"
	case allows("string") && x.rule["minLength"] == nil && x.rule["examples"] == nil && !takesSourceOnly(x.rule):
		return fmt.Sprintf(`a bare "%s:" is null; write "" for an empty value, or remove the key`, shorten(x.name))
	case allows("object") && x.rule["minProperties"] == nil && !takesSourceOnly(x.rule):
		return fmt.Sprintf(`a bare "%s:" is null; write {} for an empty mapping, or remove the key`, shorten(x.name))
	case allows("array"):
		return fmt.Sprintf(`a bare "%s:" is null; write [] for an empty list, or remove the key`, shorten(x.name))
	}
	return fmt.Sprintf(`a bare "%s:" is null; enter a value, or remove the key`, shorten(x.name))
}

// expected lists the types in words.
func expected(types []string) string {
	var words []string
	for _, name := range types {
		word := map[string]string{
			"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
			"object": "a mapping", "array": "a list", "null": "null",
		}[name]
		// Scalars that are taken as typed are all described as text.
		if (name == "number" || name == "boolean") && slices.Contains(types, "string") {
			continue
		}
		words = append(words, word)
	}
	return strings.Join(words, " or ")
}

// quote returns a scalar's text for a message, or a description of it.
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
