package render

import (
	"io"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The JSON of an apply, and of its report file. The summary counts steps; blocked are
// changes that the plan left out and that have no steps. report.go writes the report
// while apply runs.
type applyDocument struct {
	FormatVersion string           `json:"format_version"`
	StartedAt     string           `json:"started_at"`
	DurationMS    int64            `json:"duration_ms"`
	Finished      bool             `json:"finished"`
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

// Action is "deploy" for a deployment, which belongs to no change.
type stepJSON struct {
	Address        resource.Address `json:"address"`
	Action         resource.Action  `json:"action"`
	Does           string           `json:"does"`
	Status         string           `json:"status"`
	Error          string           `json:"error,omitempty"`
	SkippedBecause string           `json:"skipped_because,omitempty"`
	WaitingFor     string           `json:"waiting_for,omitempty"`
	Adopted        bool             `json:"adopted,omitempty"`
	Tells          []string         `json:"tells,omitempty"`
	StartedAt      string           `json:"started_at,omitempty"`
	DurationMS     int64            `json:"duration_ms"`
}

type applySummaryJSON struct {
	Done    int `json:"done"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
	Waiting int `json:"waiting"`
	Unknown int `json:"unknown"`
	Blocked int `json:"blocked"`
	// Running and Pending are steps of an apply that has not finished.
	Running int `json:"running,omitempty"`
	Pending int `json:"pending,omitempty"`
}

func summaryJSON(s apply.Summary) applySummaryJSON {
	return applySummaryJSON{Done: s.Done, Failed: s.Failed, Skipped: s.Skipped, Waiting: s.Waiting, Unknown: s.Unknown, Blocked: s.Blocked}
}

// ApplyJSON prints the result of an apply as one JSON document. A failure of the
// command is part of the same document; nil is none.
func ApplyJSON(w io.Writer, r *apply.Result, failure *Failure) error {
	d := applyDocument{
		FormatVersion: formatVersion, StartedAt: timestamp(r.StartedAt), DurationMS: r.Duration.Milliseconds(),
		Finished: true, Interrupted: r.Interrupted, Steps: []stepJSON{}, Summary: summaryJSON(r.Summary),
		Verified: r.Verified, Requests: r.Requests, Deployments: deploymentsJSON(r.Deployments), Error: failure.document(),
	}
	if r.Ledger != nil {
		d.Ledger = &ledgerJSON{r.Ledger.File, r.Ledger.Changed}
	}
	for _, s := range r.Steps {
		d.Steps = append(d.Steps, stepOf(s))
	}
	return writeJSON(w, d)
}

// running is the status of a step that has not ended. After a crash its outcome is
// unknown.
const running = "running"

func stepOf(s apply.StepResult) stepJSON {
	step := stepJSON{
		Address: s.Step.Address(), Action: "deploy", Does: s.Step.Does(), Status: running,
		StartedAt: timestamp(s.StartedAt), DurationMS: s.Duration.Milliseconds(), Adopted: s.Adopted, Tells: s.Tells,
	}
	if s.Step.Change != nil {
		step.Action = s.Step.Change.Action
	}
	if s.Status != apply.Pending {
		step.Status = string(s.Status)
	}
	if s.Status == apply.Waiting {
		step.WaitingFor = s.Because
	} else {
		step.SkippedBecause = s.Because
	}
	if s.Error != nil {
		step.Error = s.Error.Error()
	}
	return step
}
