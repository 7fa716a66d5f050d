package sandbox

import (
	"slices"
	"strings"
	"time"
)

// launch sets the input of the deployment and when it ends. Without code it cannot succeed (INFERRED).
func (c *call) launch(d *deployment, e *environment, a *application) {
	d.Region, d.AlternativeDockerfile, d.Revision = a.Region, e.AlternativeDockerfile, c.Revision
	d.EndsAt = d.StartedAt.plus(max(c.options.DeploymentTime, time.Microsecond))
	d.WillFail, e.FailDeployments = e.FailDeployments || a.NoCode, false
	if !a.NoCode {
		d.GitCommit = e.commit()
	}
	if d.BuildMode != "ADOPT" { // that mode builds nothing, so commits remain pending
		d.Commits = e.PendingCommitCount
	}
	d.Variables = map[string]any{}
	for _, v := range c.variablesOf(e.ID) {
		d.Variables[v.Name] = v.Value
		if v.IsSensitive {
			d.Variables[v.Name] = nil
		}
	}
	if d.ProvisionServices {
		for _, i := range c.instancesOf(e.ID) {
			if i.ServiceStatus == statusNew || i.ServiceStatus == statusFailed {
				c.setStatus(i, statusProvisioning, c.now)
			}
		}
	}
	c.Deployments.add(d)
}

// finishDeployment ends a deployment. It completes the provisioning that it started in any case; only if it
// succeeds, services are attached and detached, and its pending changes and commits are done.
func (st *state) finishDeployment(d *deployment, at timestamp) {
	success := !d.WillFail
	d.EndedAt, d.Status, d.Success, d.IsUsable = &at, deploymentDone, &success, success
	for _, i := range st.instancesOf(d.Environment) {
		if i.ServiceStatus == statusProvisioning && i.ProvisionedAt == nil {
			st.finishProvisioning(i, at)
			i.StatusRevision = d.Revision
		}
		switch {
		case !success || i.StatusRevision > d.Revision:
		case i.ServiceStatus == statusAttaching:
			st.setStatus(i, statusAttached, at)
		case i.ServiceStatus == statusDetaching:
			st.setStatus(i, statusDetached, at)
		}
	}
	if e, found := st.Environments.get(d.Environment); found && success {
		e.Pending = slices.DeleteFunc(e.Pending, func(p pendingChange) bool { return p.Revision < d.Revision })
		e.PendingCommitCount = max(0, e.PendingCommitCount-d.Commits)
		e.HasPendingCommits, e.Stopped = e.PendingCommitCount > 0, false
	}
}

func (d *deployment) percent(now timestamp) int {
	whole := d.EndsAt.Sub(d.StartedAt.Time)
	if d.EndedAt != nil || whole <= 0 {
		return 100
	}
	return int(min(99, max(0, now.Sub(d.StartedAt.Time)*100/whole)))
}

// log is the log of the deployment up to now.
func (d *deployment) log(now timestamp) string {
	lines := []string{"Building commit " + d.GitCommit}
	problem := "ERROR: the release command failed with exit code 1"
	if d.GitCommit == "" {
		lines = []string{"Building"}
		problem = "ERROR: the repository is empty, so there is nothing to build"
	} else if d.percent(now) >= 50 {
		lines = append(lines, "Image built", "Releasing")
	}
	switch {
	case d.succeeded():
		lines = append(lines, "Deployment finished")
	case d.EndedAt != nil:
		lines = append(lines, problem, "Deployment failed")
	}
	return strings.Join(lines, "\n") + "\n"
}
