package sandbox

import (
	"strings"
	"testing"
	"time"
)

// TestNoCode follows an application that Divio hosts from the create to the first push.
func TestNoCode(t *testing.T) {
	create := func(h *harness, fields object) {
		t.Helper()
		body := object{"name": "Shop", "slug": "shop", "region": h.one("regions/?short_name=eu-ch"), "organisation": h.one("/iam/v3/organisations/"),
			"plan_group": h.list("/billing/v3/application-plan-groups/", "uuid")[0]}
		for key, value := range fields {
			body[key] = value
		}
		h.do("POST", "applications/", jsonBody(h, body), 201)
	}
	deploy := func(h *harness) string {
		t.Helper()
		run := "deployments/" + text(h.do("POST", "deployments/", `{"environment": "`+h.environment("shop", "live")+`"}`, 201), "uuid") + "/"
		h.clock.advance(time.Minute)
		return run
	}
	commits := func(h *harness) []any { t.Helper(); return h.list("environments/", "pending_commit_count") }

	h := start(t, Options{})
	create(h, nil)
	h.want("nothing to deploy", commits(h), []int{0, 0})
	h.want("never deployed", h.list("environments/", "last_finished_deployment"), []any{nil, nil})
	run := deploy(h)
	shown := h.do("GET", run, "", 200)
	h.want("fails", []any{shown["success"], shown["git_commit"]}, []any{false, ""})
	if log := text(h.do("GET", run+"logs/", "", 200), "logs"); !strings.HasSuffix(log, "nothing to build\nDeployment failed\n") {
		t.Errorf("log: %s", log)
	}
	h.seed(`{"pushes": [{"application": "shop", "branch": "main"}, {"application": "shop", "branch": "other"}]}`)
	h.want("a push brings commits", commits(h), []int{1, 1})
	h.want("deployed", h.do("GET", deploy(h), "", 200)["success"], true)
	h.want("live has them", commits(h), []int{1, 0})

	h = start(t, Options{})
	create(h, object{"app_template": "https://example.com/t.zip"})
	h.want("a template has code", commits(h), []int{1, 1})
	h = start(t, Options{CodePushed: true})
	create(h, nil)
	h.want("deployed at once", h.do("GET", deploy(h), "", 200)["success"], true)
	h = start(t, Options{}, `{"repositories": [{"url": "u"}]}`)
	create(h, nil)
	h.do("POST", "applications/"+h.one("applications/")+"/migrate-to-external-repository/", `{"repository": "`+h.one("repositories/")+`"}`, 200)
	h.want("an external repository has code", commits(h), []int{1, 1})
}

// TestPendingCommits holds which commits a deployment takes along.
func TestPendingCommits(t *testing.T) {
	h := start(t, Options{DeploymentTime: time.Minute}, `{"applications": [{"slug": "shop", "environments": [
		{"slug": "live", "has_pending_commits": true, "pending_commit_count": 2, "deployments": [{}]}]}]}`)
	env := h.one("environments/")
	pending := func() []any {
		t.Helper()
		shown := h.do("GET", "environments/"+env+"/", "", 200)
		return []any{shown["has_pending_commits"], shown["pending_commit_count"]}
	}
	h.do("POST", "deployments/", `{"environment": "`+env+`", "build_mode": "ADOPT"}`, 201)
	h.clock.advance(time.Minute)
	h.want("the former image again", pending(), []any{true, 2})
	h.do("POST", "deployments/", `{"environment": "`+env+`"}`, 201)
	h.seed(`{"pushes": [{"application": "shop"}]}`)
	h.clock.advance(time.Minute)
	h.want("what came too late", pending(), []any{true, 1})
	h.do("POST", "deployments/", `{"environment": "`+env+`"}`, 201)
	h.do("PATCH", "environments/"+env+"/", `{"branch": "next"}`, 200)
	h.clock.advance(time.Minute)
	h.want("another branch", pending(), []any{true, 1})
	h.do("POST", "deployments/", `{"environment": "`+env+`"}`, 201)
	h.clock.advance(time.Minute)
	h.want("all", pending(), []any{false, 0})
}

// TestSeededDeployments holds what a seed can say of an environment: what it waits for, and what runs there.
func TestSeededDeployments(t *testing.T) {
	h := start(t, Options{}, `{"applications": [
		{"slug": "shop", "environments": [
			{"slug": "live", "pending_changes": ["environment-variables"], "deployments": [{"success": false}, {"ends_in": "10m"}]},
			{"slug": "test", "has_pending_commits": true, "pending_commit_count": 3, "deployments": [{"ends_in": "10m", "success": false}]}]},
		{"slug": "empty", "no_code": true, "environments": [{"slug": "live"}]}]}`)
	live := "environments/" + h.environment("shop", "live") + "/"
	shown := h.do("GET", live, "", 200)
	running, _ := shown["currently_running_deployment"].(object)
	last, _ := shown["last_finished_deployment"].(object)
	h.want("running", []any{running["success"], running["ended_at"], running["percent"], last["success"]}, []any{nil, nil, 0, false})
	h.want("deploying", h.names("environments/?deploying=true", "slug"), "live test")
	h.want("one at a time", h.do("POST", "deployments/", `{"environment": "`+text(shown, "uuid")+`"}`, 400), object{"detail": "A deployment is running in this environment."})
	h.want("dump", h.dump(), strings.TrimPrefix(`
organisation acme
  application empty name="empty" region=eu-ch plan=standard
    startup probe retries=30 request=2s retry=2s
    environment live branch=main
  application shop name="shop" region=eu-ch plan=standard
    startup probe retries=30 request=2s retry=2s
    environment live branch=main pending-changes
      deployment 1 failed
      deployment 2 running
    environment test branch=main pending-commits
      deployment 1 running
`, "\n"))
	h.clock.advance(10 * time.Minute)
	h.want("ended", h.names("environments/?deploying=true", "slug"), "")
	h.want("as they should", h.list("deployments/", "success"), []any{false, true, false})
	h.want("younger than the deployment", h.do("GET", live, "", 200)["pending_changes"], []string{"environment-variables"})
	h.want("failed, so nothing arrived", h.list("environments/?with_pending_commits=true", "pending_commit_count"), []int{3})
}

// TestOmitFromLists holds an API whose lists say less than its details.
func TestOmitFromLists(t *testing.T) {
	h := start(t, Options{OmitFromLists: []string{"has_pending_changes", "pending_changes"}},
		`{"applications": [{"slug": "shop", "environments": [{"slug": "live", "pending_changes": ["domains"]}]}]}`)
	item, _ := h.do("GET", "environments/", "", 200)["results"].([]any)[0].(object)
	for _, key := range []string{"has_pending_changes", "pending_changes"} {
		if value, present := item[key]; present {
			t.Errorf("the list has %s: %v", key, value)
		}
	}
	h.want("the rest", item["slug"], "live")
	h.want("the detail", h.do("GET", "environments/"+h.one("environments/")+"/", "", 200)["has_pending_changes"], true)
}
