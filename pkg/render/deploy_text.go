package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// deployments prints what is deployed, and which other changes are deployed with it.
func (p *page) deployments(made *plan.Plan) {
	first := true
	for _, d := range made.Deployments {
		if d.Waits != "" {
			continue
		}
		if first {
			p.gap()
			p.line(0, as(bold, "Deployments"), text(", if the API says that they are needed"))
			first = false
		}
		p.line(changeIndent, as(bold, d.Address.String()), text("  "+cmp.Or(d.Reason, whyWaits(d), "already waits for a deployment")))
		if along := alsoDeploys(d.Along); along != "" {
			p.line(fieldIndent, as(yellow, along))
		}
	}
}

// waiting prints what waits for a deployment that the plan does not make: changes whose
// other steps are done, and environments.
func (p *page) waiting(made *plan.Plan, changes []*resource.Change) {
	waiting := waitingOf(made)
	if len(waiting)+len(changes) == 0 {
		return
	}
	p.gap()
	p.line(0, as(bold, "Waiting for a deployment"))
	for _, c := range changes {
		p.change(c)
	}
	for _, d := range waiting {
		p.line(changeIndent, as(bold, d.Address.String()), text("  "+cmp.Or(some(d.Along.Changes, mostNames), d.Reason, whyWaits(d))))
		if d.Waits != plan.NotAsked {
			p.line(fieldIndent, as(dim, "not deployed: "+d.Waits))
		}
	}
	if slices.ContainsFunc(waiting, func(d *plan.Deployment) bool { return d.Waits == plan.NotAsked }) || len(waiting) == 0 && !made.Deploy {
		p.line(changeIndent, as(dim, "Pass --deploy to deploy."))
	}
}

// whyWaits says why an environment waits in which nothing was changed, "" if something was.
func whyWaits(d *plan.Deployment) string {
	if d.Along.First {
		return "was never deployed"
	}
	return ""
}

// waitingOf returns the environments that this plan does not deploy although they
// already wait for a deployment, or would need one.
func waitingOf(made *plan.Plan) []*plan.Deployment {
	return slices.DeleteFunc(slices.Clone(made.Deployments), func(d *plan.Deployment) bool {
		return d.Waits == "" || len(d.Along.Changes) == 0 && !d.Along.First && !made.Deploy
	})
}

// alsoDeploys says in a sentence which other changes a deployment includes, "" for
// none.
func alsoDeploys(a plan.Along) string {
	var parts []string
	switch {
	case a.Commits < 0:
		parts = append(parts, "commits")
	case a.Commits > 0:
		parts = append(parts, count(int(a.Commits), "commit", "commits"))
	}
	if len(a.Changes) > 0 {
		parts = append(parts, some(a.Changes, mostNames))
	}
	switch {
	case len(parts) > 0:
		return "also deploys earlier changes: " + strings.Join(parts, ", ")
	case a.Untold:
		return "may also deploy earlier changes: the API does not return this"
	}
	return ""
}

// The lines of a running deployment are at least this far apart, unless it has advanced
// by this much.
const (
	progressEvery   = 30 * time.Second
	progressPercent = 10
)

// deployProgress is what was last printed about the running deployments.
type deployProgress map[resource.Address]apply.DeploymentResult

// tell prints updates of a deployment, limited in frequency.
func (last deployProgress) tell(p *page, d apply.DeploymentResult) {
	before := last[d.Address]
	took := as(dim, " ("+short(d.Duration)+")")
	switch {
	case d.Status != apply.Pending:
		p.deployed(d)
	case d.ID == "" && d.After != before.After:
		p.line(0, as(cyan, pad("waits", 9)), text("deploy "+d.Address.String()+": deployment "+d.After+" is already running"))
	case d.ID != before.ID:
		p.line(0, as(cyan, pad("running", 9)), text("deploy "+d.Address.String()+": deployment "+d.ID), took)
	case d.ID != "" && (d.Percent >= before.Percent+progressPercent || d.Duration >= before.Duration+progressEvery):
		p.line(0, as(cyan, pad("running", 9)), text(fmt.Sprintf("deploy %s: %d %%", d.Address, d.Percent)), took)
	default:
		return
	}
	last[d.Address] = d
}

var deployLooks = map[apply.Status]look{
	apply.Done: green, apply.Unneeded: green, apply.Waiting: plain,
	apply.Failed: red, apply.Unknown: magenta, apply.Skipped: yellow, apply.Running: yellow,
}

// deployed prints how a deployment ended, on one line.
func (p *page) deployed(d apply.DeploymentResult) {
	spans := []span{as(deployLooks[d.Status], pad(string(d.Status), 9))}
	what := "deploy " + d.Address.String()
	switch {
	case d.Error != nil:
		what = d.Error.Error()
	case d.Status == apply.Unneeded:
		what += ": nothing waits for a deployment"
	case d.Status == apply.Running:
		what += ": " + d.Because + "; deployment " + d.ID + " continues at Divio; to wait for it again, re-run the same command"
	case d.Because != "":
		what += ": " + d.Because
	}
	spans = append(spans, text(what))
	if !d.StartedAt.IsZero() {
		spans = append(spans, as(dim, " ("+short(d.Duration)+")"))
	}
	p.line(0, spans...)
}

// short formats a duration in seconds, and a long one in minutes.
func short(d time.Duration) string {
	if d < time.Minute {
		return seconds(d)
	}
	return d.Round(time.Second).String()
}

// DeploymentsText prints the results of the deployments, with the end of the log of
// those that failed, and what still waits for a deployment.
func DeploymentsText(w io.Writer, r *apply.Result, opt Options) error {
	p := &page{Options: opt}
	counts := map[apply.Status]int{}
	waiting := map[string][]string{} // by reason
	for _, d := range r.Deployments {
		counts[d.Status]++
		if d.Status == apply.Waiting {
			waiting[d.Because] = append(waiting[d.Because], d.Address.String())
		}
	}
	for _, why := range resource.SortedKeys(waiting) {
		p.line(0, text(fmt.Sprintf("Waiting for a deployment to take effect: %d (%s).", len(waiting[why]), some(waiting[why], mostNames))))
		p.line(changeIndent, as(dim, why))
	}
	for _, d := range r.Deployments {
		if d.Status == apply.Done || d.Status == apply.Unneeded || d.Status == apply.Waiting {
			continue
		}
		p.gap()
		p.deployed(d)
		if len(d.Log) > 0 {
			p.line(changeIndent, as(bold, "End of the log:"))
		}
		for _, l := range d.Log {
			if l == "" {
				p.line(0)
				continue
			}
			p.line(fieldIndent, logText(l))
		}
	}
	if len(r.Deployments) > counts[apply.Waiting] {
		p.gap()
		p.line(0, as(bold, deploySummary(counts)))
	}
	return p.writeTo(w)
}

// deploySummary counts how the deployments ended; done ones always.
func deploySummary(counts map[apply.Status]int) string {
	parts := []string{fmt.Sprintf("%d done", counts[apply.Done])}
	for _, s := range []apply.Status{apply.Unneeded, apply.Waiting, apply.Failed, apply.Skipped, apply.Running, apply.Unknown} {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	return "Deployments: " + strings.Join(parts, ", ") + "."
}
