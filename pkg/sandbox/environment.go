package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// environment has the fields of the reference's GetEnvironment that are not derived from other objects.
type environment struct {
	ID                    string  `json:"uuid"`
	Application           string  `json:"application"`
	Slug                  string  `json:"slug"`
	Branch                string  `json:"branch"`
	AlternativeDockerfile *string `json:"alternative_dockerfile"`
	IsProductionGrade     bool    `json:"is_production_grade"`
	HasPendingCommits     bool    `json:"has_pending_commits"`
	PendingCommitCount    int64   `json:"pending_commit_count"`
	OndemandRetention     *string `json:"ondemand_backup_retention_config"`
	ScheduledBackup       *string `json:"scheduled_backup_config"`
	NextScheduledBackup   *string `json:"next_scheduled_backup_occurence"` // the API's spelling

	Pending         []pendingChange `json:"pending_changes" api:"-"`
	FailDeployments bool            `json:"fail_deployments,omitempty" api:"-"` // the next deployment fails
	AppearsAt       *timestamp      `json:"appears_at,omitempty" api:"-"`       // hidden from every request before this time
	Stopped         bool            `json:"stopped,omitempty" api:"-"`
}

// pendingChange is a kind of change that waits for a deployment, with the last write that made it.
type pendingChange struct {
	Kind     string `json:"kind"`
	Revision int64  `json:"revision"`
}

func (e *environment) key() string { return e.ID }

// touch records a change that takes effect with the next deployment. The form of the items of pending_changes
// is not documented; here they are the name of the collection (INFERRED).
func (st *state) touch(e *environment, kind string) {
	e.Pending = slices.DeleteFunc(e.Pending, func(p pendingChange) bool { return p.Kind == kind })
	e.Pending = append(e.Pending, pendingChange{kind, st.Revision})
}

// addCommit is a commit on the branch of the environment, which waits for a deployment.
func (e *environment) addCommit() {
	e.HasPendingCommits = true
	e.PendingCommitCount++
}

// commit is the newest one on the branch of the environment.
func (e *environment) commit() string {
	sum := sha256.Sum256([]byte(e.ID + e.Branch))
	return hex.EncodeToString(sum[:20])
}

func (st *state) environmentsOf(application string) []*environment {
	return st.Environments.where(func(e *environment) bool { return e.Application == application })
}

// appeared reports whether requests can see an environment yet.
func (c *call) appeared(e *environment) bool { return e.AppearsAt == nil || e.AppearsAt.reached(c.now) }

// hasEnvironment is the test for fields that refer to an environment.
func (c *call) hasEnvironment(id string) bool {
	e, found := c.Environments.get(id)
	return found && c.appeared(e)
}

func (c *call) findEnvironment() (*environment, error) {
	e, err := find(c, &c.Environments)
	if err == nil && !c.appeared(e) {
		err = notFound()
	}
	return e, err
}

// writable is the environment with the id, unless its application is locked.
func (c *call) writable(id string) (*environment, error) {
	e, found := c.Environments.get(id)
	if !found {
		return nil, notFound()
	}
	return e, c.unlockedAround(e)
}

func (c *call) unlockedAround(e *environment) error {
	a, found := c.Applications.get(e.Application)
	if !found {
		return notFound()
	}
	return unlocked(a)
}

func (c *call) addEnvironment(a *application, slug, branch string) *environment {
	e := &environment{ID: newID(), Application: a.ID, Slug: slug, Branch: branch, IsProductionGrade: slug == "live", Pending: []pendingChange{}}
	if !a.NoCode { // its commits have never been deployed (INFERRED)
		e.addCommit()
	}
	c.Environments.add(e)
	if a.Freed > 0 {
		a.Freed--
		a.CanAddEnvironment = a.Freed > 0
	}
	return e
}

// removeEnvironment removes an environment with everything in it. That makes room for another one (INFERRED).
func (st *state) removeEnvironment(e *environment) {
	if a, found := st.Applications.get(e.Application); found && (a.Freed > 0 || !a.CanAddEnvironment) {
		a.Freed++
		a.CanAddEnvironment = true
	}
	st.Variables.remove(func(v *variable) bool { return v.Environment == e.ID })
	st.Cronjobs.remove(func(j *cronjob) bool { return j.Environment == e.ID })
	st.Domains.remove(func(d *domain) bool { return d.Environment == e.ID })
	st.Instances.remove(func(i *serviceInstance) bool { return i.Environment == e.ID })
	st.Deployments.remove(func(d *deployment) bool { return d.Environment == e.ID })
	st.Environments.remove(func(other *environment) bool { return other == e })
}

func listEnvironments(c *call) (answer, error) {
	q := c.filters()
	app, related, org := q.id("application"), q.id("related_to_application"), q.id("organisation")
	slug, name := q.text("slug"), q.search("name_search")
	copyType, mirror := q.choice("copy_type", copyTypes...), q.boolean("is_mirror")
	deployed, deploying := q.boolean("deployed"), q.boolean("deploying")
	failed, commits := q.boolean("last_deployment_failed"), q.boolean("with_pending_commits")
	rows := c.Environments.where(func(e *environment) bool {
		a, found := c.Applications.get(e.Application)
		if !found || !c.appeared(e) {
			return false
		}
		running, released, broken := c.deploymentSummary(e.ID)
		return app(a.ID) && (related(a.ID) || related(orEmpty(a.CopiedFrom))) && org(a.Organisation) && slug(e.Slug) &&
			(name(e.Slug) || name(a.Name)) && copyType(orEmpty(a.CopyType)) && mirror(orEmpty(a.CopyType) == "MIRROR") &&
			deployed(released) && deploying(running) && failed(broken) && commits(e.HasPendingCommits)
	})
	order(q, rows, map[string]func(a, b *environment) int{
		"application": func(a, b *environment) int { return strings.Compare(a.Application, b.Application) },
	})
	if err := q.err(); err != nil {
		return answer{}, err
	}
	return paged(c, rows, showEnvironment)
}

func getEnvironment(c *call) (answer, error) {
	e, err := c.findEnvironment()
	if err != nil {
		return answer{}, err
	}
	return ok(showEnvironment(c, e))
}

func createEnvironment(c *call) (answer, error) {
	var app, slug, branch string
	var dockerfile *string
	f := c.form()
	f.id(&app, "application", required, has(&c.Applications))
	f.text(&slug, "slug", textRule{need: required, max: 255, pattern: slugPattern, message: slugMessage})
	f.text(&branch, "branch", textRule{need: required})
	f.nullableText(&dockerfile, "alternative_dockerfile", textRule{blank: true, max: 255})
	if err := f.err(); err != nil {
		return answer{}, err
	}
	a, err := c.roomFor(app, slug)
	if err != nil {
		return answer{}, err
	}
	e := c.addEnvironment(a, slug, branch)
	e.AlternativeDockerfile = dockerfile
	return created(pick(fieldsOf(e), "uuid", "application", "slug", "branch", "alternative_dockerfile"))
}

// roomFor checks that an environment with the slug can be added to an application. INFERRED: status and wording
// of both refusals; only can_add_environment is documented.
func (c *call) roomFor(app, slug string) (*application, error) {
	a, found := c.Applications.get(app)
	switch {
	case !found:
		return nil, notFound()
	case a.IsLocked:
		return nil, unlocked(a)
	case slices.ContainsFunc(c.environmentsOf(app), func(e *environment) bool { return e.Slug == slug }):
		return nil, invalidTogether("The fields application, slug must make a unique set.")
	case !a.CanAddEnvironment:
		return nil, invalidTogether("The plan of this application does not allow more environments.")
	}
	return a, nil
}

func updateEnvironment(c *call) (answer, error) {
	e, err := c.findEnvironment()
	if err != nil {
		return answer{}, err
	}
	if err := c.unlockedAround(e); err != nil {
		return answer{}, err
	}
	next, f := *e, c.form()
	f.text(&next.Branch, "branch", textRule{need: required})
	f.nullableText(&next.AlternativeDockerfile, "alternative_dockerfile", textRule{blank: true, max: 255})
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if next.Branch != e.Branch { // another branch has other commits to deploy (INFERRED)
		next.addCommit()
	}
	*e = next
	return ok(pick(fieldsOf(e), "uuid", "branch", "alternative_dockerfile"))
}

func destroyEnvironment(c *call) (answer, error) {
	e, err := c.findEnvironment()
	if err != nil {
		return answer{}, err
	}
	if err := c.unlockedAround(e); err != nil {
		return answer{}, err
	}
	c.removeEnvironment(e)
	return empty()
}
