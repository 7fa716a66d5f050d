package sandbox

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// form reads a body field by field into variables of the operation, with the rules and the messages of Django
// REST framework's serializers (INFERRED). Problems are collected, so one answer contains them all. A field
// that is absent, or not read, changes nothing.
type form struct {
	fields   object
	html     bool
	partial  bool
	problems object
}

func (c *call) form() *form {
	return &form{fields: c.body.fields, html: c.body.html, partial: c.partial(), problems: object{}}
}

// err is the refusal with every problem so far, or nil.
func (f *form) err() error {
	if len(f.problems) == 0 {
		return nil
	}
	return &refusal{status: http.StatusBadRequest, body: f.problems}
}

func (f *form) refuse(name, message string) { f.problems[name] = []string{message} }

// need says whether a field may be left out.
type need int

const (
	optional need = iota
	required      // except in a PATCH
	nullable      // optional, and null is a value
)

// value fetches a field. It reports false if the field is absent or was refused; an allowed null is returned as
// nil and true.
func (f *form) value(name string, n need) (any, bool) {
	value, present := f.fields[name]
	if !present {
		if n == required && !f.partial {
			f.refuse(name, "This field is required.")
		}
		return nil, false
	}
	if f.html && n == nullable && value == "" {
		value = nil
	}
	if value == nil && n != nullable {
		f.refuse(name, "This field may not be null.")
		return nil, false
	}
	return value, true
}

// textRule limits a text field. The zero value is a field that may not be blank and is trimmed.
type textRule struct {
	need    need
	blank   bool // "" is a value
	raw     bool // leading and trailing spaces are kept
	max     int  // in characters; 0 is no limit
	pattern *regexp.Regexp
	message string // for what does not match the pattern
}

func (f *form) text(into *string, name string, rule textRule) {
	if value, ok := f.value(name, rule.need); ok {
		if text, fine := f.checkText(name, value, rule); fine {
			*into = text
		}
	}
}

func (f *form) nullableText(into **string, name string, rule textRule) {
	value, ok := f.value(name, nullable)
	switch {
	case ok && value == nil:
		*into = nil
	case ok:
		if text, fine := f.checkText(name, value, rule); fine {
			*into = &text
		}
	}
}

func (f *form) checkText(name string, value any, rule textRule) (string, bool) {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		f.refuse(name, "Not a valid string.")
		return "", false
	}
	if !rule.raw {
		text = strip(text)
	}
	switch {
	case text == "" && !rule.blank:
		f.refuse(name, "This field may not be blank.")
	case rule.max > 0 && utf8.RuneCountInString(text) > rule.max:
		f.refuse(name, fmt.Sprintf("Ensure this field has no more than %d characters.", rule.max))
	case strings.ContainsRune(text, 0):
		f.refuse(name, "Null characters are not allowed.")
	case rule.pattern != nil && text != "" && !rule.pattern.MatchString(text):
		f.refuse(name, rule.message)
	default:
		return text, true
	}
	return "", false
}

// strip removes the white space around a text, as Python's str.strip does: also the four separators of ASCII,
// which are no white space in Unicode.
func strip(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\x1c\x1d\x1e\x1f", r) })
}

func (f *form) choice(into *string, name string, n need, choices ...string) {
	value, ok := f.value(name, n)
	if !ok {
		return
	}
	text, isText := value.(string)
	if !isText || !slices.Contains(choices, text) {
		f.refuse(name, fmt.Sprintf("\"%v\" is not a valid choice.", value))
		return
	}
	*into = text
}

func (f *form) boolean(into *bool, name string) {
	value, ok := f.value(name, optional)
	if !ok {
		return
	}
	parsed, valid := parseBool(value)
	if !valid {
		f.refuse(name, "Must be a valid boolean.")
		return
	}
	*into = parsed
}

func (f *form) nullableBoolean(into **bool, name string) {
	value, ok := f.value(name, nullable)
	if !ok {
		return
	}
	if value == nil {
		*into = nil
		return
	}
	if parsed, valid := parseBool(value); valid {
		*into = &parsed
		return
	}
	f.refuse(name, "Must be a valid boolean.")
}

func parseBool(value any) (bool, bool) {
	switch strings.ToLower(fmt.Sprint(value)) {
	case "true", "t", "yes", "y", "on", "1":
		return true, true
	case "false", "f", "no", "n", "off", "0":
		return false, true
	}
	return false, false
}

// maxInt is the largest value of the database's integer, the limit in the reference.
const maxInt = math.MaxInt32

func (f *form) integer(into *int64, name string, low, high int64) {
	if value, ok := f.value(name, optional); ok {
		if number, fine := f.checkInteger(name, value, low, high); fine {
			*into = number
		}
	}
}

func (f *form) nullableInteger(into **int64, name string, low, high int64) {
	value, ok := f.value(name, nullable)
	switch {
	case ok && value == nil:
		*into = nil
	case ok:
		if number, fine := f.checkInteger(name, value, low, high); fine {
			*into = &number
		}
	}
}

var zeroFraction = regexp.MustCompile(`\.0*$`)

func (f *form) checkInteger(name string, value any, low, high int64) (int64, bool) {
	var text string
	switch v := value.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = strip(v)
	}
	number, err := strconv.ParseInt(zeroFraction.ReplaceAllString(text, ""), 10, 64)
	switch {
	case err != nil:
		f.refuse(name, "A valid integer is required.")
	case number < low:
		f.refuse(name, fmt.Sprintf("Ensure this value is greater than or equal to %d.", low))
	case number > high:
		f.refuse(name, fmt.Sprintf("Ensure this value is less than or equal to %d.", high))
	default:
		return number, true
	}
	return 0, false
}
