package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// showEnvironment adds the fields that are derived from the domains, deployments and services of an
// environment.
func showEnvironment(c *call, e *environment) object {
	out := fieldsOf(e)
	a, _ := c.Applications.get(e.Application)
	r, _ := c.Regions.get(a.Region)
	out["application"] = pick(fieldsOf(a), "uuid", "slug", "name", "organisation", "region")
	hash := sha256.Sum256([]byte(e.ID))
	digits := hex.EncodeToString(hash[:])
	out["app_name"] = a.Slug + "-" + e.Slug + "-" + digits[:32]
	out["pending_commits_lookup"] = digits[:40] + ".." + e.Branch
	divioDomain := a.Slug + "-" + e.Slug + "." + r.ShortName + ".divio.example"
	out["divio_domain"] = divioDomain

	primary, host := any(nil), divioDomain
	for _, d := range c.domainsOf(e.ID) {
		if d.IsPrimary {
			primary, host = d.ID, d.Name
		}
	}
	out["primary_domain"] = primary

	out["last_finished_deployment"], out["currently_running_deployment"] = nil, nil
	out["currently_released_deployment"], out["deployed_url"] = nil, nil
	out["running_tasks"] = []any{}
	for _, run := range c.deploymentsOf(e.ID) { // newest last
		brief := pick(showDeployment(c, run), "uuid", "started_at", "ended_at", "status", "success", "git_commit", "percent")
		if run.EndedAt == nil {
			out["currently_running_deployment"] = brief
			out["running_tasks"] = []any{object{"type": "deployment", "uuid": run.ID}}
			continue
		}
		out["last_finished_deployment"] = brief
		if run.succeeded() && !e.Stopped {
			out["currently_released_deployment"], out["deployed_url"] = brief, "https://"+host+"/"
		}
	}

	out["application_config"], out["ssh_endpoint"] = nil, nil
	out["has_pending_changes"] = len(e.Pending) > 0
	changes := make([]string, len(e.Pending))
	for i, p := range e.Pending {
		changes[i] = p.Kind
	}
	slices.Sort(changes)
	out["pending_changes"] = changes
	out["built_in_environment_variables"] = c.builtInVariables(e)
	return out
}

// builtInVariables are the variables that Divio sets itself. The names were seen in answers of the API; that
// items are bare names is INFERRED.
func (c *call) builtInVariables(e *environment) []string {
	names := []string{"DOMAIN", "DOMAIN_ALIASES", "DOMAIN_REDIRECTS", "GIT_BRANCH", "SECRET_KEY", "SITE_NAME", "STAGE"}
	for _, inst := range c.instancesOf(e.ID) {
		names = append(names, inst.variableNames()...)
	}
	slices.Sort(names)
	return names
}
