package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// A difference holds both sides.
func TestCompareLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "c", "", "é", "a b"}))
		before, after := some.Draw(t, "before"), some.Draw(t, "after")
		var left, right []string
		for _, l := range compareLines(before, after) {
			if l.sign != '+' {
				left = append(left, l.text)
			}
			if l.sign != '-' {
				right = append(right, l.text)
			}
		}
		if d := cmp.Diff([][]string{before, after}, [][]string{left, right}, cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	})
}

func TestCharacters(t *testing.T) {
	for _, n := range []int{0, 1, surrogates - 2, surrogates - 1, surrogates, 200000} {
		r := character(n)
		if r == 0 || r >= surrogates && r < surrogatesEnd || index(r) != n {
			t.Errorf("%d is %#x is %d", n, r, index(r))
		}
	}
}
