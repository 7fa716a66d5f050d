package sandbox

import (
	"regexp"
	"slices"
	"strings"
)

// The states of a service instance. NEW and PROVISIONING_FAILED are the reference's spelling; the rest are the
// states of Divio's documentation spelled alike (INFERRED).
//
//	NEW ─provision, or a deployment─▶ PROVISIONING ─▶ PENDING_ATTACHMENT ─deployment─▶ ATTACHED
//	                                       ╰▶ PROVISIONING_FAILED
//	ATTACHED ─detach─▶ PENDING_DETACHMENT ─deployment─▶ DETACHED ─attach─▶ PENDING_ATTACHMENT
//
// Attaching and detaching can be cancelled before the deployment: by detach and attach. REMOVED is also a state
// of Divio's documentation; here an instance is destroyed immediately, so only a seed can have this state.
const (
	statusNew          = "NEW"
	statusProvisioning = "PROVISIONING"
	statusFailed       = "PROVISIONING_FAILED"
	statusAttaching    = "PENDING_ATTACHMENT"
	statusAttached     = "ATTACHED"
	statusDetaching    = "PENDING_DETACHMENT"
	statusDetached     = "DETACHED"
	statusRemoved      = "REMOVED"
)

var serviceStatuses = []string{
	statusNew, statusProvisioning, statusFailed, statusAttaching, statusAttached, statusDetaching, statusDetached, statusRemoved,
}

// serviceInstance has the fields of the reference's GetServiceInstance that are not derived from others.
type serviceInstance struct {
	ID               string     `json:"uuid"`
	Environment      string     `json:"environment"`
	Region           string     `json:"region"`
	Service          string     `json:"service"`
	ServiceStatus    string     `json:"service_status"`
	LastStatusUpdate timestamp  `json:"last_status_update"`
	Prefix           string     `json:"prefix"`
	Type             string     `json:"type"`
	LastConfigUpdate *timestamp `json:"last_config_update"`

	StatusRevision   int64      `json:"status_revision" api:"-"`             // the write that set the status
	ProvisionedAt    *timestamp `json:"provisioned_at,omitempty" api:"-"`    // when a provisioning without a deployment ends
	FailProvisioning bool       `json:"fail_provisioning,omitempty" api:"-"` // the next provisioning fails
}

func (i *serviceInstance) key() string { return i.ID }

func newInstance(id, environment, region, service, kind, prefix string, now timestamp) *serviceInstance {
	return &serviceInstance{
		ID: id, Environment: environment, Region: region, Service: service, Type: kind, Prefix: prefix,
		ServiceStatus: statusNew, LastStatusUpdate: now,
	}
}

func (st *state) instancesOf(environment string) []*serviceInstance {
	return st.Instances.where(func(i *serviceInstance) bool { return i.Environment == environment })
}

func (st *state) setStatus(i *serviceInstance, status string, at timestamp) {
	i.ServiceStatus, i.LastStatusUpdate, i.StatusRevision = status, at, st.Revision
	i.ProvisionedAt = nil
}

// finishProvisioning ends the provisioning of an instance, successfully unless a seed asked for a failure.
func (st *state) finishProvisioning(i *serviceInstance, at timestamp) {
	if i.FailProvisioning {
		i.FailProvisioning = false
		st.setStatus(i, statusFailed, at)
		return
	}
	st.setStatus(i, statusAttaching, at)
	i.LastConfigUpdate = &at
}

// variableNames are the variables that an attached service sets, such as DEFAULT_DATABASE_DSN in Divio's
// documentation.
func (i *serviceInstance) variableNames() []string {
	if !slices.Contains([]string{statusAttached, statusDetaching}, i.ServiceStatus) {
		return []string{}
	}
	return []string{i.Prefix + "_" + i.Type + "_DSN"}
}

// showInstance lists the names of the instance's variables; the reference does not show the items (INFERRED).
func showInstance(_ *call, i *serviceInstance) object {
	out := fieldsOf(i)
	out["environment_variables"] = i.variableNames()
	return out
}

func instances(c *call) *table[*serviceInstance] { return &c.Instances }

func listInstances(c *call) (answer, error) {
	q := c.filters()
	env := q.id("environment")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	return paged(c, c.Instances.where(func(i *serviceInstance) bool { return env(i.Environment) }), showInstance)
}

// prefixPattern matches a valid prefix of the name of an environment variable (INFERRED; the reference has only
// a length).
var prefixPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// prefix stores upper case, which Divio shows and the official client sends (INFERRED).
func (f *form) prefix(into *string) {
	f.text(into, "prefix", textRule{need: required, max: 32, pattern: prefixPattern, message: "This value does not match the required pattern."})
	*into = strings.ToUpper(*into)
}

func createInstance(c *call) (answer, error) {
	var env, serviceID, prefix string
	f := c.form()
	f.id(&env, "environment", required, c.hasEnvironment)
	f.id(&serviceID, "service", required, has(&c.Services))
	f.prefix(&prefix)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	e, err := c.writable(env)
	if err != nil {
		return answer{}, err
	}
	a, _ := c.Applications.get(e.Application)
	s, _ := c.Services.get(serviceID)
	if !slices.Contains(s.Regions, a.Region) {
		return answer{}, invalid("service", "This service is not available in the application's region.")
	}
	i := newInstance(newID(), e.ID, a.Region, s.ID, s.Type, prefix, c.now)
	if err := c.prefixFree(i); err != nil {
		return answer{}, err
	}
	i.StatusRevision = c.Revision
	c.Instances.add(i)
	c.touch(e, "service-instances")
	return created(pick(fieldsOf(i), "uuid", "environment", "prefix", "service"))
}

// prefixFree refuses a second service with the same type and prefix in an environment: their variables would
// have the same names (INFERRED).
func (c *call) prefixFree(i *serviceInstance) error {
	if c.Instances.any(func(o *serviceInstance) bool {
		return o.ID != i.ID && o.Environment == i.Environment && o.Type == i.Type && o.Prefix == i.Prefix
	}) {
		return invalidTogether("The fields environment, type, prefix must make a unique set.")
	}
	return nil
}

func (c *call) writableInstance() (*serviceInstance, *environment, error) {
	i, err := find(c, &c.Instances)
	if err != nil {
		return nil, nil, err
	}
	e, err := c.writable(i.Environment)
	return i, e, err
}

func updateInstance(c *call) (answer, error) {
	i, e, err := c.writableInstance()
	if err != nil {
		return answer{}, err
	}
	next, f := *i, c.form()
	f.prefix(&next.Prefix)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if err := c.prefixFree(&next); err != nil {
		return answer{}, err
	}
	next.LastConfigUpdate = &c.now
	*i = next
	c.touch(e, "service-instances")
	return ok(pick(fieldsOf(i), "uuid", "prefix"))
}

// destroyInstance follows the reference: "Only valid if the instance is not attached or pending attachment."
// Only an instance that is still to be detached affects the running application, so nothing else waits for a
// deployment (INFERRED).
func destroyInstance(c *call) (answer, error) {
	i, e, err := c.writableInstance()
	if err != nil {
		return answer{}, err
	}
	if i.ServiceStatus == statusAttached || i.ServiceStatus == statusAttaching {
		return answer{}, conflict("The service instance is attached or pending attachment.")
	}
	c.Instances.remove(func(other *serviceInstance) bool { return other == i })
	if i.ServiceStatus == statusDetaching {
		c.touch(e, "service-instances")
	}
	return empty()
}

// The status after attach and detach, by current status.
var (
	attachMoves = map[string]string{statusDetached: statusAttaching, statusDetaching: statusAttached}
	detachMoves = map[string]string{statusAttached: statusDetaching, statusAttaching: statusDetached}
)

// switchInstance is attach and detach: some statuses change to another one, all others are refused.
func switchInstance(verb string, moves map[string]string) operation {
	return func(c *call) (answer, error) {
		i, e, err := c.writableInstance()
		if err != nil {
			return answer{}, err
		}
		next, valid := moves[i.ServiceStatus]
		if !valid {
			return answer{}, conflict("A service instance with status " + i.ServiceStatus + " cannot be " + verb + ".")
		}
		c.setStatus(i, next, c.now)
		c.touch(e, "service-instances")
		return empty()
	}
}

// provisionInstance follows the reference: "Only valid if the state is NEW or PROVISIONING_FAILED, and the
// environment is not currently being deployed."
func provisionInstance(c *call) (answer, error) {
	i, e, err := c.writableInstance()
	if err != nil {
		return answer{}, err
	}
	if i.ServiceStatus != statusNew && i.ServiceStatus != statusFailed {
		return answer{}, conflict("A service instance with status " + i.ServiceStatus + " cannot be provisioned.")
	}
	if c.running(e.ID) != nil {
		return answer{}, conflict("The environment is being deployed.")
	}
	c.setStatus(i, statusProvisioning, c.now)
	end := c.now.plus(c.options.DeploymentTime)
	i.ProvisionedAt = &end
	c.touch(e, "service-instances")
	return empty()
}
