package spec

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Syntax errors. yaml.v3 reports the error but not its exact place: it returns only a
// line, mostly that of the surrounding construct and sometimes none. So the place is
// searched: it is directly after the longest prefix of the file that is valid YAML. For
// an unclosed quote or bracket that is where it opens.

// parse reads the one document of a file; nil when it has none that is valid.
func parse(f *file, report *report) *node {
	document, second, err := decodeYAML(f.text)
	switch {
	case err != nil:
		reportSyntax(f, err, report)
		return nil
	case document == nil || len(document.Content) == 0 || emptyDocument(document.Content[0]):
		report.add(place{file: f, line: 1, column: 1}, `a file begins with "version: 1"`, "the file is empty")
		return nil
	case second != nil:
		report.add(secondPlace(f, second), "move it to a separate file; -f accepts several files and directories",
			"a second document begins here; a file must contain only one")
	}
	b := builder{file: f, report: report, built: map[*yaml.Node]*node{}, ends: map[*yaml.Node]int{}}
	b.findEnds(document.Content[0])
	return b.build(document.Content[0])
}

func emptyDocument(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Value == ""
}

// decodeYAML parses text. yaml.v3 may panic on its own bugs; that is reported as an
// error in the file.
func decodeYAML(text string) (first, second *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	decoder := yaml.NewDecoder(strings.NewReader(text))
	first = new(yaml.Node)
	if err := decoder.Decode(first); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil, nil
		}
		return nil, nil, err
	}
	second = new(yaml.Node)
	if err := decoder.Decode(second); err != nil {
		if errors.Is(err, io.EOF) {
			return first, nil, nil
		}
		return nil, nil, err
	}
	return first, second, nil
}

// secondPlace is where a second document begins: at its "---" if it has one.
func secondPlace(f *file, document *yaml.Node) place {
	for n := document.Line; n >= 1; n-- {
		if strings.HasPrefix(f.line(n), "---") {
			return place{file: f, line: n, column: 1, width: 3}
		}
	}
	return place{file: f, line: document.Line, column: document.Column}
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

func reportSyntax(f *file, err error, report *report) {
	line := 1
	problem := err.Error()
	if match := yamlLine.FindStringSubmatch(problem); match != nil {
		fmt.Sscan(match[1], &line) // remains 1 if yaml.v3 returns none
		problem = match[2]
	}
	at := locate(f, line, func(err error) bool { return err == nil })
	if rest := at.rest(); strings.IndexAny(rest, "{[") == 0 && !strings.Contains(problem, "',' or") {
		// Within brackets every prefix is invalid until they close; the place is where
		// this error first occurs.
		at = locate(f, line, func(err error) bool { return err == nil || !strings.HasSuffix(err.Error(), problem) })
	}
	if strings.Contains(problem, "mapping values are not allowed") {
		if joined, ok := joinedKey(f, at.line-1); ok {
			at, problem = joined, "no space after the colon"
		}
	}
	hideNearby(f, at.line)
	if strings.Contains(problem, "mapping values are not allowed") {
		at = onlyKey(at)
	}
	what, hint := explain(at, problem)
	report.add(at, hint, "%s", what)
}

var noSpace = regexp.MustCompile(`^ *[A-Za-z_][A-Za-z0-9_-]*:[^ /]`)

// joinedKey finds "key:value" without a space on the last line before a problem: YAML
// parses that as text, and fails at the next line.
func joinedKey(f *file, line int) (place, bool) {
	for ; line >= 1; line-- {
		text := f.line(line)
		if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed[0] == '#' {
			continue
		}
		match := noSpace.FindString(text)
		return place{file: f, line: line, column: max(1, len(match)-1)}, match != ""
	}
	return place{}, false
}

// onlyKey returns the place of the key if at is the first colon on its line.
func onlyKey(at place) place {
	before := []rune(at.file.line(at.line))[:at.column-1]
	key := strings.TrimLeft(string(before), " ")
	if key == "" || strings.ContainsAny(key, ":\"'[{") {
		return at
	}
	width := utf8.RuneCountInString(key)
	return place{file: at.file, line: at.line, column: at.column - width, width: width}
}

// locateBudget bounds the bytes that are parsed to find a place, which takes
// seconds at worst: a problem deep in a large file is placed by yaml.v3's line.
const locateBudget = 4 << 20

// locate finds the place of a syntax error in f: after the longest valid prefix.
// suspect is yaml.v3's line.
func locate(f *file, suspect int, sound func(error) bool) place {
	budget := locateBudget
	valid := func(prefix string) bool {
		if budget -= len(prefix) + 64; budget < 0 {
			return false
		}
		_, _, err := decodeYAML(prefix)
		return sound(err)
	}
	ends := make([]int, len(f.lines)+1) // ends[n] is where line n ends, with its break
	for i, rest := 0, 0; i < len(f.lines); i++ {
		rest += len(f.lines[i])
		switch tail := f.text[rest:]; {
		case strings.HasPrefix(tail, "\r\n"):
			rest += 2
		case tail != "":
			_, size := utf8.DecodeRuneInString(tail)
			rest += size
		}
		ends[i+1] = rest
	}
	line := suspect
	for n := consumed(f); n >= 1 && budget >= 0; n-- {
		if valid(f.text[:ends[n-1]]) {
			line = n
			break
		}
	}
	line = max(1, min(line, len(f.lines)))

	// The same within the line; its characters are tried from the end.
	text := f.line(line)
	before := f.text[:ends[line-1]]
	cut := 0
	for at := len(text); at > 0 && budget >= 0; at-- {
		if utf8.RuneStart(text[at-1]) && valid(before+text[:at-1]) {
			cut = at - 1
			break
		}
	}
	if budget < 0 {
		cut = 0
	}
	if skipped := strings.TrimLeft(text[cut:], " "); skipped != "" {
		cut = len(text) - len(skipped)
	}
	return place{file: f, line: line, column: utf8.RuneCountInString(text[:cut]) + 1}
}

// consumed is the last line that yaml.v3 looked at before it failed.
func consumed(f *file) int {
	reader := &lineReader{text: f.text}
	defer func() { _ = recover() }()
	decoder := yaml.NewDecoder(reader)
	for {
		if err := decoder.Decode(new(yaml.Node)); err != nil {
			return len(splitLines(f.text[:reader.read]))
		}
	}
}

// lineReader returns one line at a time, so that it is known how far the parser got.
type lineReader struct {
	text string
	read int
}

func (r *lineReader) Read(p []byte) (int, error) {
	rest := r.text[r.read:]
	if rest == "" {
		return 0, io.EOF
	}
	if end := strings.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end+1]
	}
	n := copy(p, rest)
	r.read += n
	return n, nil
}

// explain turns an error of yaml.v3 into a message and a hint.
func explain(at place, problem string) (what, hint string) {
	rest := at.rest()
	first, _ := utf8.DecodeRuneInString(rest)
	before := strings.TrimRight(string([]rune(at.file.line(at.line))[:at.column-1]), " ")
	switch {
	case strings.Contains(problem, "max depth"):
		return "the values are nested too deeply", "check that it is the right file"
	case strings.Contains(problem, "no space after the colon"):
		return "there is no space after the colon", `write "key: value"`
	case strings.Contains(problem, "<document start>"):
		return "nothing may follow the end of the document", "remove the line of dots above, or everything after it"
	case first == '\t' || strings.Contains(problem, "tab character"):
		return "a tab is used where YAML allows only spaces", "indent with spaces"
	case strings.HasPrefix(rest, "<<<<<<<") || strings.HasPrefix(rest, "=======") || strings.HasPrefix(rest, ">>>>>>>"):
		return "merge conflict marker", "resolve the conflict first"
	case strings.Contains(problem, "escape"):
		return "the text in double quotes contains an invalid escape",
			`write \\ for a backslash, or use single quotes, where a backslash needs no escape`
	case first == '"' || first == '\'':
		return "the quoted text that begins here is not closed, or is followed by other text",
			`close the quote; within single quotes write '' for a single quote`
	case first == '[':
		return "the list that begins here is not closed, or has a missing comma", "put commas between its entries, and ] at its end"
	case first == '{':
		return "the mapping that begins here is not closed, or has a missing comma", "put commas between its entries, and } at its end"
	case strings.Contains(problem, "unknown anchor"):
		return "the alias refers to an anchor that is not defined above in this file",
			"define it with &NAME first; put text that begins with * in quotes"
	case strings.Contains(problem, "alphabetic or numeric"):
		return fmt.Sprintf("%q must be followed by the name of an anchor", first),
			"put text that begins with * or & in quotes"
	case strings.Contains(problem, "mapping values are not allowed") && at.width > 0:
		return `this key does not match the lines above it`,
			"check the indentation: keys of one mapping must be in the same column, and a value cannot also have keys below it"
	case strings.Contains(problem, "could not find expected ':'"), strings.Contains(problem, "mapping values") && first != ':':
		return `there is no ":" after this key`, `write "key: value"; indent text of several lines, or put it in quotes`
	case strings.Contains(problem, "mapping values are not allowed"):
		return `a "key: value" cannot begin here`,
			`check the indentation and the space after each colon; put text that contains ": " in quotes`
	case strings.Contains(problem, "cannot start any token"):
		return fmt.Sprintf("a value cannot begin with %q", first), "put the value in quotes"
	case strings.Contains(problem, "did not find expected key"), strings.Contains(problem, "'-' indicator"),
		strings.Contains(problem, "block sequence entries"):
		return misfit(rest, before)
	case strings.Contains(problem, "end of stream"):
		return "a quoted text is not closed in this line or below", "close the quote"
	case strings.Contains(problem, "undefined tag"):
		return "tags are not supported", "put the value in quotes if it begins with !"
	}
	return "invalid YAML: " + problem, "check quotes, brackets and indentation near here"
}

// misfit explains text that is not allowed at this place: rest is the line from there
// on, before is the text before it.
func misfit(rest, before string) (what, hint string) {
	switch {
	case strings.HasSuffix(before, "'"):
		return "nothing may follow the quoted text", "within single quotes write '' for a single quote"
	case strings.HasSuffix(before, `"`):
		return "nothing may follow the quoted text", `within double quotes write \" for a double quote`
	case strings.HasPrefix(rest, "]"), strings.HasPrefix(rest, "}"):
		return "this bracket has no matching opening bracket", "remove it, or put the text in quotes"
	case strings.HasPrefix(rest, ":"):
		return "there is no key before this colon", "write the name before the colon"
	case strings.HasPrefix(rest, "- "):
		return "an entry of a list is not allowed here", "check the indentation; a value is either a mapping (keys) or a list (hyphens)"
	}
	return "this does not match the lines above it", "check the indentation: keys of one mapping must be in the same column"
}
