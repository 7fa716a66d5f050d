package render

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text from outside: from the API, from files, from a log. Every place that prints it
// uses this file. The policy:
//
//   - It stays on its line and cannot imitate another one: control characters, escape
//     sequences, line breaks, marks that change the writing direction, unusual spaces
//     and invalid UTF-8 are shown as Go writes them in a string (\x1b, \n, \u202e).
//   - It is never a command to a CI system, which reads them from the output of a job:
//     GitHub, where the first visible characters of a line are "::", and Azure, GitHub
//     and TeamCity, where "##[", "##vso[" or "##teamcity[" is anywhere in it. The first
//     character is shown as \x3a or \x23.
//   - A log keeps its lines, and on a terminal its colours. All other sequences are
//     left out: they are not content.
//   - JSON, YAML and what is written to files keep their content: they escape what must
//     not be printed in their own way (json.go; pkg/spec for YAML).

// safe escapes what must not be printed as it is, for anywhere in a line.
func safe(s string) string {
	var out strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			out.WriteString(`\x` + strconv.FormatUint(uint64(s[0])|0x100, 16)[1:])
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			out.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[size:]
	}
	return escapeCommands(out.String(), `\x23`)
}

// command is what is a command to a CI system anywhere in a line.
var command = regexp.MustCompile(`##\w*\[`)

// escapeCommands replaces the first character of each command by hash.
func escapeCommands(s, hash string) string {
	if !strings.Contains(s, "##") {
		return s
	}
	return command.ReplaceAllStringFunc(s, func(found string) string { return hash + found[1:] })
}

// begin is what comes before the first visible character of a line: spaces and colours.
var begin = regexp.MustCompile("^(?: |\x1b\\[[0-9;]*m)*")

// safeLine escapes a whole line of safe texts that would be a command to a CI system.
func safeLine(line string) string {
	line = escapeCommands(line, `\x23`)
	at := len(begin.FindString(line))
	if at == len(line) || line[at] != ':' || !strings.HasPrefix(sequence.ReplaceAllString(line[at:], ""), "::") {
		return line
	}
	return line[:at] + `\x3a` + line[at+1:]
}

// Message prints a message for people. Values other than numbers are text from outside;
// the format is ours, and may have several lines.
func Message(w io.Writer, format string, values ...any) error {
	for i, value := range values {
		switch value.(type) {
		case int, int64, float64, bool:
		default:
			values[i] = safe(fmt.Sprint(value))
		}
	}
	lines := strings.SplitAfter(fmt.Sprintf(format, values...), "\n")
	for i, line := range lines {
		lines[i] = safeLine(line)
	}
	_, err := io.WriteString(w, strings.Join(lines, ""))
	return err
}

// logGuard is a writer for a structured log, which itself escapes everything but
// commands.
type logGuard struct{ io.Writer }

// LogWriter returns a writer for a structured log that others may read as the output of
// a job. Each write is one line.
func LogWriter(w io.Writer) io.Writer { return logGuard{w} }

// Write writes a line.
func (g logGuard) Write(line []byte) (int, error) {
	if _, err := io.WriteString(g.Writer, escapeCommands(string(line), `\x23`)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// sequence is an escape sequence: one that selects colours (its first group), one with
// parameters, one with a text of its own (a title, a link), or any other.
var sequence = regexp.MustCompile(
	"(\x1b\\[[0-9;]*m)|(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\x1b[]PX^_]|\u009d)[^\x07\x1b\u009c]*(?:\x07|\x1b\\\\|\u009c)?|\x1b[ -/]*[0-~]?")

// logLine returns a line of a log as it is printed, with its colours if they may be.
func logLine(line string, colors bool) string {
	if !colors {
		return safe(logContent(line))
	}
	var out strings.Builder
	colored, at := false, 0
	for _, found := range sequence.FindAllStringSubmatchIndex(line, -1) {
		out.WriteString(safe(printable(line[at:found[0]])))
		if at = found[1]; found[2] >= 0 {
			out.WriteString(line[found[2]:found[3]])
			colored = true
		}
	}
	out.WriteString(safe(printable(line[at:])))
	if colored {
		out.WriteString("\x1b[0m")
	}
	return out.String()
}

// logContent returns a line of a log without its sequences.
func logContent(line string) string { return printable(sequence.ReplaceAllString(line, "")) }

// printable leaves out control characters. A tab, and the carriage return of a progress
// bar, is a space.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}
