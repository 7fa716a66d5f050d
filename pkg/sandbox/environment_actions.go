package sandbox

import (
	"regexp"
	"slices"
)

// copySlug is the stricter rule of the reference for the slug of a copy.
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
// jobs unchanged, service instances as new ones without data. Domains are unique, so they are not copied
// (INFERRED).
func (c *call) copyEnvironmentTo(a *application, from *environment, slug string) *environment {
	to := c.addEnvironment(a, slug, from.Branch)
	to.AlternativeDockerfile = from.AlternativeDockerfile
	for _, v := range c.variablesOf(from.ID) {
		fresh := *v
		fresh.ID, fresh.Environment, fresh.DateCreated, fresh.DateModified = newID(), to.ID, c.now, c.now
		c.Variables.add(&fresh)
	}
	for _, j := range c.Cronjobs.where(func(j *cronjob) bool { return j.Environment == from.ID }) {
		fresh := *j
		fresh.ID, fresh.Environment = newID(), to.ID
		c.Cronjobs.add(&fresh)
	}
	for _, inst := range c.instancesOf(from.ID) {
		c.Instances.add(newInstance(newID(), to.ID, inst.Region, inst.Service, inst.Type, inst.Prefix, c.now))
	}
	return to
}

// stopEnvironment stops the deployed application.
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

// getEnvironmentLogs answers an empty log. Its pages differ from those of other lists: history ends when
// "previous" is the URL just fetched, and "next" remains valid for following, as Divio's own clients require.
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
