package sandbox

import "regexp"

// cronjob has the fields of the reference's GetCronjob.
type cronjob struct {
	ID            string `json:"uuid"`
	Command       string `json:"command"`
	Frequency     string `json:"frequency"`
	Time          string `json:"time"`
	Environment   string `json:"environment"`
	CustomTimeout *int64 `json:"custom_timeout"`
}

func (j *cronjob) key() string { return j.ID }

// cronTimes is the form of a time for each frequency, from the reference's help text: "02:30" for daily, ":42"
// for hourly, empty for every ten minutes. That the API insists on it is INFERRED.
var cronTimes = map[string]*regexp.Regexp{
	"DAILY":      regexp.MustCompile(`^([01]?[0-9]|2[0-3]):[0-5][0-9]$`),
	"HOURLY":     regexp.MustCompile(`^:[0-5][0-9]$`),
	"EVERY10MIN": regexp.MustCompile(`^$`),
}

func cronjobs(c *call) *table[*cronjob] { return &c.Cronjobs }

func listCronjobs(c *call) (answer, error) {
	q := c.filters()
	env := q.id("environment")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	return windowed(c, c.Cronjobs.where(func(j *cronjob) bool { return env(j.Environment) }), plain)
}

// cronjob reads the fields that create and update share.
func (f *form) cronjob(j *cronjob) error {
	f.text(&j.Command, "command", textRule{need: required})
	f.choice(&j.Frequency, "frequency", required, "DAILY", "HOURLY", "EVERY10MIN")
	f.text(&j.Time, "time", textRule{blank: true, max: 16})
	f.nullableInteger(&j.CustomTimeout, "custom_timeout", 0, maxInt)
	if shape, known := cronTimes[j.Frequency]; known && len(f.problems) == 0 && !shape.MatchString(j.Time) {
		f.refuse("time", "This time does not match the frequency.")
	}
	return f.err()
}

func createCronjob(c *call) (answer, error) {
	j := &cronjob{ID: newID()}
	f := c.form()
	f.id(&j.Environment, "environment", required, c.hasEnvironment)
	if err := f.cronjob(j); err != nil {
		return answer{}, err
	}
	e, err := c.writable(j.Environment)
	if err != nil {
		return answer{}, err
	}
	c.Cronjobs.add(j)
	c.touch(e, "cronjobs")
	return created(fieldsOf(j))
}

func (c *call) writableCronjob() (*cronjob, *environment, error) {
	j, err := find(c, &c.Cronjobs)
	if err != nil {
		return nil, nil, err
	}
	e, err := c.writable(j.Environment)
	return j, e, err
}

func updateCronjob(c *call) (answer, error) {
	j, e, err := c.writableCronjob()
	if err != nil {
		return answer{}, err
	}
	next := *j
	if err := c.form().cronjob(&next); err != nil {
		return answer{}, err
	}
	*j = next
	c.touch(e, "cronjobs")
	return ok(fieldsOf(j))
}

func destroyCronjob(c *call) (answer, error) {
	j, e, err := c.writableCronjob()
	if err != nil {
		return answer{}, err
	}
	c.Cronjobs.remove(func(other *cronjob) bool { return other == j })
	c.touch(e, "cronjobs")
	return empty()
}

// getCronjobLogs answers for a job that has not run yet: the sandbox does not run jobs.
func getCronjobLogs(c *call) (answer, error) {
	if _, err := find(c, &c.Cronjobs); err != nil {
		return answer{}, err
	}
	return ok(object{"started_at": nil, "finished_at": nil, "exit_code": nil})
}
