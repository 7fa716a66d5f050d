package render

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// line is one line of a difference: '+' is added, '-' is removed, ' ' is unchanged and
// '…' represents lines that are left out.
type line struct {
	sign rune
	text string
}

// diffLines compares line by line. Of unchanged lines, context lines around every
// difference are shown; a negative context shows none and does not count them either
// (sets).
func diffLines(before, after []string, context int) []line {
	return elide(compareLines(before, after), context)
}

// compareLines replaces each distinct line by a unique character and compares the
// characters.
func compareLines(before, after []string) []line {
	var known []string
	number := map[string]int{}
	encode := func(lines []string) []rune {
		out := make([]rune, len(lines))
		for i, l := range lines {
			n, seen := number[l]
			if !seen {
				n = len(known)
				number[l] = n
				known = append(known, l)
			}
			out[i] = character(n)
		}
		return out
	}
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // the outcome must not depend on the speed of the machine
	var out []line
	for _, d := range dmp.DiffMainRunes(encode(before), encode(after), false) {
		sign := ' '
		switch d.Type {
		case diffmatchpatch.DiffInsert:
			sign = '+'
		case diffmatchpatch.DiffDelete:
			sign = '-'
		}
		for _, r := range d.Text {
			out = append(out, line{sign, known[index(r)]})
		}
	}
	return out
}

// The surrogates, which no text can hold, lie in the middle of the characters.
const (
	surrogates    = 0xD800
	surrogatesEnd = 0xE000
)

func character(n int) rune {
	if n += 1; n >= surrogates {
		n += surrogatesEnd - surrogates
	}
	return rune(n)
}

func index(r rune) int {
	n := int(r)
	if n >= surrogatesEnd {
		n -= surrogatesEnd - surrogates
	}
	return n - 1
}

// elide leaves out unchanged lines that are far from every difference.
func elide(lines []line, context int) []line {
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l.sign == ' ' {
			continue
		}
		for j := max(0, i-max(0, context)); j <= min(len(lines)-1, i+max(0, context)); j++ {
			near[j] = true
		}
	}
	var out []line
	for i := 0; i < len(lines); {
		if near[i] {
			out = append(out, lines[i])
			i++
			continue
		}
		start := i
		for i < len(lines) && !near[i] {
			i++
		}
		switch {
		case context < 0:
		case i-start == 1: // leaving out one line would not be shorter
			out = append(out, lines[start])
		default:
			out = append(out, line{'…', fmt.Sprintf("%d lines unchanged", i-start)})
		}
	}
	return out
}

// split splits a text into lines; spaces at the end of a line are made visible.
func split(s string) []string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.TrimRight(l, " ") != l {
			lines[i] = quote(l)
		}
	}
	return lines
}
