package render_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
)

// planted is a plan with deployments, asked for or not.
func planted(deploy bool) *plan.Plan {
	c := &resource.Change{
		Address: "tree.hill/live/apple", Kind: tree, Action: resource.Create, After: of(tree, "hill/live/apple", nil),
	}
	p := &plan.Plan{Changes: []*resource.Change{c}, Deploy: deploy, Deployments: []plan.Deployment{
		{Address: "garden.hill/live", Kind: garden, Reason: "1 tree", Changes: []*resource.Change{c},
			Along: plan.Along{Commits: 3, Changes: []string{"trees", "wells\x1b[2J"}}},
		{Address: "garden.hill/test", Kind: garden, Reason: "the garden itself", Along: plan.Along{Commits: -1}},
		{Address: "garden.hill/late", Kind: garden, Reason: "2 trees", Along: plan.Along{Untold: true}},
		{Address: "garden.hill/new", Kind: garden, Reason: "the garden itself"},
	}}
	return counted(p)
}

// deployed is a result with all ends of deployments.
func deployed() *apply.Result {
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	one := func(name, id string, s apply.Status, err, because string, took time.Duration) apply.DeploymentResult {
		d := apply.DeploymentResult{Address: resource.Address("garden.hill/" + name), ID: id, Status: s, Because: because}
		if err != "" {
			d.Error = errors.New("deploy " + string(d.Address) + ": " + err)
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
		one("odd", "", apply.Unknown, "it is not known whether this was done: EOF", "", time.Minute),
	}}
}

func TestDeployments(t *testing.T) {
	golden(t, "plan_deploy.txt", func(b *bytes.Buffer) error { return render.PlanText(b, planted(true), render.Options{}) })
	golden(t, "plan_deploy.json", func(b *bytes.Buffer) error { return render.PlanJSON(b, planted(true), nil) })
	golden(t, "deployments.txt", func(b *bytes.Buffer) error { return render.DeploymentsText(b, deployed(), render.Options{}) })
	golden(t, "apply_deployments.json", func(b *bytes.Buffer) error { return render.ApplyJSON(b, deployed(), nil) })

	waiting := &apply.Result{Deployments: []apply.DeploymentResult{
		{Address: "garden.hill/live", Status: apply.Waiting}, {Address: "garden.hill/test", Status: apply.Waiting},
	}}
	golden(t, "deployments_waiting.txt", func(b *bytes.Buffer) error { return render.DeploymentsText(b, waiting, render.Options{}) })
	golden(t, "deploy_progress.txt", func(b *bytes.Buffer) error {
		progress := render.DeployProgress(b, render.Options{})
		d := apply.DeploymentResult{Address: "garden.hill/live", StartedAt: time.Unix(1, 0)}
		tell := func(seconds, percent int) {
			d.Duration, d.Percent = time.Duration(seconds)*time.Second, percent
			progress(d)
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

// Where nobody asked, the plan says nothing of deployments.
func TestDeploymentsNotAskedFor(t *testing.T) {
	var text, json bytes.Buffer
	if err := errors.Join(render.PlanText(&text, planted(false), render.Options{}), render.PlanJSON(&json, planted(false), nil)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "eploy") || !strings.Contains(json.String(), `"deployments": []`) {
		t.Errorf("%s\n%s", text.String(), json.String())
	}
}
