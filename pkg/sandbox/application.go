package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// application has the fields of the reference's GetApplication, except two that are derived from other objects.
type application struct {
	ID                         string           `json:"uuid"`
	Slug                       string           `json:"slug"`
	Name                       string           `json:"name"`
	Organisation               string           `json:"organisation"`
	Region                     string           `json:"region"`
	Repository                 *string          `json:"repository"`
	Screenshots                object           `json:"screenshots"`
	CustomScreenshots          object           `json:"custom_screenshots"`
	Avatars                    object           `json:"avatars"`
	IsSuspended                bool             `json:"is_suspended"`
	SuspendedReason            *string          `json:"suspended_reason"`
	IsUndergoingMaintenance    bool             `json:"is_undergoing_maintenance"`
	MaintenanceReason          *string          `json:"maintenance_reason"`
	CopyType                   *string          `json:"copy_type"`
	IsRepositoryReadOnly       bool             `json:"is_repository_read_only"`
	ReleaseCommands            []releaseCommand `json:"release_commands"`
	HasAnnotations             bool             `json:"has_annotations"`
	UpdatesAvailable           bool             `json:"updates_available"`
	CreatedAt                  timestamp        `json:"created_at"`
	ActiveSubscription         *string          `json:"active_subscription"`
	Tags                       []tag            `json:"tags"`
	OnFreeTrial                bool             `json:"on_free_trial"`
	FreeTrialDaysLeft          int64            `json:"free_trial_days_left"`
	CopiedFrom                 *string          `json:"copied_from"`
	ScreenshotTakenAt          *timestamp       `json:"screenshot_taken_at"`
	MaintenanceWindowStart     int64            `json:"maintenance_window_start"`
	MaintenanceWindowDuration  int64            `json:"maintenance_window_duration"`
	UnconfirmedSubscription    *string          `json:"unconfirmed_subscription"`
	SupportLevel               *string          `json:"support_level"`
	UpcomingMaintenancesCount  int64            `json:"upcoming_maintenances_count"`
	Port                       *int64           `json:"port"`
	StartupProbeMaxRetries     int64            `json:"startup_probe_max_retries"`
	StartupProbeRequestTimeout int64            `json:"startup_probe_request_timeout"`
	StartupProbeRetryTimeout   int64            `json:"startup_probe_retry_timeout"`
	RequiresMigration          bool             `json:"requires_migration"`
	RequiresMigrationTo        *string          `json:"requires_migration_to"`
	IsLocked                   bool             `json:"is_locked"`
	Features                   []any            `json:"features"`
	Permissions                []any            `json:"permissions"`
	CanAddEnvironment          bool             `json:"can_add_environment"`

	// Fields that a create takes and only its own answer returns.
	PlanGroup string `json:"plan_group" api:"-"`
	Branch    string `json:"branch" api:"-"`

	// Freed is how many environments were deleted since the application had no room for more.
	Freed int64 `json:"freed,omitempty" api:"-"`

	NoCode bool `json:"no_code,omitempty" api:"-"` // nothing was pushed yet, so deployments fail
}

// archivedApplication is what remains of an application: its slug, which remains taken (INFERRED; the reference
// speaks of "the regular time gap" between archiving and deleting).
type archivedApplication struct {
	ID         string    `json:"uuid"`
	Slug       string    `json:"slug"`
	Name       string    `json:"name"`
	ArchivedAt timestamp `json:"archived_at"`
}

func (a *application) key() string         { return a.ID }
func (a *archivedApplication) key() string { return a.ID }

// newApplication has the defaults of an application. None of them is documented; those of the probe add up to
// the health check of about 60 seconds in Divio's documentation. The form of permissions is not documented
// either: some words, so that the list is not read as "none" (INFERRED).
func newApplication(id string, now timestamp) *application {
	return &application{
		ID: id, CreatedAt: now, Branch: "main",
		Screenshots: object{}, CustomScreenshots: object{}, Avatars: object{},
		ReleaseCommands: []releaseCommand{}, Tags: []tag{}, Features: []any{}, Permissions: []any{"view", "change", "deploy"},
		StartupProbeMaxRetries: 30, StartupProbeRequestTimeout: 2, StartupProbeRetryTimeout: 2,
		CanAddEnvironment: true,
	}
}

func showApplication(c *call, a *application) object {
	out := fieldsOf(a)
	out["mirrors_count"] = len(c.Applications.where(func(m *application) bool {
		return m.CopiedFrom != nil && *m.CopiedFrom == a.ID && m.CopyType != nil && *m.CopyType == "MIRROR"
	}))
	return out
}

func applications(c *call) *table[*application] { return &c.Applications }

func listApplications(c *call) (answer, error) {
	q := c.filters()
	id, org, from := q.ids("uuid"), q.id("organisation"), q.id("copied_from")
	slug, name, label := q.text("slug"), q.search("name_search"), q.text("tags")
	copyType := q.choice("copy_type", copyTypes...)
	mirror, suspended := q.boolean("is_mirror"), q.boolean("is_suspended")
	maintained, migrating := q.boolean("is_undergoing_maintenance"), q.boolean("requires_migration")
	rows := c.Applications.where(func(a *application) bool {
		return id(a.ID) && org(a.Organisation) && from(orEmpty(a.CopiedFrom)) && slug(a.Slug) && name(a.Name) &&
			(q.last("tags") == "" || slices.ContainsFunc(a.Tags, func(t tag) bool { return label(t.Name) })) &&
			copyType(orEmpty(a.CopyType)) && mirror(orEmpty(a.CopyType) == "MIRROR") && suspended(a.IsSuspended) &&
			maintained(a.IsUndergoingMaintenance) && migrating(a.RequiresMigration)
	})
	order(q, rows, map[string]func(a, b *application) int{
		"name":       func(a, b *application) int { return strings.Compare(a.Name, b.Name) },
		"created_at": func(a, b *application) int { return a.CreatedAt.Compare(b.CreatedAt.Time) },
	})
	if err := q.err(); err != nil {
		return answer{}, err
	}
	return paged(c, rows, showApplication)
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// slugPattern is Django's slug, which the reference prints for environments. For applications it has none; the
// same is INFERRED.
var slugPattern = regexp.MustCompile(`^[-a-zA-Z0-9_]+$`)

const slugMessage = `Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.`

func createApplication(c *call) (answer, error) {
	a := newApplication(newID(), c.now)
	var (
		template               *string
		prepopulated           bool
		disk, transfer         int64
		structure, subscribing []object
		known                  = func(item *form) object { return item.fields }
	)
	f := c.form()
	f.text(&a.Name, "name", textRule{need: required, max: 255})
	f.text(&a.Slug, "slug", textRule{need: required, max: 255, pattern: slugPattern, message: slugMessage})
	f.id(&a.Organisation, "organisation", required, has(&c.Organisations))
	f.id(&a.Region, "region", required, has(&c.Regions))
	f.id(&a.PlanGroup, "plan_group", required, has(&c.PlanGroups))
	f.nullableURL(&template, "app_template")
	f.nullableID(&a.Repository, "repository", has(&c.Repositories))
	f.text(&a.Branch, "branch", textRule{})
	f.boolean(&prepopulated, "repository_prepopulated")
	f.releaseCommands(&a.ReleaseCommands, "release_commands", nullable)
	f.tags(&a.Tags, "tags")
	f.integer(&disk, "disk", 0, maxInt)
	f.integer(&transfer, "transfer", 0, maxInt)
	nested(f, &structure, "container_structure", nullable, 0, known)
	nested(f, &subscribing, "billable_service_subscriptions", optional, 0, known)
	if a.Slug != "" && c.slugTaken(a.Slug) {
		f.refuse("slug", "application with this slug already exists.")
	}
	if err := f.err(); err != nil {
		return answer{}, err
	}
	// INFERRED: a plan group lists regions, and the official client offers those as choices.
	group, _ := c.PlanGroups.get(a.PlanGroup)
	if !group.offeredTo(a.Organisation) {
		return answer{}, invalid("plan_group", "This plan group is not available to the organisation.")
	}
	if !slices.Contains(group.Regions, a.Region) {
		return answer{}, invalid("region", "This region is not available in the plan group.")
	}
	if a.Repository != nil {
		if err := c.verified(*a.Repository); err != nil {
			return answer{}, err
		}
	}
	// Divio's own Git server starts with the code of the template, or empty (INFERRED).
	a.NoCode = a.Repository == nil && template == nil && !c.options.CodePushed
	c.Applications.add(a)
	// According to Divio's documentation every new application has these two. Live is the second: public
	// scripts rely on that position. Both start on the application's branch (INFERRED).
	for _, slug := range []string{"test", "live"} {
		e := c.addEnvironment(a, slug, a.Branch)
		if c.options.EnvironmentsLag > 0 {
			appears := c.now.plus(c.options.EnvironmentsLag)
			e.AppearsAt = &appears
		}
	}
	echo := pick(fieldsOf(a), "uuid", "name", "region", "organisation", "repository", "release_commands", "tags")
	echo["branch"], echo["app_template"], echo["repository_prepopulated"] = a.Branch, template, prepopulated
	echo["disk"], echo["transfer"] = disk, transfer
	return created(echo)
}

func (st *state) slugTaken(slug string) bool {
	return st.Applications.any(func(a *application) bool { return a.Slug == slug }) ||
		st.ArchivedApplications.any(func(a *archivedApplication) bool { return a.Slug == slug })
}

func updateApplication(c *call) (answer, error) {
	a, err := find(c, &c.Applications)
	if err != nil {
		return answer{}, err
	}
	if err := unlocked(a); err != nil {
		return answer{}, err
	}
	next, f := *a, c.form()
	f.text(&next.Name, "name", textRule{need: required, max: 255})
	f.integer(&next.MaintenanceWindowStart, "maintenance_window_start", 0, maxInt)
	f.integer(&next.MaintenanceWindowDuration, "maintenance_window_duration", 0, maxInt)
	f.releaseCommands(&next.ReleaseCommands, "release_commands", optional)
	f.nullableInteger(&next.Port, "port", 0, maxInt)
	f.integer(&next.StartupProbeMaxRetries, "startup_probe_max_retries", 1, 1000)
	f.integer(&next.StartupProbeRequestTimeout, "startup_probe_request_timeout", 1, 60)
	f.integer(&next.StartupProbeRetryTimeout, "startup_probe_retry_timeout", 1, 600)
	f.tags(&next.Tags, "tags")
	if err := f.err(); err != nil {
		return answer{}, err
	}
	*a = next
	return ok(pick(fieldsOf(a), "uuid", "name", "maintenance_window_start", "maintenance_window_duration", "release_commands",
		"port", "startup_probe_max_retries", "startup_probe_request_timeout", "startup_probe_retry_timeout", "tags"))
}

// unlocked refuses writes to a locked application and to what belongs to it. INFERRED: the documents contain
// the flag but not its effect.
func unlocked(a *application) error {
	if a.IsLocked {
		return detail(http.StatusForbidden, "The application is locked.")
	}
	return nil
}
