package apply

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// stand is what a report says of the steps.
type stand struct {
	Finished       *bool
	Steps, Running []struct{ Status string }
	Summary        struct{ Done, Skipped, Running, Pending int }
	Error          struct{ Message string }
}

func standOf(t *testing.T, path string) (s stand) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return s
}

// A report is one document from the beginning of a command on, and after every event. It
// counts what is running and what is pending, for a crash.
func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	r, err := beginReport(output.File{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if s := standOf(t, path); *s.Finished || len(s.Steps) > 0 || s.Summary.Pending > 0 {
		t.Errorf("before the plan it says %+v", s)
	}
	const steps, together = 60, 8
	r.start(steps)
	change := &resource.Change{Address: resource.NewAddress("application", resource.Address{}, "shop"), Action: resource.Create}
	sum, running := apply.Summary{}, 0
	event := func(id int, status apply.Status) {
		t.Helper()
		r.event(apply.Event{
			Step: apply.StepResult{Step: &plan.Step{ID: id, Change: change}, Status: status}, Running: running, Summary: sum, Total: steps,
		})
		s := standOf(t, path)
		if *s.Finished || len(s.Steps) != sum.Done || s.Summary.Done != sum.Done || len(s.Running) != running ||
			s.Summary.Running != running || s.Summary.Pending != steps-running-sum.Done {
			t.Errorf("%d are done and %d are running, but it says %+v", sum.Done, running, s)
		}
	}
	for id := range steps + together {
		if done := id - together; done >= 0 {
			sum.Done++
			running--
			event(done, apply.Done)
		}
		if id < steps {
			running++
			event(id, apply.Pending)
		}
	}
	if err := r.end(&apply.Result{}, nil); err != nil || !*standOf(t, path).Finished {
		t.Errorf("%v, %+v", err, standOf(t, path))
	}
}

// A report of an apply that ended before its first step is the reason.
func TestReportOfAFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	r, err := beginReport(output.File{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.fail(errors.New("no such thing")); err != nil || standOf(t, path).Error.Message != "no such thing" {
		t.Errorf("%v, %+v", err, standOf(t, path))
	}
}
