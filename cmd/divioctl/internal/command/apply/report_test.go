package apply

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
)

// disk is a file in memory. It counts what is written, and may be full: then half of a
// write arrives.
type disk struct {
	text    []byte
	written int
	full    bool
}

func (d *disk) Close() error { return nil }

func (d *disk) WriteAt(text []byte, at int64) (int, error) {
	var err error
	if d.full {
		text, err = text[:len(text)/2], errors.New("no space left on device")
	}
	if grow := int(at) + len(text) - len(d.text); grow > 0 {
		d.text = append(d.text, make([]byte, grow)...)
	}
	d.written += len(text)
	return copy(d.text[at:], text), err
}

// stand is what a report says of the steps.
type stand struct {
	Finished       bool
	Steps, Running []struct{ Status string }
	Summary        struct{ Done, Skipped, Running, Pending int }
}

func (d *disk) stand(t *testing.T) (s stand) {
	t.Helper()
	if err := json.Unmarshal(d.text, &s); err != nil {
		t.Fatalf("%v in %s", err, d.text)
	}
	return s
}

// reported runs steps through a report, a few of them side by side, and calls check
// after each event.
func reported(t *testing.T, file *disk, steps int, check func(e apply.Event)) {
	t.Helper()
	r := &report{to: output.File{Path: "report.json"}, journal: render.NewReport(time.Time{}), parts: file}
	r.write(r.journal.Begin(0))
	r.start(steps)
	change := &resource.Change{Address: resource.NewAddress("application", resource.Address{}, "shop"), Action: resource.Create}
	const together = 8
	sum, running := apply.Summary{}, 0
	event := func(id int, status apply.Status) {
		e := apply.Event{Step: apply.StepResult{Step: &plan.Step{ID: id, Change: change}, Status: status}, Running: running, Summary: sum, Total: steps}
		r.event(e)
		if check != nil {
			check(e)
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
	if r.err != nil {
		t.Error(r.err)
	}
}

// A report of a crash, at any moment, is one document that counts what was running and
// what was pending.
func TestReportOfACrash(t *testing.T) {
	file := &disk{}
	reported(t, file, 30, func(e apply.Event) {
		s := file.stand(t)
		if s.Finished || len(s.Steps) != e.Summary.Done || s.Summary.Done != e.Summary.Done ||
			len(s.Running) != e.Running || s.Summary.Running != e.Running || s.Summary.Pending != 30-e.Running-e.Summary.Done {
			t.Errorf("%+v after %+v", s, e)
		}
	})
}

// What a report writes grows with the number of steps, and not with its square.
func TestReportBytes(t *testing.T) {
	written := func(steps int) int {
		file := &disk{}
		reported(t, file, steps, nil)
		return file.written
	}
	few, many := written(500), written(4000)
	if many > 9*few {
		t.Errorf("500 steps write %d bytes, 4000 write %d", few, many)
	}
}

// A disk that is full for a while costs nothing but time.
func TestReportOnAFullDisk(t *testing.T) {
	file, events := &disk{}, 0
	reported(t, file, 30, func(apply.Event) {
		events++
		file.full = events > 10 && events < 20
	})
	if s := file.stand(t); len(s.Steps) != 30 || s.Summary.Done != 30 || strings.Contains(string(file.text), "\x00") {
		t.Errorf("%d of 30 steps:\n%s", len(s.Steps), file.text)
	}
}
