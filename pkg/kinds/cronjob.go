package kinds

import (
	"regexp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// cronjob describes a cron job. It has no name: cronjob_match.go decides which declared
// job matches which existing one.
func cronjob() *resource.Kind {
	return &resource.Kind{
		Name: "cronjob", Title: "cron job", Plural: "cron jobs",
		Collection: "cronjobs", Parent: "environment", Form: resource.Sequence,
		ParentField: "environment",
		Doc:         "Cron jobs.",
		Fields: []resource.Field{
			{Name: "command", Type: resource.Text, Need: resource.Always, Doc: "The command, without shell syntax."},
			{Name: "frequency", Type: resource.Enum, Need: resource.Always, Values: []string{"DAILY", "HOURLY", "EVERY10MIN"},
				Doc: "daily, hourly or every10min."},
			{Name: "time", Type: resource.Text, MaxLength: 16,
				Doc: `"02:30" for daily, ":42" for hourly, empty for every10min.`},
			{Name: "custom_timeout", Type: resource.Int, Min: limit(0), Max: limit(maxInt), Nullable: true, HasDefault: true,
				Doc: "Seconds after which a running job is stopped; null is Divio's default."},
		},
		Ops: resource.Ops{
			Create: "CreateCronjob", Get: "GetCronjob", Update: "PartialUpdateCronjob", Delete: "DestroyCronjob",
		},
		Reads: []resource.ListOp{
			{Op: "ListCronjobs", Filter: "environment", Scope: resource.ByParent},
			{Op: "ListCronjobs", Scope: resource.Everything},
		},
		Check:    checkCronjobs,
		Complete: completeCronjob,
		Match:    matchCronjobs,
		Compile:  compileCronjob,
	}
}

// cronTime is, for each frequency, the form of a time (SEEN in the reference).
var cronTime = map[string]struct {
	form *regexp.Regexp
	hint string
}{
	"DAILY":      {regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`), `a daily job runs at a time of day such as "02:30"`},
	"HOURLY":     {regexp.MustCompile(`^:[0-5][0-9]$`), `an hourly job runs at a minute such as ":42"`},
	"EVERY10MIN": {regexp.MustCompile(`^$`), "a job that runs every ten minutes has no time: remove it"},
}

func checkCronjobs(siblings []*resource.Resource) []resource.Problem {
	var problems []resource.Problem
	seen := map[[3]string]*resource.Resource{}
	for _, r := range siblings {
		frequency := r.Text("frequency")
		rule, known := cronTime[frequency]
		switch {
		case !known: // reported by the schema
		case !r.Has("time") && frequency != "EVERY10MIN":
			problems = append(problems, resource.Problem{Resource: r, Message: "the cron job has no time", Hint: rule.hint})
		case !rule.form.MatchString(r.Text("time")):
			problems = append(problems, resource.Problem{
				Resource: r, Field: "time", Hint: rule.hint,
				Message: resource.Show(r.Text("time")) + " is not a time for " + frequency,
			})
		}
		key := [3]string{r.Text("command"), frequency, r.Text("time")}
		if other := seen[key]; other != nil {
			problems = append(problems, resource.Problem{
				Resource: r, Other: other, Message: "the same cron job is declared twice",
				Hint: "remove one of them, or change its time",
			})
		} else {
			seen[key] = r
		}
	}
	return problems
}

// completeCronjob sets no time for a job that runs every ten minutes, so that an
// existing time is removed.
func completeCronjob(r *resource.Resource) map[string]resource.Value {
	if r.Text("frequency") == "EVERY10MIN" && !r.Has("time") {
		return map[string]resource.Value{"time": ""}
	}
	return nil
}

// phaseCronjobsDelete comes after the creates of an environment, which go one after
// another: right before each of them the list is read, and that must not change meanwhile.
const phaseCronjobsDelete = 1

func compileCronjob(c *resource.Change) []resource.Call {
	switch c.Action {
	case resource.Create:
		// A cron job has no key to search for: a new id with the body that was sent is
		// ours.
		sent := map[string]resource.Value{}
		for name, value := range c.After.Fields {
			sent[c.Kind.Field(name).APIName()] = value
		}
		create := postOnce(c, resource.Adopt, &resource.Probe{
			Op:    "ListCronjobs",
			Query: map[string]resource.Value{"environment": parentOf(c.After)},
			Where: sent,
			Known: c.Known,
		})
		create.Serial = true
		return []resource.Call{create}
	case resource.Delete:
		remove := destroy(c)
		remove.Phase = phaseCronjobsDelete
		return []resource.Call{remove}
	}
	return []resource.Call{patch(c, "update", updatable(c)...)}
}
