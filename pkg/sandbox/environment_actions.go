package sandbox

import (
	"regexp"
	"slices"
)

// copySlug is the stricter rule that the reference prints for the slug of a copy.
var copySlug = regexp.MustCompile(`^[0-9a-z](-*[0-9a-z])*$`)

func copyEnvironment(c *call) (answer, error) {
	e, err := c.findEnvironment()
	if err != nil {
		return answer{}, err
	}
	var slug string
	f := c.form()
	f.text(&slug, "new_slug", textRule{need: required, max: 255, pattern: copySlug, message: "This value does not match the required pattern."})
	if err := f.err(); err != nil {
		return answer{}, err
	}
	a, err := c.roomFor(e.Application, slug)
	if err != nil {
		return answer{}, err
	}
	return ok(showEnvironment(c, c.copyEnvironmentTo(a, e, slug)))
}

// copyEnvironmentTo makes an environment with the content of another one: variables with their order and cron
// jobs as they are, service instances as new ones without data. Domains are unique, so they stay (INFERRED).
func (c *call) copyEnvironmentTo(a *application, from *environment, slug string) *environment {
	to := c.addEnvironment(a, slug, from.Branch)
	to.AlternativeDockerfile = from.AlternativeDockerfile
	for _, v := range c.variablesOf(from.ID) {
		twin := *v
		twin.ID, twin.Environment, twin.DateCreated, twin.DateModified = newID(), to.ID, c.now, c.now
		c.Variables.add(&twin)
	}
	for _, j := range c.Cronjobs.where(func(j *cronjob) bool { return j.Environment == from.ID }) {
		twin := *j
		twin.ID, twin.Environment = newID(), to.ID
		c.Cronjobs.add(&twin)
	}
	for _, inst := range c.instancesOf(from.ID) {
		c.Instances.add(newInstance(newID(), to.ID, inst.Region, inst.Service, inst.Type, inst.Prefix, c.now))
	}
	return to
}

// stopEnvironment takes the running deployment off the air.
func stopEnvironment(c *call) (answer, error) {
	e, err := c.findEnvironment()
	if err != nil {
		return answer{}, err
	}
	if err := c.unlockedAround(e); err != nil {
		return answer{}, err
	}
	e.Stopped = true
	return empty()
}

// getEnvironmentLogs answers the log of an application that never says anything. Its pages are not those of
// other lists: history ends where "previous" is the URL just fetched, and "next" stays good for following,
// as Divio's own clients rely on.
func getEnvironmentLogs(c *call) (answer, error) {
	if _, err := c.findEnvironment(); err != nil {
		return answer{}, err
	}
	here := c.link(nil)
	return ok(object{"next": here, "previous": here, "results": []any{}})
}

func getEnvironmentLogsOccurrence(c *call) (answer, error) {
	if _, err := c.findEnvironment(); err != nil {
		return answer{}, err
	}
	return ok(object{"occurrences": []any{}})
}

// getEnvironmentMetrics answers metrics without samples.
func getEnvironmentMetrics(c *call) (answer, error) {
	if _, err := c.findEnvironment(); err != nil {
		return answer{}, err
	}
	names := slices.DeleteFunc(slices.Clone(c.query["metric"]), func(name string) bool { return name == "" })
	if len(names) == 0 {
		return answer{}, invalid("metric", "This field is required.")
	}
	metrics := object{}
	for _, name := range names {
		metrics[name] = []any{}
	}
	return ok(object{"metrics": metrics, "from_ts": c.query.Get("from_ts"), "to_ts": c.query.Get("to_ts"), "interval": 60})
}
