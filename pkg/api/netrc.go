package api

import "strings"

// netrcEntry is one machine of a netrc file. The default entry has the machine
// "".
type netrcEntry struct{ machine, login, password string }

// parseNetrc reads a netrc file as far as it can be parsed; it never fails. The format
// has no standard. This follows what the official client's library (Python's netrc)
// reads: words between spaces, words in double quotes with backslash escapes, comments
// that begin with # at the position of a keyword (a password may begin with #), and
// macros, which end at an empty line.
func parseNetrc(text string) []netrcEntry {
	var entries []netrcEntry
	words := netrcWords{text: text}
	value := func() string { w, _ := words.next(); return w }
	for {
		word, ok := words.next()
		if !ok {
			return entries
		}
		last := len(entries) - 1
		switch {
		case strings.HasPrefix(word, "#"):
			words.skipLine()
		case word == "machine":
			entries = append(entries, netrcEntry{machine: value()})
		case word == "default":
			entries = append(entries, netrcEntry{})
		case word == "macdef":
			words.skipMacro()
		case word == "login", word == "user", word == "account", word == "password":
			v := value()
			switch {
			case last < 0:
			case word == "login", word == "user":
				entries[last].login = v
			case word == "password":
				entries[last].password = v
			}
		}
	}
}

type netrcWords struct {
	text string
	// line is the text from the last word on, so that a comment can be skipped to the
	// end of its line.
	line string
}

const netrcBlanks = " \t\r\n"

func (w *netrcWords) next() (string, bool) {
	w.text = strings.TrimLeft(w.text, netrcBlanks)
	w.line = w.text
	if w.text == "" {
		return "", false
	}
	quoted := w.text[0] == '"'
	if quoted {
		w.text = w.text[1:]
	}
	var word strings.Builder
	for i := 0; i < len(w.text); i++ {
		switch b := w.text[i]; {
		case b == '\\' && i+1 < len(w.text):
			i++
			word.WriteByte(w.text[i])
		case quoted && b == '"', !quoted && strings.IndexByte(netrcBlanks, b) >= 0:
			if quoted {
				i++
			}
			w.text = w.text[i:]
			return word.String(), true
		default:
			word.WriteByte(b)
		}
	}
	w.text = ""
	return word.String(), true
}

func (w *netrcWords) skipLine() {
	_, w.text, _ = strings.Cut(w.line, "\n")
}

func (w *netrcWords) skipMacro() {
	_, rest, found := strings.Cut(strings.ReplaceAll(w.text, "\r\n", "\n"), "\n\n")
	if !found {
		rest = ""
	}
	w.text = rest
}
