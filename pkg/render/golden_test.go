package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/schema"
)

func TestPlan(t *testing.T) {
	text := func(p *plan.Plan, opt render.Options) func(*bytes.Buffer) error {
		return func(b *bytes.Buffer) error { return render.PlanText(b, p, opt) }
	}
	json := func(p *plan.Plan) func(*bytes.Buffer) error {
		return func(b *bytes.Buffer) error { return render.PlanJSON(b, p, nil) }
	}
	empty := counted(&plan.Plan{Endpoint: "https://orchard.example", Organisation: resource.Ref{Handle: "org-1"}})
	quiet := counted(&plan.Plan{Unmanaged: []resource.Address{at("tree.hill/live/a")}})
	kept := counted(&plan.Plan{Pruned: []string{"tree"}})
	for _, name := range []string{"a", "b", "c", "d"} {
		address := at("tree.hill/live/" + name)
		kept.Unmanaged = append(kept.Unmanaged, address)
		kept.Notes = append(kept.Notes, plan.Note{Address: address, Text: "not pruned: protected by tree.**"})
	}
	kept.Notes = append(kept.Notes, plan.Note{Text: "another"})
	kept = counted(kept)
	golden(t, "plan_protected.txt", text(kept, render.Options{}))
	golden(t, "plan_protected.md", func(b *bytes.Buffer) error { return render.PlanMarkdown(b, kept, nil) })
	dark := counted(&plan.Plan{Organisation: resource.Ref{Name: "acme"}, Uncompared: []plan.Field{
		{FieldID: field("tree.hill/live/a", "fruit")}, {FieldID: field("tree.hill/live/b", "value"), Masked: true},
	}})
	golden(t, "plan_uncompared.txt", text(dark, render.Options{Endpoint: "in the sandbox box.json"}))
	golden(t, "plan_uncompared.md", func(b *bytes.Buffer) error { return render.PlanMarkdown(b, dark, nil) })
	golden(t, "plan.txt", text(everything(), render.Options{}))
	golden(t, "plan_narrow.txt", text(everything(), render.Options{Width: 50}))
	golden(t, "plan_color.txt", text(everything(), render.Options{Color: true}))
	golden(t, "plan.json", json(everything()))
	golden(t, "plan_empty.txt", text(empty, render.Options{}))
	golden(t, "plan_empty.json", json(empty))
	golden(t, "plan_quiet.txt", text(quiet, render.Options{}))
	partial := counted(&plan.Plan{Unread: []string{"cron jobs", "domains"}})
	golden(t, "plan_incomplete.txt", text(partial, render.Options{}))
	golden(t, "plan_incomplete.json", func(b *bytes.Buffer) error {
		return render.PlanJSON(b, partial, &render.Failure{Err: errors.New("read cron jobs: 400"), ExitCode: 1})
	})
	golden(t, "plan_failed.json", func(b *bytes.Buffer) error {
		return render.PlanJSON(b, empty, &render.Failure{Err: errors.New("stopped"), Hint: "give --allow-destroy X", ExitCode: 6})
	})
}

// Drift is told apart from what the files ask for, in every format.
func TestDrift(t *testing.T) {
	golden(t, "drift.txt", func(b *bytes.Buffer) error { return render.PlanText(b, drifted(), render.Options{}) })
	golden(t, "drift.md", func(b *bytes.Buffer) error { return render.PlanMarkdown(b, drifted(), nil) })
	golden(t, "plan_drift.json", func(b *bytes.Buffer) error { return render.PlanJSON(b, drifted(), nil) })
}

func TestMarkdown(t *testing.T) {
	md := func(p *plan.Plan, failure *render.Failure) func(*bytes.Buffer) error {
		return func(b *bytes.Buffer) error { return render.PlanMarkdown(b, p, failure) }
	}
	golden(t, "plan.md", md(everything(), nil))
	golden(t, "plan_empty.md", md(counted(&plan.Plan{Endpoint: "https://orchard.example", Organisation: resource.Ref{Handle: "org-1"}}), nil))
	unknown := counted(&plan.Plan{Uncompared: []plan.Field{{FieldID: field("tree.hill/live/a", "fruit")}}})
	unknown.MayWrite = unknown.Uncompared
	golden(t, "plan_may_write.md", md(unknown, nil))
	golden(t, "plan_deploy.md", md(planted(true), nil))
	golden(t, "plan_failed.md", md(drifted(), &render.Failure{Err: errors.New("partly applied"), Hint: "run it again", ExitCode: 7}))
	golden(t, "failure.md", func(b *bytes.Buffer) error {
		problem := diag.Diagnostic{
			At: diag.Position{File: "```.yaml", Line: 12, Column: 1}, Message: "unknown key </details> @all #1",
			Hint: "````\n# no", Line: "``` ![x](http://x)", Width: 3,
		}
		return render.FailureMarkdown(b, render.Failure{Err: diag.List{problem}, ExitCode: 3})
	})
}

func TestApply(t *testing.T) {
	golden(t, "apply.txt", func(b *bytes.Buffer) error { return render.ApplyText(b, ended(), render.Options{}) })
	golden(t, "apply.json", func(b *bytes.Buffer) error {
		return render.ApplyJSON(b, ended(), &render.Failure{Err: errors.New("partly applied"), ExitCode: 7})
	})
	golden(t, "progress.txt", func(b *bytes.Buffer) error {
		progress := render.Progress(b, render.Options{})
		for _, s := range ended().Steps {
			started := s
			started.Status, started.Error = apply.Pending, nil
			progress(apply.Event{Step: started})
			progress(apply.Event{Step: s})
		}
		return nil
	})

	good := ended()
	good.Steps, good.Changes = good.Steps[:1], good.Changes[:1]
	good.Summary = apply.Summary{Done: 1}
	verified := true
	good.Verified = &verified
	golden(t, "apply_verified.json", func(b *bytes.Buffer) error { return render.ApplyJSON(b, good, nil) })
	golden(t, "apply_done.txt", func(b *bytes.Buffer) error { return render.ApplyText(b, good, render.Options{}) })

	used := ended()
	used.Steps, used.Changes = slices.Clone(used.Steps[:1]), used.Changes[:1]
	used.Steps[0].Adopted, used.Steps[0].Step.Change = true, used.Changes[0].Change
	used.Summary = apply.Summary{Done: 1}
	golden(t, "apply_adopted.txt", func(b *bytes.Buffer) error { return render.ApplyText(b, used, render.Options{}) })

	half := ended()
	half.Interrupted = true
	half.Steps, half.Changes = half.Steps[3:], half.Changes[6:9]
	half.Summary = apply.Summary{Skipped: 1}
	half.Steps[0].Because = "apply was stopped"
	half.Steps[1].Status = apply.Pending
	golden(t, "apply_interrupted.txt", func(b *bytes.Buffer) error { return render.ApplyText(b, half, render.Options{}) })
	many := *half
	many.Steps = slices.Clone(half.Steps[:1])
	for range 6 {
		another := ended().Steps[1]
		another.Status, another.Error, another.Because = apply.Skipped, nil, "apply was stopped"
		many.Steps = append(many.Steps, another)
	}
	many.Steps = append(many.Steps, ended().Steps[3]) // for a reason of its own
	many.Summary.Skipped = len(many.Steps)
	golden(t, "apply_interrupted_many.txt", func(b *bytes.Buffer) error { return render.ApplyText(b, &many, render.Options{}) })
}

// A report is one JSON document after every event, and what an event writes does not
// grow with the number of steps before it.
func TestReport(t *testing.T) {
	report := render.NewReport(time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC))
	steps := ended().Steps
	head, tail := report.Begin(len(steps))
	document := string(head)
	summary := apply.Summary{}
	whole := func() string { return document + string(tail) }
	check := func() {
		t.Helper()
		var any map[string]any
		if err := json.Unmarshal([]byte(whole()), &any); err != nil {
			t.Fatalf("%v in %s", err, whole())
		}
		valid(t, schema.Apply, []byte(whole()))
	}
	check()
	for i, s := range steps {
		started := s
		started.Status, started.Error = apply.Pending, nil
		for _, e := range []apply.Event{{Step: started, Summary: summary, Total: len(steps)}, {Step: s, Total: len(steps)}} {
			if e.Step.Status == apply.Done {
				summary.Done++
			} else if e.Step.Status != apply.Pending {
				summary.Failed++
			}
			e.Summary = summary
			var more []byte
			more, tail = report.Event(e)
			document += string(more)
			check()
			if i == 2 && e.Step.Status == apply.Pending {
				golden(t, "report_running.json", func(b *bytes.Buffer) error { b.WriteString(whole()); return nil })
			}
		}
	}

	size := func(steps int) (bytes int) {
		r := render.NewReport(time.Unix(0, 0))
		r.Begin(steps)
		for i := range steps {
			s := apply.StepResult{Step: &plan.Step{ID: i, Change: ended().Steps[0].Step.Change}, Status: apply.Done}
			more, tail := r.Event(apply.Event{Step: s, Total: steps, Summary: apply.Summary{Done: i + 1}})
			bytes += len(more) + len(tail)
		}
		return bytes
	}
	if few, many := size(100), size(400); many > 5*few {
		t.Errorf("100 steps write %d bytes, 400 write %d", few, many)
	}
}

func TestFailure(t *testing.T) {
	problems := diag.List{
		{
			At: diag.Position{File: "divio.yaml", Line: 12, Column: 7}, Message: `unknown key "brnach"`,
			Hint: `did you mean "branch"?`, Line: "      brnach: main", Width: 6,
		},
		{
			At: diag.Position{File: "divio.yaml", Line: 14, Column: 6}, Message: "tabs and wide characters\x1b[2J",
			Line: "\tb\t日本x: wrong", Width: 2,
			Related: []diag.Related{{At: diag.Position{File: "other.yaml", Line: 3, Column: 1}, Message: "first declared here"}},
		},
		{
			At: diag.Position{File: "divio.yaml", Line: 20, Column: 90}, Message: "a long line", Width: 5,
			Line: fmt.Sprintf("%085d key: value %085d", 1, 2),
		},
		{At: diag.Position{File: "other.yaml", Line: 9, Column: 9}, Message: "at the end", Line: "  domain:", Width: 1},
		{At: diag.Position{File: "empty.yaml"}, Message: "the file is empty", Hint: "begin with version: 1"},
		{Message: "no organisation is named"},
	}
	cases := []struct {
		name    string
		failure render.Failure
		opt     render.Options
	}{
		{"diagnostics", render.Failure{Err: fmt.Errorf("load: %w", problems), ExitCode: 3}, render.Options{Width: 80}},
		{"diagnostics_color", render.Failure{Err: problems[:1], ExitCode: 3}, render.Options{Color: true}},
		{"failure", render.Failure{Err: errors.New("POST /x: 403: \x1b[31mno\nError: else"), Hint: "ask an owner", ExitCode: 4}, render.Options{}},
		{"failures", render.Failure{Err: errors.Join(errors.New("one"), errors.New("two")), ExitCode: 1}, render.Options{}},
		{"failure_of_many", render.Failure{Err: fmt.Errorf("both %w and %w", errors.New("one"), errors.New("two")), ExitCode: 1}, render.Options{}},
	}
	for _, c := range cases {
		golden(t, c.name+".txt", func(b *bytes.Buffer) error { return render.FailureText(b, c.failure, c.opt) })
	}
	golden(t, "diagnostics.json", func(b *bytes.Buffer) error { return render.FailureJSON(b, cases[0].failure) })
	golden(t, "failure.json", func(b *bytes.Buffer) error { return render.FailureJSON(b, cases[2].failure) })
}
