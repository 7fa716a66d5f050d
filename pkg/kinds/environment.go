package kinds

import (
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// environment describes an environment of an application. test and live are created
// automatically with a new application: these are awaited and updated, not created.
func environment() *resource.Kind {
	return &resource.Kind{
		Name: "environment", Title: "environment", Plural: "environments",
		Collection: "environments", Parent: "application", Form: resource.Mapping,
		Key: "slug", KeyField: "slug", KeyPattern: slugPattern, KeyHint: slugHint, KeyMax: 255,
		ParentField: "application",
		Sets:        "variable_sets",
		Doc:         "Environments by slug.",
		Fields: []resource.Field{
			{Name: "branch", Type: resource.Text, Need: resource.ForCreate, Doc: "Branch that is deployed."},
			{Name: "alternative_dockerfile", Type: resource.Text, MaxLength: 255, Nullable: true, HasDefault: true,
				Doc: "Path of another Dockerfile for the build."},
		},
		Ops: resource.Ops{
			Create: "CreateEnvironment", Get: "GetEnvironment",
			Update: "PartialUpdateEnvironment", Delete: "DestroyEnvironment",
		},
		Reads: []resource.ListOp{
			{Op: "ListEnvironments", Filter: "application", Scope: resource.ByParent},
			{Op: "ListEnvironments", Filter: "organisation", Scope: resource.ByOrganisation},
		},
		Facts:    []string{"has_pending_changes", "pending_changes", "has_pending_commits", "pending_commit_count", "last_finished_deployment"},
		Deploy:   deployment(),
		Precious: true,
		Review:   roomForEnvironments,
		Compile:  compileEnvironment,
	}
}

// deployment describes how an environment is deployed. By default, the API builds a new
// image only if there are new commits (build_mode AUTO).
func deployment() *resource.Deploy {
	return &resource.Deploy{
		Create: "CreateDeployment", List: "ListDeployments", Get: "GetDeployment",
		Logs: "GetDeploymentLogs", Text: "logs",
		Of:         "environment",
		HasChanges: "has_pending_changes", Changes: "pending_changes",
		HasCommits: "has_pending_commits", Commits: "pending_commit_count",
		Running: "currently_running_deployment", Last: "last_finished_deployment",
		Ended: "ended_at", Success: "success", Percent: "percent",
		Rebuild:     []string{"alternative_dockerfile"},
		RebuildBody: map[string]resource.Value{"build_mode": "FORCE"},
	}
}

// roomForEnvironments blocks creates if the API says that the application cannot have
// more environments. Each environment that the plan deletes makes room for one: that
// create waits for the deletion.
func roomForEnvironments(s resource.Siblings) []resource.Verdict {
	if s.Parent == nil || !isFalse(s.Parent, "can_add_environment") {
		return nil
	}
	var leaving []resource.Address
	for _, p := range s.Pairs {
		if deletes(p) && isMade(p.Change) {
			leaving = append(leaving, p.Change.Address)
		}
	}
	var verdicts []resource.Verdict
	for _, p := range s.Pairs {
		switch {
		case p.Change == nil || p.Change.Action != resource.Create:
		case len(leaving) > 0 && isMade(p.Change):
			verdicts = append(verdicts, resource.Verdict{
				Change: p.Change,
				Reason: strings.TrimPrefix(p.Change.Reason+"; the application has no room before "+leaving[0].String()+" is deleted", "; "),
				After:  leaving[:1:1],
			})
			leaving = leaving[1:]
		default:
			verdicts = append(verdicts, resource.Verdict{
				Change: p.Change,
				Block:  "the application cannot have more environments (can_add_environment is false); this depends on its plan",
			})
		}
	}
	return verdicts
}

func compileEnvironment(c *resource.Change) []resource.Call {
	var calls []resource.Call
	if c.Implied {
		calls = append(calls, resource.Call{
			Does:  "wait for",
			Until: &resource.Until{Probe: environmentProbe(c), Deadline: resource.ImpliedDeadline},
			Gives: c.Address,
		})
	}
	switch {
	case c.Action == resource.Delete:
		return append(calls, destroy(c))
	case c.Action == resource.Create && !c.Implied:
		probe := environmentProbe(c)
		calls = append(calls, post(c, resource.LookUp, &probe))
	}
	if names := updatable(c); len(names) > 0 {
		calls = append(calls, patch(c, "update", names...))
	}
	return calls
}

// environmentProbe finds an environment by its slug.
func environmentProbe(c *resource.Change) resource.Probe {
	r := c.Resource()
	return resource.Probe{
		Op:    "ListEnvironments",
		Query: map[string]resource.Value{"application": parentOf(r)},
		Where: map[string]resource.Value{"slug": r.Key},
	}
}
