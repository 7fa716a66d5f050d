package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestCheckCronjobs(t *testing.T) {
	for _, test := range []struct {
		name string
		jobs []fields
		want []string
	}{
		{
			"times as each frequency has them", []fields{
				{"command": "a", "frequency": "DAILY", "time": "23:59"}, {"command": "a", "frequency": "HOURLY", "time": ":42"},
				{"command": "a", "frequency": "EVERY10MIN"}, {"command": "b", "frequency": "EVERY10MIN", "time": ""},
			}, nil,
		},
		{"a frequency that the schema reports", []fields{{"command": "a", "frequency": "WEEKLY", "time": "x"}}, nil},
		{
			"no time", []fields{{"command": "a", "frequency": "DAILY"}},
			[]string{`a: the cron job has no time (a daily job runs at a time of day such as "02:30")`},
		},
		{
			"a time of day for an hourly job", []fields{{"command": "a", "frequency": "HOURLY", "time": "02:30"}},
			[]string{`a time: "02:30" is not a time for HOURLY (an hourly job runs at a minute such as ":42")`},
		},
		{
			"no such time of day", []fields{{"command": "a", "frequency": "DAILY", "time": "24:00"}},
			[]string{`a time: "24:00" is not a time for DAILY (a daily job runs at a time of day such as "02:30")`},
		},
		{
			"a time for every ten minutes", []fields{{"command": "a", "frequency": "EVERY10MIN", "time": ":05"}},
			[]string{`a time: ":05" is not a time for EVERY10MIN (a job that runs every ten minutes has no time: remove it)`},
		},
		{
			"one job twice", []fields{
				{"command": "a", "frequency": "DAILY", "time": "02:30"}, {"command": "a", "frequency": "DAILY", "time": "02:31"},
				{"command": "a", "frequency": "DAILY", "time": "02:30", "custom_timeout": int64(60)},
			},
			[]string{"a: the same cron job is declared twice, a too (remove one of them, or change its time)"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var siblings []*resource.Resource
			for _, f := range test.jobs {
				siblings = append(siblings, newResource("cronjob.a/live/a", f))
			}
			if diff := cmp.Diff(test.want, problemLines(checkCronjobs(siblings))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestEvery10MinutesLosesItsTime(t *testing.T) {
	for _, test := range []struct {
		name       string
		have, want fields
	}{
		{"no time is declared", fields{"frequency": "EVERY10MIN"}, fields{"time": ""}},
		{"a time is declared", fields{"frequency": "EVERY10MIN", "time": ""}, nil},
		{"another frequency", fields{"frequency": "DAILY"}, nil},
	} {
		if diff := cmp.Diff(test.want, completeCronjob(newResource("cronjob.a/live/a", test.have))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestCompileCronjob(t *testing.T) {
	const name = "cronjob.a/live/run"
	daily := fields{"command": "run", "frequency": "DAILY", "time": "02:30"}
	create := change(resource.Create, nil, declare(name, daily))
	create.Known = []string{"c1", "c2"}
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{
			"a create whose answer was lost is found by a new id with the body that was sent", create,
			[]string{`create: CreateCronjob {command: "run", environment: <environment.a/live>, frequency: "DAILY", time: "02:30"} · once ListCronjobs?{environment: <environment.a/live>} {command: "run", frequency: "DAILY", time: "02:30"} new beside c1, c2 · adopts · serial · gives cronjob.a/live/run`},
		},
		{
			"an update sends what differs",
			change(resource.Update, exists(name, daily, nil), declare(name, fields{"command": "run", "frequency": "EVERY10MIN", "custom_timeout": nil})),
			[]string{`update: PartialUpdateCronjob <cronjob.a/live/run> {custom_timeout: null, frequency: "EVERY10MIN", time: ""}`},
		},
		{"a delete", change(resource.Delete, exists(name, daily, nil), nil), []string{"delete: DestroyCronjob <cronjob.a/live/run> · phase 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
