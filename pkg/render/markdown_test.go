package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
)

// testing.T and rapid.T.
type tester interface {
	Helper()
	Fatalf(string, ...any)
	Fatal(...any)
}

// scanned is what a Markdown document holds, as a parser sees it.
type scanned struct {
	marker  string
	changes []string // "update tree.a/b/c", in order
	sizes   []int    // the bytes of each block
	leftOut int      // changes that the document says are left out
}

var (
	markerLine = regexp.MustCompile(`^<!-- divioctl:plan (digest=[a-z0-9:]+|empty|failed) -->$`)
	fenceLine  = regexp.MustCompile("^(`{3,})(diff|sh|)$")
	entryLine  = regexp.MustCompile(`^[-+! ] (create|update|replace|move|transfer|delete) +(\S+)`)
	signed     = regexp.MustCompile(`^[-+! ] `)
	restLine   = regexp.MustCompile(`(\d+) more (?:\w+ )?changes?\b`)
	// Everything that may stand outside of fences, code spans replaced by CODE.
	plainLine = regexp.MustCompile(`^(` + strings.Join([]string{
		``,
		`### (Plan: [\w ,.]+|No changes|There is no plan)`,
		`#### [\w ,:]+`,
		`((The current state matches the files(, as far as this is known without the values of value_from)?|No differences in what can be compared)\. )?Organisation (CODE|\(none\)) at (CODE|\(none\))\.`,
		`An earlier plan in this comment is no longer valid\.`,
		`<details><summary>(<code>([^<>&'"]|&(lt|gt|amp|#34|#39);)*</code>: )?[\w ,]+</summary>`,
		`</details>`,
		`\*\*Too long for a comment\.\*\* Left out: [\w ,]+\. See the log of the job\.`,
		`To apply exactly this, with the same flags as this plan:`,
	}, "|") + `)$`)
)

// scan reads a document line by line, as CommonMark says: a fence ends at a line
// of as many backticks, indented by three blanks at most. Outside of fences every
// line must be one that we write.
func scan(t tester, text string) scanned {
	t.Helper()
	if n := len(utf16.Encode([]rune(text))); n > 65_536 || len(text) > 65_536 {
		t.Fatalf("%d characters, %d bytes", n, len(text))
	}
	var s scanned
	fence, language, inFold, began := "", "", false, 0
	for i, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		ends := strings.TrimRight(l, " ")
		blanks := len(ends) - len(strings.TrimLeft(ends, " "))
		switch {
		case i == 0:
			if !markerLine.MatchString(l) || !strings.HasPrefix(l, render.MarkdownMarker) {
				t.Fatalf("the first line is %q", l)
			}
			s.marker = l
		case fence != "" && blanks <= 3 && len(ends)-blanks >= len(fence) && strings.Trim(ends[blanks:], "`") == "":
			if l != fence {
				t.Fatalf("something else ends the fence %s: %q", fence, l)
			}
			fence = ""
			s.sizes = append(s.sizes, i-began)
		case fence != "" && language == "sh":
			if digest := markerLine.FindStringSubmatch(s.marker)[1]; l != "divioctl apply --plan-"+strings.Replace(digest, "=", " ", 1) {
				t.Fatalf("the command is %q", l)
			}
		case fence != "":
			if !signed.MatchString(l) {
				t.Fatalf("a line begins without a sign of ours: %q", l)
			}
			if m := entryLine.FindStringSubmatch(l); m != nil && language == "diff" {
				s.changes = append(s.changes, m[1]+" "+m[2])
			}
		case fenceLine.MatchString(l):
			m := fenceLine.FindStringSubmatch(l)
			fence, language, began = m[1], m[2], i
		default:
			outside := withoutCode(l)
			if !plainLine.MatchString(outside) {
				t.Fatalf("a line that is not ours: %q", outside)
			}
			if strings.HasPrefix(l, "**Too long") {
				for _, m := range restLine.FindAllStringSubmatch(l, -1) {
					n, _ := strconv.Atoi(m[1])
					s.leftOut += n
				}
			}
			if strings.HasPrefix(l, "<details>") || l == "</details>" {
				if inFold == (l != "</details>") {
					t.Fatalf("folds do not match at line %d", i+1)
				}
				inFold = !inFold
			}
		}
	}
	if fence != "" || inFold {
		t.Fatal("a fence or a fold stays open")
	}
	return s
}

// withoutCode puts CODE for every code span: from a run of backticks to the next
// one of that length.
func withoutCode(l string) string {
	runs := regexp.MustCompile("`+").FindAllStringIndex(l, -1)
	var out strings.Builder
	at := 0
	for i := 0; i < len(runs); i++ {
		for j := i + 1; j < len(runs); j++ {
			if runs[i][1]-runs[i][0] == runs[j][1]-runs[j][0] {
				out.WriteString(l[at:runs[i][0]] + "CODE")
				at, i = runs[j][1], j
				break
			}
		}
	}
	return out.String() + l[at:]
}

func markdown(t tester, p *plan.Plan, failure *render.Failure) string {
	t.Helper()
	var out bytes.Buffer
	if err := render.PlanMarkdown(&out, p, failure); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Whatever a plan holds, nothing in it leaves its place, no secret is shown, and
// Markdown lists the changes that JSON lists, as many as the summary counts.
func TestAnyPlanAsMarkdown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		p.Digest = hostile(t, "digest")
		var failure *render.Failure
		if rapid.Bool().Draw(t, "failed") {
			failure = &render.Failure{Err: errors.New(hostile(t, "failure")), Hint: hostile(t, "hint"), ExitCode: 6}
		}
		text := markdown(t, p, failure)
		clean(t, "Markdown", text)
		agrees(t, p, text)
	})
}

// agrees compares what Markdown lists with the plan and its summary.
func agrees(t tester, p *plan.Plan, text string) scanned {
	t.Helper()
	s := scan(t, text)
	if got, want := len(s.changes)+s.leftOut, p.Summary.Changes(); got != want {
		t.Fatalf("%d changes listed and %d left out, but the summary counts %d\n%.3000s", len(s.changes), s.leftOut, want, text)
	}
	if s.leftOut > 0 {
		return s
	}
	var want []string
	for _, c := range p.Changes {
		want = append(want, string(c.Action)+" "+c.Address.String())
	}
	got := slices.Clone(s.changes)
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	return s
}

func TestAnyFailureAsMarkdown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		err := errors.New(hostile(t, "error"))
		if rapid.Bool().Draw(t, "list") {
			var list diag.List
			for range rapid.IntRange(1, 400).Draw(t, "problems") {
				list = append(list, diag.Diagnostic{
					At: diag.Position{File: "f" + hostile(t, "file"), Line: 1, Column: 2}, Message: hostile(t, "message"),
					Hint: hostile(t, "hint"), Line: hostile(t, "line"), Width: 2,
				})
			}
			err = list
		}
		var out bytes.Buffer
		if err := render.FailureMarkdown(&out, render.Failure{Err: err, Hint: hostile(t, "advice"), ExitCode: 3}); err != nil {
			t.Fatal(err)
		}
		clean(t, "Markdown", out.String())
		if s := scan(t, out.String()); !strings.Contains(s.marker, "failed") {
			t.Fatal(s.marker)
		}
	})
}

// No plan is too long for a comment: what is left out is counted, from the end,
// and never a change that destroys while another one is shown with its values.
func TestLongPlansAsMarkdown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &plan.Plan{Endpoint: "https://orchard.example", Digest: "sha256:12"}
		orchards := rapid.IntRange(1, 60).Draw(t, "orchards")
		long := strings.Repeat(rapid.SampledFrom([]string{"x", "`", "日", "\n", "\x00", "a line\n"}).Draw(t, "text"), rapid.IntRange(0, 300).Draw(t, "length"))
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		perhaps := func(percent int) bool { return dice.IntN(100) < percent }
		deleted, drifted, blocked := rapid.IntRange(0, 60).Draw(t, "%deleted"), rapid.IntRange(0, 60).Draw(t, "%drift"), 5
		for i := range rapid.SampledFrom([]int{10, 200, 400}).Draw(t, "changes") {
			r := of(tree, fmt.Sprintf("o%d/live/t%d", i%orchards, i), nil)
			c := &resource.Change{
				Address: r.Address, Kind: tree, Action: resource.Update, Before: r, After: r,
				Fields: []resource.FieldChange{{Name: "fruit", Before: "apple", HasBefore: true, After: long}},
				Drift:  perhaps(drifted),
			}
			if perhaps(deleted) {
				c.Action = resource.Delete
				p.Violations = append(p.Violations, plan.Violation{Address: r.Address, Message: "too much " + long, Flag: "--yes"})
			}
			if perhaps(blocked) {
				c.Block("it is locked")
			}
			p.Changes = append(p.Changes, c)
			p.Notes = append(p.Notes, plan.Note{Text: "noted"})
			p.Warnings = append(p.Warnings, plan.Note{Text: "warned"})
		}
		counted(p)
		text := markdown(t, p, nil)
		s := agrees(t, p, text)

		if !strings.Contains(text, "divioctl apply --plan-digest sha256:12\n") {
			t.Fatal("the command that applies the plan is missing")
		}
		var destroys, shown int
		for _, c := range p.Changes {
			if c.Action == resource.Delete && c.Blocked == "" {
				destroys++
			}
		}
		for _, c := range s.changes {
			if strings.HasPrefix(c, "delete") {
				shown++
			}
		}
		if s.leftOut > 0 && strings.Contains(text, "more destructive change") {
			// They alone are too long: nothing else has any room.
			if strings.Contains(text, "<details>") || len(text) < 60_000 {
				t.Fatalf("destructive changes are left out of %d bytes", len(text))
			}
		} else if shown < destroys {
			t.Fatalf("%d of %d deletions are shown", shown, destroys)
		}
	})
}

// A comment that is too long begins by losing values, then the last changes, and
// says so before anything else.
func TestTooLongForAComment(t *testing.T) {
	p := &plan.Plan{Endpoint: "https://orchard.example", Organisation: resource.Ref{Name: "acme"}, Digest: "sha256:9a"}
	for o := range 100 {
		for i := range 50 {
			r := of(tree, fmt.Sprintf("o%d/live/tree_%d", o, i), nil)
			c := &resource.Change{
				Address: r.Address, Kind: tree, Action: resource.Update, Before: r, After: r,
				Fields: []resource.FieldChange{{Name: "fruit", Before: "apple", HasBefore: true, After: "pear"}},
			}
			if i == 7 {
				c.Action, c.After, c.Fields, c.Reason = resource.Delete, nil, nil, "trees are pruned"
			}
			p.Changes = append(p.Changes, c)
		}
	}
	text := markdown(t, counted(p), nil)
	s := agrees(t, p, text)
	if !slices.Contains(s.changes, "delete tree.o59/live/tree_7") || slices.Contains(s.changes, "update tree.o59/live/tree_0") ||
		!slices.Contains(s.changes, "update tree.o0/live/tree_0") {
		t.Error("the wrong ones are left out")
	}
	lines := strings.Split(text, "\n")
	want := fmt.Sprintf("**Too long for a comment.** Left out: %d more changes in 85 applications, the values of 30 changes. See the log of the job.", s.leftOut)
	if lines[5] != want {
		t.Errorf("%s\nwant\n%s", lines[5], want)
	}
}
