package render

import (
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// plannedJSON is a deployment, or an environment that waits for one: the addresses of
// the changes that it brings into effect, and other changes that are deployed with
// them. ForeignCommits is -1 if there are some and the API does not return their
// number; ForeignUntold is set if the API does not return enough to decide. Waits says
// why it is not deployed.
type plannedJSON struct {
	Address        resource.Address   `json:"address"`
	Reason         string             `json:"reason"`
	Changes        []resource.Address `json:"changes"`
	ForeignCommits int64              `json:"foreign_commits"`
	ForeignChanges []string           `json:"foreign_changes"`
	ForeignUntold  bool               `json:"foreign_untold,omitempty"`
	Waits          string             `json:"waits,omitempty"`
}

func plannedDeployments(p *plan.Plan) []plannedJSON {
	out := []plannedJSON{}
	for _, d := range p.Deployments {
		one := plannedJSON{
			Address: d.Address, Reason: d.Reason, Changes: []resource.Address{},
			ForeignCommits: d.Along.Commits, ForeignChanges: append([]string{}, d.Along.Changes...), ForeignUntold: d.Along.Untold,
			Waits: d.Waits,
		}
		for _, c := range d.Changes {
			one.Changes = append(one.Changes, c.Address)
		}
		out = append(out, one)
	}
	return out
}

// deploymentJSON is the result of a deployment. Status is that of a step, or unneeded,
// or running (it continues, and apply no longer waits for it).
type deploymentJSON struct {
	Address        resource.Address `json:"address"`
	ID             string           `json:"id,omitempty"`
	Status         string           `json:"status"`
	Error          string           `json:"error,omitempty"`
	SkippedBecause string           `json:"skipped_because,omitempty"`
	Log            []string         `json:"log,omitempty"`
	StartedAt      string           `json:"started_at,omitempty"`
	DurationMS     int64            `json:"duration_ms"`
}

func deploymentsJSON(deployments []apply.DeploymentResult) []deploymentJSON {
	out := []deploymentJSON{}
	for _, d := range deployments {
		one := deploymentJSON{
			Address: d.Address, ID: d.ID, Status: string(d.Status), SkippedBecause: d.Because,
			StartedAt: timestamp(d.StartedAt), DurationMS: d.Duration.Milliseconds(),
		}
		for _, line := range d.Log {
			one.Log = append(one.Log, logContent(line))
		}
		if d.Error != nil {
			one.Error = d.Error.Error()
		}
		out = append(out, one)
	}
	return out
}
