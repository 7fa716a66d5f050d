package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// The canary suite: secrets from every source, old and new, are searched for in
// every byte that any command writes anywhere, also where something goes wrong at
// any request and the API answers with all that it was sent.

// permitGone permits to delete the sensitive variable that the files of the cage do not
// declare any more.
var permitGone = []string{"--allow-destroy", "variable.shop/live/GONE"}

// TestCanaries: what every command writes when all goes well, and when the files are
// wrong.
func TestCanaries(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			c := cage(t)
			common := []string{"--format", format, "--log-level", "debug", "--log-http"}
			with := func(command, file string, more ...string) []string {
				if command != "validate" {
					more = append(more, permitGone...)
				}
				return slices.Concat([]string{command, "-f", c.path(file)}, common, more)
			}
			c.wants(cli.ExitDone, with("validate", "divio.yaml")...)
			c.wants(cli.ExitInvalid, with("validate", "broken.yaml")...)
			c.wants(cli.ExitInvalid, with("plan", "divio.yaml")...) // without --allow-exec
			c.wants(cli.ExitInvalid, with("plan", "unset.yaml", "--allow-exec")...)
			c.wants(cli.ExitDone, with("plan", "divio.yaml", "--no-secrets", "--markdown-into", c.path("no.md"))...)
			c.wants(cli.ExitDone, with("plan", "divio.yaml", "--allow-exec", "--log-file", c.path("log.txt"),
				"--json-into", c.path("plan.json"), "--markdown-into", c.path("plan.md"))...)
			c.wants(cli.ExitInvalid, with("plan", "divio.yaml", "--allow-exec", "--out", c.path("literal.plan"))...)
			c.wants(cli.ExitDone, with("plan", "saved.yaml", "--allow-exec", "--out", c.path("saved.plan"), "--no-secrets")...)
			c.wants(cli.ExitDone, with("plan", "saved.yaml", "--allow-exec", "--out", c.path("saved.plan"), "--write-sensitive", "**")...)
			c.wants(cli.ExitDone, slices.Concat([]string{"apply", c.path("saved.plan"), "--allow-exec", "--auto-approve", "--verify"}, permitGone, common)...)
			shown := c.wants(cli.ExitDone, with("apply", "divio.yaml", "--allow-exec", "--auto-approve", "--verify", "--report", c.path("report.json"))...)
			if format == "text" && !strings.Contains(shown, "variable.shop/live/x1y_axle") {
				t.Errorf("a short secret spoils other text:\n%s", shown)
			}
			c.wants(cli.ExitDone, with("plan", "rotated.yaml", "--allow-exec", "--base", c.path("divio.yaml"))...)
			c.wants(cli.ExitDone, with("apply", "rotated.yaml", "--allow-exec", "--auto-approve", "--verify", "--write-sensitive", "**")...)
			c.wants(cli.ExitDone, "export", "--output", c.path("export.yaml"), "--log-http")
			c.wants(cli.ExitDone, "export", "--output", c.path("export2.yaml"), "--format", format)
			c.searchFiles()
			if dump := c.dump(); !strings.Contains(dump, "canary-rotated") || !strings.Contains(dump, "x1yes and xx1yy stay") {
				t.Errorf("the values did not arrive:\n%s", dump)
			}
		})
	}
}

// TestCanariesOnFailure spoils every request of an apply, one at a time, in every
// way.
func TestCanariesOnFailure(t *testing.T) {
	t.Parallel()
	first := cage(t)
	first.wants(cli.ExitDone, append([]string{"apply", "-f", first.path("rotated.yaml"), "--allow-exec", "--auto-approve", "--deploy"}, permitGone...)...)
	requests := int(first.count.Load())
	if requests < 15 {
		t.Fatalf("%d requests: the files do not ask for much", requests)
	}
	ways := []string{"400 JSON", "400 text", "401", "500", "302", "200 odd", "dropped", "done, and lost"}
	failed := map[string]int{}
	var mu sync.Mutex
	room := make(chan struct{}, 64) // most of the time they wait between repeats
	var all sync.WaitGroup
	for i := 1; i <= requests; i++ {
		for w, how := range ways {
			if first.box.Requests()[i-1].Method == http.MethodGet && w > 2 {
				continue // how it goes wrong otherwise has no words
			}
			room <- struct{}{}
			all.Go(func() {
				defer func() { <-room }()
				c := cage(t)
				c.spoiled, c.how = int64(i), how
				args := []string{"apply", "-f", c.path("rotated.yaml"), "--allow-exec", "--auto-approve", "--deploy", "--report", c.path("report.json"), "--log-http", "--log-level", "debug"}
				args = append(args, permitGone...)
				if (i+w)%2 == 0 {
					args = append(args, "--format", "json")
				} else {
					args = append(args, "--log-file", c.path("log.txt"))
				}
				code, _ := c.divioctl(args...)
				c.searchFiles()
				mu.Lock()
				defer mu.Unlock()
				if code != cli.ExitDone {
					failed[how]++
				}
			})
		}
	}
	all.Wait()
	for _, how := range ways[:3] {
		if failed[how] < requests/2 {
			t.Errorf("%s: only %d of %d failed, so that little was shown", how, failed[how], requests)
		}
	}
	t.Logf("%d requests; failed: %v", requests, slices.Sorted(maps.Keys(failed)))
}
