package render

import (
	"io"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The JSON of an apply, and of its report file. The summary counts steps; blocked
// are changes that the plan left out and that have no steps.
type applyDocument struct {
	FormatVersion string           `json:"format_version"`
	StartedAt     string           `json:"started_at"`
	DurationMS    int64            `json:"duration_ms"`
	Interrupted   bool             `json:"interrupted"`
	Steps         []stepJSON       `json:"steps"`
	Summary       applySummaryJSON `json:"summary"`
	Deployments   []deploymentJSON `json:"deployments"`
	Ledger        *ledgerJSON      `json:"ledger,omitempty"`
	Verified      *bool            `json:"verified,omitempty"`
	Requests      int              `json:"requests"`
	Error         *failureJSON     `json:"error,omitempty"`
}

type ledgerJSON struct {
	File    string `json:"file"`
	Changed bool   `json:"changed"`
}

type stepJSON struct {
	Address        resource.Address `json:"address"`
	Action         resource.Action  `json:"action"`
	Does           string           `json:"does"`
	Status         string           `json:"status"`
	Error          string           `json:"error,omitempty"`
	SkippedBecause string           `json:"skipped_because,omitempty"`
	StartedAt      string           `json:"started_at,omitempty"`
	DurationMS     int64            `json:"duration_ms"`
}

type applySummaryJSON struct {
	Done    int `json:"done"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
	Unknown int `json:"unknown"`
	Blocked int `json:"blocked"`
}

// Statuses of steps that a report file shows while apply is under way. After a
// crash nobody knows what became of a running step.
const (
	pending = "pending"
	running = "running"
)

// ApplyJSON prints how an apply ended, or stands, as one JSON document. A failure
// of the command goes into the same document; nil is none.
func ApplyJSON(w io.Writer, r *apply.Result, failure *Failure) error {
	d := applyDocument{
		FormatVersion: formatVersion, StartedAt: timestamp(r.StartedAt), DurationMS: r.Duration.Milliseconds(),
		Interrupted: r.Interrupted, Steps: []stepJSON{}, Summary: applySummaryJSON(r.Summary),
		Verified: r.Verified, Requests: r.Requests, Deployments: deploymentsJSON(r.Deployments), Error: failure.document(),
	}
	if r.Ledger != nil {
		d.Ledger = &ledgerJSON{r.Ledger.File, r.Ledger.Changed}
	}
	for _, s := range r.Steps {
		step := stepJSON{
			Address: s.Step.Change.Address, Action: s.Step.Change.Action, Does: s.Step.Call.Does,
			Status: standing(s.Status, s.StartedAt), SkippedBecause: s.SkippedBecause,
			StartedAt: timestamp(s.StartedAt), DurationMS: s.Duration.Milliseconds(),
		}
		if s.Error != nil {
			step.Error = s.Error.Error()
		}
		d.Steps = append(d.Steps, step)
	}
	return writeJSON(w, d)
}

// standing gives a status, also of what has not ended.
func standing(s apply.Status, started time.Time) string {
	switch {
	case s != apply.Pending:
		return string(s)
	case started.IsZero():
		return pending
	}
	return running
}

// timestamp gives t in UTC with milliseconds, "" for the zero time.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
