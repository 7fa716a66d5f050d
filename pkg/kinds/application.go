package kinds

import (
	"fmt"

	"github.com/divioctl/divioctl/pkg/resource"
)

// application describes an application. It is removed by archiving, never with
// delete_immediately. The create operation takes other fields than the update
// operation: fields that only the update takes are sent directly after the create.
func application() *resource.Kind {
	number := func(name, doc string, low, high int64) resource.Field {
		return resource.Field{
			Name: name, Type: resource.Int, Min: limit(low), Max: limit(high), Changes: resource.UpdateOnly, Doc: doc,
		}
	}
	port := number("port", "Port that the application listens on; null detects it.", 0, maxInt)
	port.Nullable, port.HasDefault = true, true

	return &resource.Kind{
		Name: "application", Title: "application", Plural: "applications",
		Collection: "applications", Form: resource.Mapping,
		Key: "slug", KeyField: "slug", KeyPattern: slugPattern, KeyHint: slugHint, KeyMax: 255,
		ParentField: "organisation",
		Sets:        "variable_sets",
		Doc:         "Applications by slug.",
		Fields: []resource.Field{
			{Name: "name", Type: resource.Text, Need: resource.ForCreate, MaxLength: 255, Doc: "Display name."},
			{Name: "region", Type: resource.Reference, Target: "region", Need: resource.ForCreate, Changes: resource.Fixed,
				Doc: "Region by short name, name or id; only a new application can choose."},
			{Name: "plan_group", Type: resource.Reference, Target: "plan_group", Need: resource.ForCreate, Changes: resource.CreateOnly,
				Doc: "Plan group by name or id; only a new application can choose."},
			{Name: "repository", Type: resource.Reference, Target: "repository", Changes: resource.OwnCall, Irreversible: true, Nullable: true, HasDefault: true,
				Doc: "External repository, by its key under repositories or by id; null is Divio's Git server; absent is not managed."},
			{Name: "release_commands", Type: resource.List, HasDefault: true, Default: []any{},
				Doc: "Commands that run on every release, in this order.",
				Items: []resource.Field{
					{Name: "label", Type: resource.Text, Need: resource.Always, Doc: "Name of the command, unique in the list."},
					{Name: "command", Type: resource.Text, Need: resource.Always, Doc: "The command."},
				}},
			{Name: "tags", Type: resource.Tags, MaxItems: 50, HasDefault: true, Default: []any{},
				Doc: "Tags, a mapping of name to value; a list if a name repeats.",
				Items: []resource.Field{
					{Name: "name", Type: resource.Text, Need: resource.Always, Doc: "Name of the tag."},
					{Name: "value", Type: resource.Text, Need: resource.Always, Doc: "Value of the tag."},
				}},
			port,
			number("startup_probe_max_retries", "Number of tries before a start counts as failed.", 1, 1000),
			number("startup_probe_request_timeout", "Seconds that one try may take.", 1, 60),
			number("startup_probe_retry_timeout", "Seconds between two tries.", 1, 600),
			number("maintenance_window_start", "Start of the maintenance window, in the API's unit.", 0, maxInt),
			number("maintenance_window_duration", "Length of the maintenance window, in the API's unit.", 0, maxInt),
			{Name: "app_template", Type: resource.Text, Changes: resource.CreateOnly, Nullable: true,
				Pattern: `^https?://`, Hint: "enter the URL of a template", Doc: "URL of the template of a new application."},
			{Name: "branch", Type: resource.Text, Changes: resource.CreateOnly, Doc: "Branch of a new application."},
			{Name: "repository_prepopulated", Type: resource.Bool, Changes: resource.CreateOnly,
				Doc: "The repository of a new application already contains its code."},
			{Name: "disk", Type: resource.Int, Changes: resource.CreateOnly, Doc: "Disk of a new application, in the API's unit."},
			{Name: "transfer", Type: resource.Int, Changes: resource.CreateOnly, Doc: "Transfer of a new application, in the API's unit."},
			{Name: "container_structure", Type: resource.List, Changes: resource.CreateOnly, Nullable: true,
				Doc: "Containers of a new application, sent unchanged."},
			{Name: "billable_service_subscriptions", Type: resource.List, Changes: resource.CreateOnly,
				Doc: "Subscriptions of a new application, sent unchanged."},
			{Name: "transfer_from", Type: resource.Reference, Target: "organisation", Changes: resource.OwnCall,
				Doc: "Organisation that the application may be transferred from."},
		},
		Ops: resource.Ops{
			Create: "CreateApplication", Get: "GetApplication",
			Update: "PartialUpdateApplication", Delete: "ArchiveApplication",
		},
		Reads: []resource.ListOp{{Op: "ListApplications", Filter: "organisation", Scope: resource.ByOrganisation}},
		Facts: []string{"is_locked", "is_suspended", "suspended_reason", "can_add_environment", "permissions"},
		Unique: &resource.Unique{
			Op: "ListApplications", Filter: "slug", Organisation: "organisation",
			Hint: "add transfer_from: %s to move it, or use another slug",
		},
		TransferFrom: "transfer_from",
		Precious:     true,
		Check:        uniqueLabels,
		Locked: func(current *resource.Resource) string {
			if current.Fact("is_locked") {
				return "the application is locked"
			}
			return ""
		},
		Warn: warnApplication,
		// The API requires the name as confirmation.
		Review: reviewApplications,
		// docs: a new application has the environments test and live.
		Implies: func(*resource.Resource) []resource.Implied {
			return []resource.Implied{{Kind: "environment", Key: "test"}, {Kind: "environment", Key: "live"}}
		},
		Compile: compileApplication,
	}
}

func uniqueLabels(siblings []*resource.Resource) []resource.Problem {
	var problems []resource.Problem
	for _, r := range siblings {
		seen := map[any]bool{}
		commands, _ := r.Fields["release_commands"].([]any)
		for i, item := range commands {
			command, _ := item.(map[string]any)
			if label := command["label"]; label != nil && seen[label] {
				problems = append(problems, resource.Problem{
					Resource: r, Field: fmt.Sprintf("release_commands[%d].label", i),
					Message: "two release commands have the label " + resource.Show(label),
					Hint:    "give every release command a unique label",
				})
			} else {
				seen[label] = true
			}
		}
	}
	return problems
}

func reviewApplications(s resource.Siblings) []resource.Verdict {
	var verdicts []resource.Verdict
	for _, p := range s.Pairs {
		if replacesRepository(p.Change) {
			verdicts = append(verdicts, resource.Verdict{Change: p.Change, Reason: secondMigration})
		}
		if deletes(p) && p.Current.Text("name") == "" {
			verdicts = append(verdicts, resource.Verdict{
				Change: p.Change,
				Block:  "the API does not return its name, which is required for archiving: archive it manually",
			})
		}
	}
	return verdicts
}

// secondMigration is the reason of a change from one external repository to another. The
// API documents only the way from Divio's Git server, so its answer decides.
const secondMigration = "it uses an external repository already, and the API may refuse another one: it only documents the migration from Divio's Git server"

// replacesRepository reports whether a change is from one external repository to another.
func replacesRepository(c *resource.Change) bool {
	if c == nil || c.Field("repository") == nil {
		return false
	}
	_, was := c.Field("repository").Before.(resource.Ref)
	_, is := c.Field("repository").After.(resource.Ref)
	return was && is
}

func warnApplication(current *resource.Resource) string {
	if current.Fact("is_suspended") {
		reason, _ := current.Facts["suspended_reason"].(string)
		if reason == "" {
			reason = "no reason given"
		}
		return "the application is suspended (" + reason + "); deployments may be rejected"
	}
	if permissions, known := current.Facts["permissions"].([]any); known && len(permissions) == 0 {
		return "this account has no permission on the application; writes may be rejected"
	}
	return ""
}

func compileApplication(c *resource.Change) []resource.Call {
	here := map[string]resource.Value{
		"organisation": resource.HandleOf{Address: resource.TheOrganisation},
	}
	var calls []resource.Call
	switch c.Action {
	case resource.Create:
		here["slug"] = c.After.Key
		create := post(c, resource.LookUp, &resource.Probe{
			Op: "ListApplications", Query: here, Where: map[string]resource.Value{"slug": c.After.Key},
		})
		// A create takes the repository; only a later change needs a migration.
		if repository, ok := c.After.Fields["repository"].(resource.Ref); ok {
			create.Body["repository"] = handleOf(repository)
		}
		calls = append(calls, create)
	case resource.Transfer:
		calls = append(calls, resource.Call{
			Does: "transfer", Op: "TransferApplication", Params: self(c), Body: here,
			Retry: resource.ReadBack,
			Probe: &resource.Probe{Op: "GetApplication", Params: self(c), Where: here},
		})
	case resource.Delete:
		here["slug"] = c.Before.Key
		return []resource.Call{{
			Does: "archive", Op: "ArchiveApplication", Params: self(c),
			Body:  map[string]resource.Value{"verify_name": c.Before.Text("name")},
			Retry: resource.ReadBack,
			Probe: &resource.Probe{
				Op: "ListApplications", Query: here,
				Where: map[string]resource.Value{"slug": c.Before.Key}, Gone: true,
			},
		}}
	}
	if repository, ok := c.After.Fields["repository"].(resource.Ref); ok && c.Field("repository") != nil && c.Action != resource.Create {
		body := map[string]resource.Value{"repository": handleOf(repository)}
		calls = append(calls, resource.Call{
			Does: "migrate", Op: "MigrateApplicationToExternalRepository",
			Params: self(c), Body: body,
			Retry: resource.ReadBack,
			Probe: &resource.Probe{Op: "GetApplication", Params: self(c), Where: body},
		})
	}
	if names := updatable(c); len(names) > 0 {
		calls = append(calls, patch(c, "update", names...))
	}
	return calls
}
