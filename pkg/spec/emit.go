package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The text of exported YAML. The quoting of yaml.v3's encoder is not documented, and
// its block literals do not always round-trip; so:
//
//   - Text is plain only if it begins with a letter or a slash, has no special
//     character, and is parsed as the same text by YAML 1.1 and 1.2. All other text is
//     in double quotes.
//   - Text of several lines is a block literal if no line of it begins or ends with
//     a space and every character is visible; else it is in double quotes.
//   - Text with a line that a CI system would take for a command, if the file is printed
//     in a job ("::" at its beginning, "##[" anywhere), is in double quotes, in which
//     that is escaped.
//   - A small mapping is on one line, and so is a short list of plain values; a tree (a
//     collection, or an entry with collections) never is.

// yamlValue is one of yamlMap, yamlTree, yamlList, yamlText and yamlRaw.
type yamlValue any

type (
	yamlMap  []yamlPair
	yamlPair struct {
		key   string
		value yamlValue
	}
	yamlTree yamlMap // a mapping that is never on one line
	yamlList []yamlValue
	yamlText string // quoted where needed
	yamlRaw  string // null, true, 1
)

func (m *yamlMap) add(key string, value yamlValue) { *m = append(*m, yamlPair{key, value}) }

// flowWidth is how long a mapping on one line may be.
const flowWidth = 100

type emitter struct{ out strings.Builder }

func (e *emitter) line(indent int, text string) {
	e.out.WriteString(strings.Repeat(" ", indent))
	e.out.WriteString(text)
	e.out.WriteByte('\n')
}

func (e *emitter) mapping(indent int, m yamlMap) {
	for _, p := range m {
		key := scalarText(p.key)
		if len(key) <= maxKey {
			e.entry(indent, key+":", p.value)
			continue
		}
		e.line(indent, "? "+key)
		e.entry(indent, ":", p.value)
	}
}

// maxKey is how long a key may be before YAML requires a "?" before it (1024).
const maxKey = 1000

// entry writes what follows "key:" or "-".
func (e *emitter) entry(indent int, head string, value yamlValue) {
	if text, ok := oneLine(value); ok && (len(text) <= flowWidth || !composed(value)) {
		e.line(indent, head+" "+text)
		return
	}
	switch v := value.(type) {
	case yamlText:
		e.literal(indent, head, string(v))
	case yamlMap:
		e.nested(indent, head, v)
	case yamlTree:
		e.nested(indent, head, yamlMap(v))
	case yamlList:
		e.line(indent, head)
		for _, item := range v {
			e.entry(indent+2, "-", item)
		}
	}
}

// nested writes a mapping below its head. In a list its first key follows the hyphen.
func (e *emitter) nested(indent int, head string, m yamlMap) {
	if head != "-" {
		e.line(indent, head)
		e.mapping(indent+2, m)
		return
	}
	var within emitter
	within.mapping(indent+2, m)
	e.out.WriteString(strings.Repeat(" ", indent) + "- " + strings.TrimLeft(within.out.String(), " "))
}

// literal writes text of several lines as a block.
func (e *emitter) literal(indent int, head, text string) {
	body, ends := strings.CutSuffix(text, "\n")
	if ends {
		e.line(indent, head+" |")
	} else {
		e.line(indent, head+" |-")
	}
	for _, line := range strings.Split(body, "\n") {
		if line == "" {
			e.line(0, "")
		} else {
			e.line(indent+2, line)
		}
	}
}

func composed(value yamlValue) bool {
	switch value.(type) {
	case yamlText, yamlRaw:
		return false
	}
	return true
}

// oneLine returns a value on one line, if that is allowed.
func oneLine(value yamlValue) (string, bool) {
	switch v := value.(type) {
	case yamlRaw:
		return string(v), true
	case yamlText:
		if literal(string(v)) {
			return "", false
		}
		return scalarText(string(v)), true
	case yamlTree:
		return "{}", len(v) == 0
	case yamlMap:
		if len(v) == 0 {
			return "{}", true
		}
		parts := make([]string, len(v))
		for i, p := range v {
			text, ok := oneLine(p.value)
			if !ok {
				return "", false
			}
			parts[i] = scalarText(p.key) + ": " + text
		}
		return "{ " + strings.Join(parts, ", ") + " }", true
	case yamlList:
		parts := make([]string, len(v))
		for i, item := range v {
			text, ok := oneLine(item)
			if !ok || composed(item) {
				return "", false
			}
			parts[i] = text
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	}
	return "", false
}

// literal reports whether text round-trips as a block literal.
func literal(text string) bool {
	body := strings.TrimSuffix(text, "\n")
	if !strings.Contains(body, "\n") || strings.HasSuffix(body, "\n") {
		return false
	}
	for _, line := range strings.Split(body, "\n") {
		if strings.TrimFunc(line, unicode.IsSpace) != line {
			return false
		}
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' }) {
			return false
		}
	}
	return utf8.ValidString(text) && !strings.HasPrefix(text, "\n") && !jobCommand.MatchString(text)
}

// jobCommand is what a CI system takes for a command in the output of a job.
var jobCommand = regexp.MustCompile(`(?m)^::|##\w*\[`)

var plainText = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./@+=:-]*( [A-Za-z0-9_./@+=-][A-Za-z0-9_./@+=:-]*)*$`)

// words are texts that some YAML parsers do not read as text.
var words = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

// scalarText returns text as a plain or a quoted scalar.
func scalarText(text string) string {
	if plainText.MatchString(text) && !strings.HasSuffix(text, ":") && !slices.Contains(words, strings.ToLower(text)) {
		var n yaml.Node
		if yaml.Unmarshal([]byte(text), &n) == nil && len(n.Content) == 1 {
			if got := n.Content[0]; got.Kind == yaml.ScalarNode && got.Tag == "!!str" && got.Value == text {
				return text
			}
		}
	}
	return jobCommand.ReplaceAllStringFunc(strconv.Quote(text), func(found string) string {
		return strings.Replace(found, "#", `\x23`, 1)
	})
}
