package workflow_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// commands are such that one looks like the address of another, holds what an address
// is made of, or differs in what an address cannot show as it is.
var commands = []string{
	"x", "x@DAILY,01:00", "x@DAILY,01:00@DAILY,01:00", "x@DAILY,01:00#j0", "x#j0", "a\nb", `a\nb`, `a\\nb`, "a\\\nb", `a\`, "a\tb", "a\u2028b", `a\u2028b`,
	"/x/y", "*", "y *", "#", "@", "a, b",
}

// drawCronjobs draws jobs of one environment, on one side.
func drawCronjobs(t *rapid.T, label string, declared bool) []map[string]any {
	var jobs []map[string]any
	seen := map[string]bool{}
	for range rapid.IntRange(0, 6).Draw(t, label) {
		job := map[string]any{
			"command": rapid.SampledFrom(commands).Draw(t, "command"), "frequency": "DAILY",
			"time": rapid.SampledFrom([]string{"01:00", "02:00"}).Draw(t, "time"),
		}
		if timeout := rapid.IntRange(0, 2).Draw(t, "timeout"); timeout > 0 {
			job["custom_timeout"] = int64(timeout)
		}
		if key := fmt.Sprint(job["command"], job["time"]); declared && seen[key] {
			continue // the files must not declare a job twice
		} else {
			seen[key] = true
		}
		jobs = append(jobs, job)
	}
	return jobs
}

// Every cron job has an address of its own, which is one line and parses back. Whatever
// a plan calls an undeclared job removes exactly that one.
func TestAddressesOfCronjobsAreUnique(t *testing.T) {
	catalog := kinds.Catalog()
	app := resource.NewAddress("application", resource.Address{}, "shop")
	live := resource.NewAddress("environment", app, "live")
	job := catalog.Kind("cronjob")
	rapid.Check(t, func(t *rapid.T) {
		declared, existing := drawCronjobs(t, "declared", true), drawCronjobs(t, "existing", false)
		text, err := json.Marshal(map[string]any{"version": 1, "applications": map[string]any{"shop": map[string]any{
			"environments": map[string]any{"live": map[string]any{"cronjobs": append([]map[string]any{}, declared...)}}}}})
		if err != nil {
			t.Fatal(err)
		}
		doc, problems := spec.Load(spec.Input{Paths: []string{"-"}, Stdin: strings.NewReader(string(text)), Catalog: catalog})
		if len(problems) > 0 {
			t.Fatal(problems.Err())
		}
		complete := resource.Collection{Complete: true}
		current := &resource.State{
			Collections: map[resource.CollectionID]resource.Collection{
				{Kind: "application"}: complete, {Parent: app, Kind: "environment"}: complete, {Parent: live, Kind: "cronjob"}: complete,
			},
			Resources: []*resource.Resource{
				{Kind: catalog.Kind("application"), Address: app, Key: "shop", Handle: "app", Fields: map[string]resource.Value{}},
				{Kind: catalog.Kind("environment"), Address: live, Parent: app, Key: "live", Handle: "env", Fields: map[string]resource.Value{}},
			},
		}
		for i, fields := range existing {
			if fields["custom_timeout"] == nil {
				fields["custom_timeout"] = nil
			}
			r := &resource.Resource{Kind: job, Parent: live, Handle: fmt.Sprintf("j%d", i), Fields: fields}
			r.Key = resource.DisplayKey(r)
			r.Address = resource.NewAddress("cronjob", live, r.Key)
			current.Resources = append(current.Resources, r)
		}
		in := plan.Input{Catalog: catalog, Desired: doc.State, Current: current}
		p, err := plan.Make(in)
		if err != nil {
			t.Fatal(err)
		}

		addresses := slices.Clone(p.Unmanaged)
		for _, r := range doc.State.Resources {
			if r.Kind.Name == "cronjob" {
				addresses = append(addresses, r.Address)
			}
		}
		seen := map[resource.Address]bool{}
		for _, a := range addresses {
			if seen[a] {
				t.Fatalf("two jobs have the address %q", a)
			}
			seen[a] = true
			if again, err := catalog.Parse(a.String()); err != nil || again != a || strings.ContainsAny(a.String(), "\n\r\t\u2028") {
				t.Fatalf("%q is parsed as %q: %v", a, again, err)
			}
		}
		for _, a := range p.Unmanaged {
			in.Settings.Removed = []resource.Removed{{Address: a}}
			p, err := plan.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			deleted := slices.DeleteFunc(p.Changes, func(c *resource.Change) bool { return c.Action != resource.Delete })
			if len(deleted) != 1 || deleted[0].Address != a || deleted[0].Blocked != "" {
				t.Fatalf("removing %q deletes %d jobs; notes: %v", a, len(deleted), p.Notes)
			}
		}
	})
}
