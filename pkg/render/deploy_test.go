package render_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
)

// planted is a plan with deployments, asked for or not.
func planted(deploy bool) *plan.Plan {
	waits := ""
	if !deploy {
		waits = "--deploy was not passed"
	}
	c := &resource.Change{
		Address: at("tree.hill/live/apple"), Kind: tree, Action: resource.Create, After: of(tree, "hill/live/apple", nil),
	}
	p := &plan.Plan{Changes: []*resource.Change{c}, Deploy: deploy, Deployments: []*plan.Deployment{
		{Address: at("garden.hill/live"), Kind: garden, Reason: "1 tree", Changes: []*resource.Change{c},
			Along: plan.Along{Commits: 3, Changes: []string{"trees", "wells\x1b[2J"}}},
		{Address: at("garden.hill/test"), Kind: garden, Reason: "the garden itself", Along: plan.Along{Commits: -1}},
		{Address: at("garden.hill/late"), Kind: garden, Reason: "2 trees", Along: plan.Along{Untold: true}},
		{Address: at("garden.hill/new"), Kind: garden, Reason: "the garden itself"},
		{Address: at("garden.hill/old"), Kind: garden, Along: plan.Along{Changes: []string{"a click"}}},
	}}
	for _, d := range p.Deployments {
		d.Waits = waits
	}
	p.Deployments = append(p.Deployments, &plan.Deployment{
		Address: at("garden.hill/bare"), Kind: garden, Reason: "the garden itself", Waits: plan.NothingToDeploy,
	})
	return counted(p)
}

// deployed is a result with all ends of deployments.
func deployed() *apply.Result {
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	one := func(name, id string, s apply.Status, err, because string, took time.Duration) apply.DeploymentResult {
		d := apply.DeploymentResult{Address: at("garden.hill/" + name), ID: id, Status: s, Because: because}
		if err != "" {
			d.Error = errors.New("deploy " + d.Address.String() + ": " + err)
		}
		if took > 0 {
			d.StartedAt, d.Duration = noon, took
		}
		return d
	}
	failed := one("live", "d2", apply.Failed, "deployment d2 failed", "", 90*time.Second)
	failed.Log = []string{"Building", "", "\x1b[31mERROR\x1b[0m: no\u202e water", "Deployments: 7 done."}
	return &apply.Result{StartedAt: noon, Deployments: []apply.DeploymentResult{
		one("one", "d1", apply.Done, "", "", 95*time.Second),
		failed,
		one("test", "", apply.Skipped, "", "create of tree.hill/test/fig failed", 0),
		one("idle", "", apply.Unneeded, "", "", time.Second),
		one("slow", "d3", apply.Running, "", "the time for deployments is up (45m0s)", 45*time.Minute),
		one("odd", "", apply.Unknown, "it is unknown whether this was done: EOF", "", time.Minute),
	}}
}

func TestDeployments(t *testing.T) {
	golden(t, "plan_deploy.txt", func(b *bytes.Buffer) error { return render.PlanText(b, planted(true), render.Options{}) })
	golden(t, "plan_deploy.json", func(b *bytes.Buffer) error { return render.PlanJSON(b, planted(true), nil) })
	golden(t, "deployments.txt", func(b *bytes.Buffer) error { return render.DeploymentsText(b, deployed(), render.Options{}) })
	golden(t, "apply_deployments.json", func(b *bytes.Buffer) error { return render.ApplyJSON(b, deployed(), nil) })

	waiting := &apply.Result{Deployments: []apply.DeploymentResult{
		{Address: at("garden.hill/live"), Status: apply.Waiting, Because: "--deploy was not passed"},
		{Address: at("garden.hill/test"), Status: apply.Waiting, Because: "--deploy was not passed"},
	}}
	golden(t, "deployments_waiting.txt", func(b *bytes.Buffer) error { return render.DeploymentsText(b, waiting, render.Options{}) })
	golden(t, "deploy_progress.txt", func(b *bytes.Buffer) error {
		progress := render.Progress(b, render.Options{})
		d := apply.DeploymentResult{Address: at("garden.hill/live"), StartedAt: time.Unix(1, 0)}
		tell := func(seconds, percent int) {
			d.Duration, d.Percent = time.Duration(seconds)*time.Second, percent
			progress(apply.Event{Deployment: &d})
		}
		tell(0, 0)
		d.After = "d1"
		tell(1, 0)
		tell(40, 0)
		d.ID = "d2"
		tell(60, 0)
		tell(61, 9)
		tell(62, 10)
		tell(63, 11)
		tell(91, 12)
		tell(92, 13)
		d.Status = apply.Done
		tell(100, 100)
		return nil
	})
}

// Where nobody asked, the plan says which environments wait already, and that they
// are not deployed.
func TestDeploymentsNotAskedFor(t *testing.T) {
	golden(t, "plan_deploy_not_asked.txt", func(b *bytes.Buffer) error { return render.PlanText(b, planted(false), render.Options{}) })
	golden(t, "plan_deploy_not_asked.json", func(b *bytes.Buffer) error { return render.PlanJSON(b, planted(false), nil) })
	golden(t, "plan_deploy_not_asked.md", func(b *bytes.Buffer) error { return render.PlanMarkdown(b, planted(false), nil) })
}

// A change that only waits for a deployment is no change to make.
func TestChangesThatWait(t *testing.T) {
	c := &resource.Change{
		Address: at("tree.hill/live/apple"), Kind: tree, Action: resource.Delete, Before: of(tree, "hill/live/apple", nil), Waiting: true,
	}
	p := counted(&plan.Plan{Changes: []*resource.Change{c}})
	golden(t, "plan_waiting.txt", func(b *bytes.Buffer) error { return render.PlanText(b, p, render.Options{}) })
	golden(t, "plan_waiting.md", func(b *bytes.Buffer) error { return render.PlanMarkdown(b, p, nil) })
}
