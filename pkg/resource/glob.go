package resource

import "strings"

// matcher compares a text with globs. "*" stands for any characters within a part, "**"
// for any characters at all. The last part is one name even if it contains slashes.
//
// It follows all ways through a glob at once, so the number of steps is at most the
// product of the two lengths, whatever the glob.
type matcher struct {
	text string
	name int  // how many bytes at the end are the last part
	fold bool // whether the case is ignored in the last part
	// steps counts the comparisons, for the test that bounds them.
	steps int
}

// matches reports whether the glob matches the whole text.
func (m *matcher) matches(glob string) bool {
	star := strings.IndexByte(glob, '*')
	if star < 0 {
		star = len(glob)
	}
	for i := range star { // most texts differ before the first star
		if m.steps++; i == len(m.text) || !m.same(i, glob[i]) {
			return false
		}
	}
	tokens := tokenize(glob[star:])
	// reached[j]: the first j tokens match the text so far.
	reached := make([]bool, len(tokens)+1)
	reached[0] = true
	for j, t := range tokens {
		reached[j+1] = reached[j] && t < 0
	}
	for i := star; i < len(m.text); i++ {
		before := reached[0]
		reached[0] = false
		for j, t := range tokens {
			m.steps++
			was := reached[j+1]
			switch t {
			case across:
				reached[j+1] = reached[j] || was
			case within:
				reached[j+1] = reached[j] || was && m.inPart(i)
			default:
				reached[j+1] = before && m.same(i, byte(t))
			}
			before = was
		}
	}
	return reached[len(tokens)]
}

// same reports whether the text has a character of a glob at i.
func (m *matcher) same(i int, c byte) bool {
	return m.text[i] == c || m.fold && m.inName(i) && lower(m.text[i]) == lower(c)
}

// inPart reports whether the character at i does not end a part.
func (m *matcher) inPart(i int) bool { return m.text[i] != '/' || m.inName(i) }

func (m *matcher) inName(i int) bool { return len(m.text)-i <= m.name }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// token is a byte of a glob, or one of the stars.
type token int

const (
	within token = -1 // *
	across token = -2 // **
)

func tokenize(glob string) []token {
	var tokens []token
	for i := 0; i < len(glob); i++ {
		run := i
		for run < len(glob) && glob[run] == '*' {
			run++
		}
		switch {
		case run == i:
			tokens = append(tokens, token(glob[i]))
			continue
		case run == i+1:
			tokens = append(tokens, within)
		default:
			tokens = append(tokens, across)
		}
		i = run - 1
	}
	return tokens
}
