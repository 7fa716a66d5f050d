package render

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
)

// Report is the JSON of a running apply, in parts, so that the cost of an event does not
// grow with the number of steps: the steps that have ended are not printed again, only
// the end of the document after them. With its end it is one JSON document after each
// event, also after a crash: it says that the apply has not finished, which steps were
// running, and how many were pending.
type Report struct {
	started time.Time
	running map[int]stepJSON // by step
	steps   int              // that have been written
}

// reportTail is the end of the document, as it changes with every event.
type reportTail struct {
	Running     []stepJSON       `json:"running"`
	Summary     applySummaryJSON `json:"summary"`
	Deployments []deploymentJSON `json:"deployments"`
	Requests    int              `json:"requests"`
}

// NewReport begins a report.
func NewReport(started time.Time) *Report {
	return &Report{started: started, running: map[int]stepJSON{}}
}

// Begin returns the beginning of the document, which does not change, and its end.
func (r *Report) Begin(total int) (head, tail []byte) {
	var out bytes.Buffer
	out.WriteString(`{"format_version":`)
	out.Write(compact(formatVersion))
	out.WriteString(`,"started_at":`)
	out.Write(compact(timestamp(r.started)))
	out.WriteString(`,"duration_ms":0,"finished":false,"interrupted":false,"steps":[`)
	return out.Bytes(), r.tail(apply.Event{Total: total})
}

// Event returns what an event adds to the document (nothing if no step has ended), and
// the end that follows it.
func (r *Report) Event(e apply.Event) (more, tail []byte) {
	id := e.Step.Step.ID
	step := stepOf(e.Step)
	if e.Step.Status == apply.Pending {
		r.running[id] = step
		return nil, r.tail(e)
	}
	delete(r.running, id)
	var out bytes.Buffer
	if r.steps > 0 {
		out.WriteByte(',')
	}
	out.WriteByte('\n')
	out.Write(compact(step))
	r.steps++
	return out.Bytes(), r.tail(e)
}

func (r *Report) tail(e apply.Event) []byte {
	t := reportTail{Running: []stepJSON{}, Summary: summaryJSON(e.Summary), Deployments: []deploymentJSON{}}
	for _, id := range slices.Sorted(maps.Keys(r.running)) {
		t.Running = append(t.Running, r.running[id])
	}
	t.Summary.Running = len(r.running)
	t.Summary.Pending = e.Total - e.Summary.Ended() - len(r.running)
	text := compact(t)
	return append(append([]byte("\n],"), text[1:]...), '\n')
}

// compact returns JSON on one line. It is only called with our own structures, which
// can be encoded.
func compact(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("render: a report that cannot be written as JSON: " + err.Error())
	}
	return bytes.TrimSpace(out.Bytes())
}
