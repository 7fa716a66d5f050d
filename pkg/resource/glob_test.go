package resource

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The steps of a comparison are bounded by the two lengths, whatever the glob.
func TestGlobSteps(t *testing.T) {
	for glob, text := range map[string]string{
		"cronjob.**0**0**0**0**0**X":       "cronjob.shop/live/" + strings.Repeat("0", 300),
		strings.Repeat("*a", 40) + "b":     strings.Repeat("a", 300),
		strings.Repeat("**a*a", 20) + "b":  strings.Repeat("a", 300),
		"cronjob.*/*/" + "**0*0**0*0**0*X": "cronjob.shop/live/" + strings.Repeat("0/0", 100),
	} {
		m := matcher{text: text, name: 300}
		if m.matches(glob) {
			t.Errorf("%s matches", glob)
		}
		if most := len(glob) * (len(text) + 1); m.steps > most {
			t.Errorf("%s: %d steps, at most %d are allowed", glob, m.steps, most)
		}
	}
	m := matcher{text: "variable.shop/live/DEBUG", name: 5}
	if m.matches("cronjob.**"); m.steps != 1 {
		t.Errorf("%d steps for a difference in the first character", m.steps)
	}
}

// The comparison gives what trying every way gives.
func TestGlobMatchesByEveryWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.SampledFrom([]byte("aB/")), 0, 8)
		text := string(letters.Draw(t, "text"))
		glob := string(rapid.SliceOfN(rapid.SampledFrom([]byte("ab/**")), 0, 8).Draw(t, "glob"))
		m := matcher{text: text, name: rapid.IntRange(0, len(text)).Draw(t, "name"), fold: rapid.Bool().Draw(t, "fold")}
		if got, want := m.matches(glob), m.tries(glob, 0); got != want {
			t.Fatalf("%q matches %q, whose last part has %d bytes: %t, want %t", glob, text, m.name, got, want)
		}
	})
}

// tries compares the text from i in the plain way, which takes exponential time.
func (m *matcher) tries(glob string, i int) bool {
	if glob == "" {
		return i == len(m.text)
	}
	if glob[0] != '*' {
		return i < len(m.text) && m.same(i, glob[0]) && m.tries(glob[1:], i+1)
	}
	rest := strings.TrimLeft(glob, "*")
	across := len(glob)-len(rest) > 1
	for ; ; i++ {
		if m.tries(rest, i) {
			return true
		}
		if i == len(m.text) || !across && !m.inPart(i) {
			return false
		}
	}
}
