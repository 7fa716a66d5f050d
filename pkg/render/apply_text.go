package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/resource"
)

// looks of the statuses of steps.
var looks = map[apply.Status]look{
	apply.Done: green, apply.Waiting: plain, apply.Failed: red, apply.Skipped: yellow, apply.Unknown: magenta, apply.Blocked: yellow,
}

// Progress returns the progress callback of apply: it prints a line to w for every step
// that ends, and from time to time one for a running deployment. Write errors of w are
// ignored, since a broken pipe must not stop an apply half-way.
func Progress(w io.Writer, opt Options) func(apply.Event) {
	deployments := deployProgress{}
	return func(e apply.Event) {
		p := &page{Options: opt}
		switch {
		case e.Deployment != nil:
			deployments.tell(p, *e.Deployment)
		case e.Step.Status == apply.Pending:
			return
		default:
			p.step(e.Step)
		}
		_ = p.writeTo(w)
	}
}

// step prints how a step ended, on one line.
func (p *page) step(s apply.StepResult) {
	spans := []span{as(looks[s.Status], pad(string(s.Status), 8))}
	switch {
	case s.Error != nil:
		spans = append(spans, text(s.Error.Error()))
	case s.Because != "":
		spans = append(spans, text(s.Step.String()+": "+s.Because))
	case s.Adopted:
		spans = append(spans, text(s.Step.String()+": an equal one appeared since the plan was made, and is used"))
	default:
		spans = append(spans, text(s.Step.String()))
	}
	if !s.StartedAt.IsZero() {
		spans = append(spans, as(dim, " ("+seconds(s.Duration)+")"))
	}
	p.line(0, spans...)
	for _, line := range s.Tells {
		p.line(fieldIndent, text(line))
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }

// ApplyText prints the result of an apply: what was not done and why, what to do about
// it, and as the last line the summary. [DeploymentsText] prints the deployments.
func ApplyText(w io.Writer, r *apply.Result, opt Options) error {
	p := &page{Options: opt}
	for _, status := range []apply.Status{apply.Failed, apply.Unknown, apply.Skipped, apply.Waiting} {
		p.section(r, status)
	}
	if r.Summary.Blocked > 0 {
		p.gap()
		p.line(0, as(bold, "Blocked, left out"))
		for _, c := range r.Changes {
			if c.Status == apply.Blocked {
				p.line(changeIndent, text(string(c.Change.Action)+" "+c.Change.Address.String()+": "+c.Change.Blocked))
			}
		}
	}
	p.tells(r)
	if advice := advise(r); len(advice) > 0 {
		p.gap()
		for _, sentence := range advice {
			p.line(0, text(sentence))
		}
	}
	p.gap()
	p.line(0, as(bold, applySummary(r)))
	return p.writeTo(w)
}

// titles of the sections about steps that were not done.
var titles = map[apply.Status]string{
	apply.Failed:  "Failed",
	apply.Unknown: "Unknown whether it was done",
	apply.Skipped: "Skipped",
	apply.Waiting: "Waiting for a deployment",
}

func (p *page) section(r *apply.Result, status apply.Status) {
	skipped := map[string][]string{} // skipped steps, by reason
	for _, s := range r.Steps {
		if s.Status == status && s.Error == nil {
			skipped[s.Because] = append(skipped[s.Because], s.Step.String())
		}
	}
	first, told := true, map[string]bool{}
	for _, s := range r.Steps {
		if s.Status != status || s.Step.Deployment != nil {
			continue
		}
		if first {
			p.gap()
			p.line(0, as(looks[status], titles[status]))
			first = false
		}
		alike := skipped[s.Because]
		switch {
		case s.Error != nil:
			p.line(changeIndent, text(s.Error.Error()))
		case len(alike) <= mostAlike:
			p.line(changeIndent, text(s.Step.String()+": "+s.Because))
		case !told[s.Because]:
			told[s.Because] = true
			p.line(changeIndent, text(fmt.Sprintf("%d steps (%s): %s", len(alike), some(alike, 3), s.Because)))
		}
	}
}

// mostAlike is how many steps that were skipped for the same reason are listed one by
// one: each of them has been printed already.
const mostAlike = 5

// tells prints what the user has to do, or to write down.
func (p *page) tells(r *apply.Result) {
	first := true
	for _, s := range r.Steps {
		if len(s.Tells) == 0 {
			continue
		}
		if first {
			p.gap()
			p.line(0, as(bold, "Manual steps"))
			first = false
		}
		p.line(changeIndent, as(bold, s.Step.Address().String()))
		for _, line := range s.Tells {
			p.line(fieldIndent, text(line))
		}
	}
}

// advise prints what to do next.
func advise(r *apply.Result) []string {
	var out []string
	if r.Interrupted {
		out = append(out, "Stopped before the end.")
	}
	if s := r.Summary; s.Failed+s.Skipped+s.Unknown > 0 {
		out = append(out, "Re-run the same command to apply the rest.")
	}
	return out
}

// past tense of the actions.
var past = map[resource.Action]string{
	resource.Create: "created", resource.Update: "updated", resource.Replace: "replaced",
	resource.Move: "moved", resource.Transfer: "transferred", resource.Delete: "deleted",
}

// applySummary counts the changes that were made and, if not all steps are done, the
// steps by status.
func applySummary(r *apply.Result) string {
	made, waiting, adopted := map[resource.Action]int{}, 0, 0
	appeared := map[*resource.Change]bool{}
	for _, s := range r.Steps {
		if s.Adopted {
			appeared[s.Step.Change] = true
		}
	}
	for _, c := range r.Changes {
		switch {
		case c.Status == apply.Done && appeared[c.Change]:
			adopted++ // somebody else created it meanwhile
		case c.Status == apply.Done:
			made[c.Change.Action]++
		case c.Status == apply.Waiting:
			waiting++
		}
	}
	var parts []string
	for _, a := range resource.Actions {
		if made[a] > 0 || a == resource.Create || a == resource.Update || a == resource.Delete {
			parts = append(parts, fmt.Sprintf("%d %s", made[a], past[a]))
		}
	}
	if adopted > 0 {
		parts = append(parts, fmt.Sprintf("%d created by another apply and used", adopted))
	}
	if waiting > 0 {
		parts = append(parts, fmt.Sprintf("%d waiting for a deployment", waiting))
	}
	out := "Applied: " + strings.Join(parts, ", ") + " (" + seconds(r.Duration)
	if r.Requests > 0 {
		out += ", " + count(r.Requests, "request", "requests")
	}
	out += ")."
	s := r.Summary
	if s.Failed+s.Skipped+s.Unknown > 0 {
		out += fmt.Sprintf(" Steps: %d done, %d failed, %d skipped, %d unknown.", s.Done, s.Failed, s.Skipped, s.Unknown)
	}
	if s.Blocked > 0 {
		out += fmt.Sprintf(" %d blocked.", s.Blocked)
	}
	return out
}
