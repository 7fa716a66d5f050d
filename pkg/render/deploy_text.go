package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// deployments prints what is deployed after the changes, and what goes along.
func (p *page) deployments(made *plan.Plan) {
	if !made.Deploy || len(made.Deployments) == 0 {
		return
	}
	p.gap()
	p.line(0, as(bold, "Deployed after the changes"), text(", as far as they need it"))
	for _, d := range made.Deployments {
		p.line(changeIndent, as(bold, string(d.Address)), text("  "+d.Reason))
		if along := goesAlong(d.Along); along != "" {
			p.line(fieldIndent, as(yellow, along))
		}
	}
}

// goesAlong says in a sentence what a deployment takes along that is not ours, ""
// where that is nothing.
func goesAlong(a plan.Along) string {
	var parts []string
	switch {
	case a.Commits < 0:
		parts = append(parts, "commits")
	case a.Commits > 0:
		parts = append(parts, count(int(a.Commits), "commit", "commits"))
	}
	if len(a.Changes) > 0 {
		parts = append(parts, "earlier changes ("+some(a.Changes, mostNames)+")")
	}
	switch {
	case len(parts) > 0:
		return "takes along what waits already: " + strings.Join(parts, ", ")
	case a.Untold:
		return "may take along what waits already: the API does not say"
	}
	return ""
}

// The lines of a deployment under way are this far apart at least, unless it has
// moved on by so much.
const (
	progressEvery   = 30 * time.Second
	progressPercent = 10
)

// DeployProgress gives what apply.Deploy tells its progress to: now and then a line
// on w.
func DeployProgress(w io.Writer, opt Options) func(apply.DeploymentResult) {
	last := map[resource.Address]apply.DeploymentResult{}
	return func(d apply.DeploymentResult) {
		p := &page{Options: opt}
		before := last[d.Address]
		took := as(dim, " ("+short(d.Duration)+")")
		switch {
		case d.Status != apply.Pending:
			p.deployed(d)
		case d.ID == "" && d.After != before.After:
			p.line(0, as(cyan, pad("waits", 9)), text("deploy "+string(d.Address)+": deployment "+d.After+" is under way already"))
		case d.ID != before.ID:
			p.line(0, as(cyan, pad("deploys", 9)), text("deploy "+string(d.Address)+": deployment "+d.ID), took)
		case d.ID != "" && (d.Percent >= before.Percent+progressPercent || d.Duration >= before.Duration+progressEvery):
			p.line(0, as(cyan, pad("deploys", 9)), text(fmt.Sprintf("deploy %s: %d %%", d.Address, d.Percent)), took)
		default:
			return
		}
		last[d.Address] = d
		_ = p.writeTo(w) // as in Progress
	}
}

var deployLooks = map[apply.Status]look{
	apply.Done: green, apply.Unneeded: green, apply.Waiting: plain,
	apply.Failed: red, apply.Unknown: magenta, apply.Skipped: yellow, apply.Running: yellow,
}

// deployed prints how a deployment ended, on one line.
func (p *page) deployed(d apply.DeploymentResult) {
	spans := []span{as(deployLooks[d.Status], pad(string(d.Status), 9))}
	what := "deploy " + string(d.Address)
	switch {
	case d.Error != nil:
		what = d.Error.Error()
	case d.Status == apply.Unneeded:
		what += ": nothing waits for a deployment"
	case d.Status == apply.Running:
		what += ": " + d.Because + "; deployment " + d.ID + " goes on"
	case d.Because != "":
		what += ": " + d.Because
	}
	spans = append(spans, text(what))
	if !d.StartedAt.IsZero() {
		spans = append(spans, as(dim, " ("+short(d.Duration)+")"))
	}
	p.line(0, spans...)
}

// short gives a duration in seconds, and a long one in minutes.
func short(d time.Duration) string {
	if d < time.Minute {
		return seconds(d)
	}
	return d.Round(time.Second).String()
}

// DeploymentsText prints how the deployments ended, with the ends of the logs of
// those that failed, or what is still to be deployed.
func DeploymentsText(w io.Writer, r *apply.Result, opt Options) error {
	p := &page{Options: opt}
	var waiting []string
	counts := map[apply.Status]int{}
	for _, d := range r.Deployments {
		counts[d.Status]++
		if d.Status == apply.Waiting {
			waiting = append(waiting, string(d.Address))
		}
	}
	if len(waiting) > 0 {
		p.line(0, text(fmt.Sprintf("Waiting for a deployment to take effect: %d (%s).", len(waiting), some(waiting, mostNames))))
		p.line(changeIndent, as(dim, "With --deploy, apply deploys what it has changed."))
		return p.writeTo(w)
	}
	for _, d := range r.Deployments {
		if d.Status == apply.Done || d.Status == apply.Unneeded {
			continue
		}
		p.gap()
		p.deployed(d)
		if len(d.Log) > 0 {
			p.line(changeIndent, as(bold, "The end of its log:"))
		}
		for _, l := range d.Log {
			if l == "" {
				p.line(0)
				continue
			}
			p.line(fieldIndent, text(l))
		}
	}
	if len(r.Deployments) > 0 {
		p.gap()
		p.line(0, as(bold, deploySummary(counts)))
	}
	return p.writeTo(w)
}

// deploySummary counts how the deployments ended; done ones always.
func deploySummary(counts map[apply.Status]int) string {
	parts := []string{fmt.Sprintf("%d done", counts[apply.Done])}
	for _, s := range []apply.Status{apply.Unneeded, apply.Failed, apply.Skipped, apply.Running, apply.Unknown} {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	return "Deployments: " + strings.Join(parts, ", ") + "."
}
