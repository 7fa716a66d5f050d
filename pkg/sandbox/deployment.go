package sandbox

import (
	"slices"
)

// deployment has the fields of the reference's GetDeployment and those that the emulator needs to run it.
// Progress depends only on the clock: nothing runs in the background, and state.advance finishes what is due.
type deployment struct {
	ID                    string         `json:"uuid"`
	Environment           string         `json:"environment"`
	Region                string         `json:"region"`
	OrgMembership         *string        `json:"org_membership"`
	StartedAt             timestamp      `json:"started_at"`
	EndedAt               *timestamp     `json:"ended_at"`
	Status                string         `json:"status"`
	IsUsable              bool           `json:"is_usable"`
	Success               *bool          `json:"success"`
	GitCommit             string         `json:"git_commit"`
	AlternativeDockerfile *string        `json:"alternative_dockerfile"`
	CopyFrom              *string        `json:"copy_from"`
	BuildMode             string         `json:"build_mode" api:"-"`
	AdoptDeployment       *string        `json:"adopt_deployment" api:"-"`
	ProvisionServices     bool           `json:"provision_services" api:"-"`
	Variables             map[string]any `json:"variables" api:"-"` // the variables of the containers, without sensitive values
	Commits               int64          `json:"commits" api:"-"`   // how many pending commits it deploys
	EndsAt                timestamp      `json:"ends_at" api:"-"`
	WillFail              bool           `json:"will_fail" api:"-"`
	Revision              int64          `json:"revision" api:"-"` // the write that started it; later changes wait for the next one
}

func (d *deployment) key() string { return d.ID }

func (d *deployment) succeeded() bool { return d.Success != nil && *d.Success }

// The values of a deployment's status. Only "done" was seen, with success true; a failed deployment has the
// same status here, so that a client that reads the status instead of success fails (INFERRED).
const (
	deploymentBuilding  = "building"
	deploymentReleasing = "releasing"
	deploymentDone      = "done"
)

// deploymentsOf returns the deployments of an environment, oldest first.
func (st *state) deploymentsOf(environment string) []*deployment {
	return st.Deployments.where(func(d *deployment) bool { return d.Environment == environment })
}

// running is the running deployment of an environment, or nil.
func (st *state) running(environment string) *deployment {
	for _, d := range st.deploymentsOf(environment) {
		if d.EndedAt == nil {
			return d
		}
	}
	return nil
}

// deploymentSummary says, for the filters of environments, whether a deployment is running, whether one ever
// succeeded, and whether the last one failed.
func (st *state) deploymentSummary(environment string) (running, released, failed bool) {
	for _, d := range st.deploymentsOf(environment) {
		if d.EndedAt == nil {
			running = true
			continue
		}
		released = released || d.succeeded()
		failed = !d.succeeded()
	}
	return running, released, failed
}

func showDeployment(c *call, d *deployment) object {
	out := fieldsOf(d)
	out["duration"] = nil
	if d.EndedAt != nil {
		out["duration"] = d.EndedAt.Sub(d.StartedAt.Time).Seconds()
	}
	percent := d.percent(c.now)
	out["percent"] = percent
	if d.EndedAt == nil && percent >= 50 {
		out["status"] = deploymentReleasing
	}
	names := []string{}
	for name := range d.Variables {
		names = append(names, name)
	}
	slices.Sort(names)
	out["environment_variables"] = names
	return out
}

func deployments(c *call) *table[*deployment] { return &c.Deployments }

// listDeployments returns the newest first: the official client takes results[0] as the running one.
func listDeployments(c *call) (answer, error) {
	q := c.filters()
	app, env, org := q.id("application"), q.id("environment"), q.id("organisation")
	success := q.boolean("is_success")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	rows := c.Deployments.where(func(d *deployment) bool {
		e, _ := c.Environments.get(d.Environment)
		a, _ := c.Applications.get(e.Application)
		return app(a.ID) && env(e.ID) && org(a.Organisation) && success(d.succeeded())
	})
	slices.Reverse(rows)
	return paged(c, rows, showDeployment)
}

// createDeployment starts a deployment, unless one is running in the environment. The API's answer is not
// documented then; 400 with a detail and without a uuid is INFERRED.
func createDeployment(c *call) (answer, error) {
	d := &deployment{ID: newID(), BuildMode: "AUTO", ProvisionServices: true, StartedAt: c.now, Status: deploymentBuilding}
	f := c.form()
	f.id(&d.Environment, "environment", required, c.hasEnvironment)
	f.choice(&d.BuildMode, "build_mode", optional, "AUTO", "ADOPT", "FORCE")
	f.nullableID(&d.CopyFrom, "copy_from", c.hasEnvironment)
	f.nullableID(&d.AdoptDeployment, "adopt_deployment", has(&c.Deployments))
	f.boolean(&d.ProvisionServices, "provision_services")
	if err := f.err(); err != nil {
		return answer{}, err
	}
	e, err := c.writable(d.Environment)
	if err != nil {
		return answer{}, err
	}
	a, _ := c.Applications.get(e.Application)
	switch {
	case a.IsSuspended:
		return answer{}, forbidden("The application is suspended.")
	case c.running(e.ID) != nil:
		return answer{}, conflict("A deployment is running in this environment.")
	}
	c.launch(d, e, a)
	echo := pick(fieldsOf(d), "uuid", "environment", "copy_from")
	echo["build_mode"], echo["adopt_deployment"], echo["provision_services"] = d.BuildMode, d.AdoptDeployment, d.ProvisionServices
	return created(echo)
}

// updateDeployment is for Divio's own workers. Setting the success of a running deployment ends it.
func updateDeployment(c *call) (answer, error) {
	d, err := find(c, &c.Deployments)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.writable(d.Environment); err != nil {
		return answer{}, err
	}
	next, f := *d, c.form()
	f.text(&next.Status, "status", textRule{})
	f.boolean(&next.IsUsable, "is_usable")
	f.nullableBoolean(&next.Success, "success")
	if err := f.err(); err != nil {
		return answer{}, err
	}
	*d = next
	if d.EndedAt == nil && d.Success != nil {
		d.WillFail = !*d.Success
		c.finishDeployment(d, c.now)
	}
	return ok(showDeployment(c, d))
}

// getDeploymentVariables answers a map from name to value, which the official client reads. Whether it contains
// sensitive values is not documented; here they are null.
func getDeploymentVariables(c *call) (answer, error) {
	d, err := find(c, &c.Deployments)
	if err != nil {
		return answer{}, err
	}
	out := showDeployment(c, d)
	delete(out, "percent")
	out["environment_variables"] = d.Variables
	return ok(out)
}

func getDeploymentLogs(c *call) (answer, error) {
	d, err := find(c, &c.Deployments)
	if err != nil {
		return answer{}, err
	}
	return ok(object{"uuid": d.ID, "logs": d.log(c.now)})
}
