package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/schema"
)

// hostile draws text that would like to be something else: another line, a
// colour, text that runs backwards, a command to a CI system.
func hostile(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
		"plain", "日本", "\x1b[31m", "\x1b]8;;x\a", "\n", "\r", "\n  -   delete    orchard.all", "\nPlan: 0 to create",
		"`", "```", "`````", "\n```\n", "</details>", "<!--", "-->", "<img src=x>", "&lt;", "![a](b)", "[a]: b", "@all", "#12", "| a |",
		"\n/close", "**", "~~~", "$`x`$", ":tada:", "\\", strings.Repeat("long ", 200), strings.Repeat("`", 500),
		"::set-output name=a::b", ":", ":", "#", "##[debug]", "##vso[task]", "[",
		"\u202e", "\u2066", "\u2028", "\u0085", "\u009b31m", "\x7f", "\x00", "\xff", "\u00a0", "\t", " ", "→", "é", "\ufeff",
	}), 0, 5).Draw(t, label), "")
}

// anyValue draws what a field may hold.
func anyValue(t *rapid.T, label string) resource.Value {
	switch rapid.IntRange(0, 6).Draw(t, label) {
	case 0:
		return nil
	case 1:
		return rapid.Int64().Draw(t, label)
	case 2:
		return []any{item("label", "command", hostile(t, label), hostile(t, label)), hostile(t, label), resource.NewSecret(canary)}
	case 3:
		return map[string]any{hostile(t, label): []any{hostile(t, label), resource.NewSecret(canary)}}
	case 4:
		return resource.Ref{Name: hostile(t, label), Handle: "h"}
	case 5:
		return resource.NewSecret(hostile(t, label) + canary)
	}
	return hostile(t, label)
}

func anyPlan(t *rapid.T) *plan.Plan {
	p := &plan.Plan{Endpoint: hostile(t, "endpoint"), Organisation: resource.Ref{Name: hostile(t, "organisation")}}
	p.Deploy = rapid.Bool().Draw(t, "deploy")
	for i := range rapid.IntRange(0, 6).Draw(t, "changes") {
		kind := rapid.SampledFrom([]*resource.Kind{orchard, garden, tree}).Draw(t, "kind")
		path := map[*resource.Kind]string{orchard: "o%d", garden: "o/g%d", tree: "o/g/t%d"}[kind]
		after := of(kind, fmt.Sprintf(path, i), nil)
		after.Masked = map[string]bool{}
		before := of(kind, fmt.Sprintf(path, i), nil)
		c := &resource.Change{
			Kind: kind, Address: after.Address, Action: rapid.SampledFrom(resource.Actions).Draw(t, "action"),
			Reason: hostile(t, "reason"), Before: before, After: after,
			At:    diag.Position{File: hostile(t, "file"), Line: 1},
			Drift: rapid.IntRange(0, 3).Draw(t, "drift") == 0,
		}
		if rapid.Bool().Draw(t, "new") {
			c.Before = nil
		}
		if rapid.IntRange(0, 3).Draw(t, "blocked") == 0 {
			c.Block("because %s", hostile(t, "block"))
		}
		for _, f := range kind.Fields {
			fc := resource.FieldChange{
				Name: f.Name, Before: anyValue(t, "before"), After: anyValue(t, "after"),
				HasBefore: c.Before != nil && rapid.Bool().Draw(t, "known"),
				Drift:     rapid.Bool().Draw(t, "drift"),
			}
			switch rapid.IntRange(0, 3).Draw(t, "guard") {
			case 0:
				fc.Masked, fc.Before, fc.After = true, canary, canary+"\n"+canary
			case 1:
				after.Masked[f.Name] = true
				fc.Before, fc.After = []any{canary}, map[string]any{"k": canary}
			}
			c.Fields = append(c.Fields, fc)
		}
		p.Changes = append(p.Changes, c)
	}
	for range rapid.IntRange(0, 3).Draw(t, "more") {
		text := hostile(t, "text")
		tree := resource.NewAddress("tree", at("garden.o/g"), text)
		p.Warnings = append(p.Warnings, plan.Note{Text: text})
		p.Notes = append(p.Notes, plan.Note{Address: tree, Text: text})
		p.Violations = append(p.Violations, plan.Violation{Message: text, Flag: text})
		p.Deployments = append(p.Deployments, &plan.Deployment{
			Address: resource.NewAddress("garden", at("orchard.o"), text), Kind: garden, Reason: text, Along: plan.Along{Changes: []string{text}},
		})
		p.Unmanaged = append(p.Unmanaged, tree)
		p.Uncompared = append(p.Uncompared, plan.Field{FieldID: resource.FieldID{Address: tree, Name: text}})
	}
	return counted(p)
}

// changeLine is what the line of a change begins with.
var changeLine = regexp.MustCompile(`(?m)^  (?:\+|~|-/\+|->|-) +(create|update|replace|move|transfer|delete) +(\S+)`)

// Text and JSON list the same changes, neither shows a secret, and nothing that
// came from outside leaves its line or reaches the screen raw.
func TestAnyPlanAsTextAndJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		var text, document bytes.Buffer
		if err := render.PlanText(&text, p, render.Options{Width: rapid.IntRange(0, 120).Draw(t, "width")}); err != nil {
			t.Fatal(err)
		}
		if err := render.PlanJSON(&document, p, nil); err != nil {
			t.Fatal(err)
		}
		clean(t, "text", text.String())
		clean(t, "JSON", document.String())
		valid(t, schema.Plan, document.Bytes())

		var decoded struct {
			Changes []struct{ Action, Address string }
			Summary map[string]int
		}
		if err := json.Unmarshal(document.Bytes(), &decoded); err != nil {
			t.Fatal(err)
		}
		var listed, printed []string
		for _, c := range decoded.Changes {
			listed = append(listed, c.Action+" "+c.Address)
		}
		for _, m := range changeLine.FindAllStringSubmatch(text.String(), -1) {
			printed = append(printed, m[1]+" "+m[2])
		}
		slices.Sort(listed)
		slices.Sort(printed)
		if d := cmp.Diff(listed, printed); d != "" {
			t.Errorf("JSON and text differ: %s\n%s", d, &text)
		}
		lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
		last := lines[len(lines)-1]
		if !strings.HasPrefix(last, "Plan: ") && !strings.HasPrefix(last, "No changes") {
			t.Errorf("the last line is %q", last)
		}
	})
}

// Results, too, stay on their lines.
func TestAnyResultAsTextAndJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		r := &apply.Result{}
		lines := 0
		var out bytes.Buffer
		progress := render.Progress(&out, render.Options{})
		for _, c := range p.Changes {
			status := rapid.SampledFrom([]apply.Status{apply.Done, apply.Failed, apply.Skipped, apply.Unknown}).Draw(t, "status")
			s := apply.StepResult{Step: &plan.Step{Change: c, Call: resource.Call{Does: "create"}}, Status: status}
			switch status {
			case apply.Failed, apply.Unknown:
				s.Error = errors.New(hostile(t, "error"))
			case apply.Skipped:
				s.Because = "because " + hostile(t, "because")
			}
			r.Steps = append(r.Steps, s)
			progress(apply.Event{Step: s})
			lines++
		}
		if got := strings.Count(out.String(), "\n"); got != lines {
			t.Errorf("%d lines for %d steps: %q", got, lines, out.String())
		}
		clean(t, "progress", out.String())
		out.Reset()
		if err := render.ApplyText(&out, r, render.Options{}); err != nil {
			t.Fatal(err)
		}
		clean(t, "result", out.String())
		out.Reset()
		failure := &render.Failure{Err: errors.New(hostile(t, "failure")), Hint: hostile(t, "hint"), ExitCode: 7}
		if err := render.ApplyJSON(&out, r, failure); err != nil {
			t.Fatal(err)
		}
		clean(t, "result", out.String())
		valid(t, schema.Apply, out.Bytes())
	})
}

// Problems stay on their lines, whatever the source line holds, and the mark is
// below the place that it marks.
func TestAnyDiagnostic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := diag.Diagnostic{
			At:      diag.Position{File: "f", Line: 1, Column: rapid.IntRange(0, 30).Draw(t, "column")},
			Message: hostile(t, "message"), Line: "x" + hostile(t, "line"), Width: rapid.IntRange(0, 9).Draw(t, "width"),
		}
		var out bytes.Buffer
		if err := render.FailureText(&out, render.Failure{Err: diag.List{d}}, render.Options{Width: rapid.IntRange(9, 90).Draw(t, "screen")}); err != nil {
			t.Fatal(err)
		}
		clean(t, "diagnostic", out.String())
		want := 5 // message, line, mark, empty line, count
		if d.At.Column == 0 {
			want--
		}
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("%d lines: %s", got, &out)
		}
	})
}

// ciCommand is what a CI system takes for a command in the output of a job.
var ciCommand = regexp.MustCompile(`(?m)^ *::.*|##\w*\[`)

func clean(t *rapid.T, what, text string) {
	if strings.Contains(text, canary) {
		t.Errorf("%s shows the canary: %s", what, text)
	}
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%s holds %q raw", what, r)
		}
	}
	if found := ciCommand.FindString(text); found != "" {
		t.Errorf("%s holds a command to a CI system: %q", what, found)
	}
}
