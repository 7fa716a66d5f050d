package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestApplications(t *testing.T) {
	h := start(t, Options{}, `{"organisations": [{"name": "other"}],
		"repositories": [{"url": "git@git.example.com:acme/x.git"}],
		"applications": [{"slug": "first", "name": "First", "environments": []}]}`)
	region, org := h.one("regions/?short_name=eu-ch"), text(object{"id": h.list("/iam/v3/organisations/", "uuid")[0]}, "id")
	group := text(object{"id": h.list("/billing/v3/application-plan-groups/", "uuid")[0]}, "id")
	create := func(slug string, status int) string {
		t.Helper()
		return text(h.do("POST", "applications/", jsonBody(h, object{
			"name": "Acme Shop", "slug": slug, "region": region, "organisation": org, "plan_group": group, "branch": "trunk",
			"app_template": "https://example.com/t.zip", "repository": nil, "tags": []tag{{"team", "web"}}, "disk": 5,
			"release_commands": []releaseCommand{{"migrate", "true"}}, "container_structure": nil, "billable_service_subscriptions": []object{{"x": 1}},
		}), status), "uuid")
	}
	id := create("shop", 201)
	detail := h.do("GET", "applications/"+id+"/", "", 200)
	h.want("created", []any{detail["slug"], detail["port"], detail["startup_probe_max_retries"], detail["can_add_environment"], detail["created_at"]},
		[]any{"shop", nil, 30, true, "2026-01-31T12:00:00Z"})
	h.want("environments", h.names("environments/?application="+id, "slug"), "test live")
	h.want("branches", h.names("environments/?application="+id, "branch"), "trunk trunk")
	h.want("live", h.do("GET", "environments/"+h.environment("shop", "live")+"/", "", 200)["is_production_grade"], true)

	h.do("PATCH", "applications/"+id+"/", `{"slug": "new", "region": "x", "is_locked": true, "port": 8080, "release_commands": [], "tags": []}`, 200)
	detail = h.do("GET", "applications/"+id+"/", "", 200)
	h.want("updated", []any{detail["slug"], detail["region"], detail["is_locked"], detail["port"], detail["release_commands"], detail["tags"]},
		[]any{"shop", region, false, 8080, []any{}, []any{}})
	h.do("PUT", "applications/"+id+"/", `{"name": "Shop"}`, 200)
	h.want("a PUT leaves what it does not name", h.do("GET", "applications/"+id+"/", "", 200)["port"], 8080)

	other := text(object{"id": h.list("/iam/v3/organisations/", "uuid")[1]}, "id")
	h.do("POST", "applications/"+id+"/transfer/", `{"organisation": "`+other+`"}`, 200)
	h.want("by organisation", h.names("applications/?organisation="+other, "slug"), "shop")
	h.want("by name", h.names("applications/?name_search=FIR", "slug"), "first")
	h.want("ordered", h.names("applications/?o=-name", "slug"), "shop first")

	repository := h.one("repositories/")
	h.do("POST", "applications/"+id+"/migrate-to-external-repository/", `{"repository": "`+repository+`"}`, 200)
	h.want("a second migration", h.do("POST", "applications/"+id+"/migrate-to-external-repository/", `{"repository": "`+repository+`"}`, 400)["status"], false)

	h.do("POST", "domains/", `{"name": "www.acme.example", "environment": "`+h.environment("shop", "live")+`"}`, 201)
	copied := h.do("POST", "applications/"+id+"/copy/", `{"target_name": "Shop", "target_organisation": "`+other+`", "type": "MIRROR"}`, 200)
	h.want("copy", []any{copied["slug"], copied["copied_from"], copied["copy_type"]}, []any{"shop-2", id, "MIRROR"})
	h.want("mirrors", h.do("GET", "applications/"+id+"/", "", 200)["mirrors_count"], 1)
	h.want("related environments", h.names("environments/?related_to_application="+id, "slug"), "test live test live")

	h.want("archive", h.do("POST", "applications/"+id+"/archive/", `{"verify_name": "Shop"}`, 200)["code"], "success")
	h.do("GET", "applications/"+id+"/", "", 404)
	h.want("left", h.names("applications/", "slug")+h.names("domains/", "name"), "first shop-2")
	create("shop", 400)
	h.do("POST", "applications/"+text(copied, "uuid")+"/archive/", `{"verify_name": "Shop", "delete_immediately": true}`, 200)
	create("shop-2", 201)
}

func TestEnvironmentsLag(t *testing.T) {
	h := start(t, Options{EnvironmentsLag: time.Minute})
	id := text(h.do("POST", "applications/", jsonBody(h, object{
		"name": "Shop", "slug": "shop", "region": h.one("regions/?short_name=eu-ch"),
		"organisation": h.one("/iam/v3/organisations/"), "plan_group": h.list("/billing/v3/application-plan-groups/", "uuid")[0],
	}), 201), "uuid")
	h.want("too early", h.names("environments/?application="+id, "slug"), "")
	h.do("POST", "environments/", `{"application": "`+id+`", "slug": "live", "branch": "main"}`, 400)
	h.do("POST", "environments/", `{"application": "`+id+`", "slug": "staging", "branch": "main"}`, 201)
	h.clock.advance(time.Minute)
	h.want("then", h.names("environments/?application="+id, "slug"), "test live staging")
}

func TestEnvironments(t *testing.T) {
	h := start(t, Options{}, `{"applications": [{"slug": "shop", "name": "Shop", "environments": [
		{"slug": "test", "branch": "develop", "variables": [{"name": "B", "order": 5}, {"name": "A", "value": "s", "is_sensitive": true}], "cronjobs": [{"command": "true"}],
		 "domains": [{"name": "a.example"}], "services": [{"service": "postgresql-15", "service_status": "ATTACHED"}], "deployments": [{"success": false}]},
		{"slug": "live"}]}]}`)
	test := h.environment("shop", "test")
	shown := h.do("GET", "environments/"+test+"/", "", 200)
	application, _ := shown["application"].(object)
	h.want("shown", []any{application["slug"], shown["deployed_url"], shown["primary_domain"], shown["divio_domain"], shown["has_pending_changes"], shown["pending_changes"]},
		[]any{"shop", nil, h.one("domains/"), "shop-test.eu-ch.divio.example", false, []any{}})
	h.want("failed", h.names("environments/?last_deployment_failed=true", "slug"), "test")
	h.want("not deployed", h.names("environments/?deployed=false&slug=live&name_search=sho", "slug"), "live")

	h.do("PATCH", "environments/"+test+"/", `{"branch": "next", "alternative_dockerfile": "Dockerfile.test", "slug": "x"}`, 200)
	shown = h.do("GET", "environments/"+test+"/", "", 200)
	h.want("updated", []any{shown["slug"], shown["branch"], shown["alternative_dockerfile"], shown["has_pending_commits"]}, []any{"test", "next", "Dockerfile.test", true})
	h.do("PUT", "environments/"+test+"/", `{"branch": "next", "alternative_dockerfile": null}`, 200)

	h.do("POST", "environments/"+test+"/copy/", `{"new_slug": "copy"}`, 200)
	h.do("POST", "environments/", `{"application": "`+h.one("applications/")+`", "slug": "Extra_1", "branch": "main"}`, 201)
	h.want("dump", h.dump(), strings.TrimPrefix(`
organisation acme
  application shop name="Shop" region=eu-ch plan=standard
    startup probe retries=30 request=2s retry=2s
    environment Extra_1 branch=main pending-commits
    environment copy branch=next pending-commits
      variable B=""
      variable A="s" sensitive
      cronjob "true" DAILY ""
      service database DEFAULT postgresql-15 NEW
    environment live branch=main
    environment test branch=next pending-commits
      variable B=""
      variable A="s" sensitive
      cronjob "true" DAILY ""
      domain a.example primary
      service database DEFAULT postgresql-15 ATTACHED
      deployment 1 failed
`, "\n"))

	here := host + root + "environments/" + test + "/logs/?limit=5"
	logs := h.do("GET", "environments/"+test+"/logs/?limit=5", "", 200)
	h.want("logs", []any{logs["previous"], logs["next"], logs["results"]}, []any{here, here, []any{}})
	h.do("GET", "environments/"+test+"/logs-occurrence/", "", 200)
	h.do("GET", "environments/"+test+"/metrics/?metric=cpu", "", 200)

	h.do("DELETE", "environments/"+test+"/", "", 204)
	h.do("GET", "environments/"+test+"/logs/", "", 404)
	h.want("left", h.names("domains/", "name")+h.names("deployments/", "uuid")+h.names("environments/", "slug"), "live copy Extra_1")
}

func TestVariables(t *testing.T) {
	h := start(t, Options{}, `{"applications": [
		{"slug": "shop", "environments": [{"slug": "live", "variables": [{"name": "A", "value": "1"}, {"name": "B", "is_sensitive": true, "value": "s"}, {"name": "C"}, {"name": "D"}]}]},
		{"slug": "blog", "environments": [{"slug": "live", "variables": [{"name": "X"}]}]}]}`)
	live, blog := h.environment("shop", "live"), h.environment("blog", "live")
	all := "environment-variables/?environment=" + live
	one := func(name string) string { t.Helper(); return "environment-variables/" + h.variable(live, name) + "/" }
	h.want("two environments", h.names(all+"&environment="+blog, "name"), "A B C D X")
	h.want("by application", h.names("environment-variables/?application="+h.one("applications/?slug=blog"), "name"), "X")
	h.want("both", h.names(all+"&application="+h.one("applications/?slug=blog"), "name"), "")
	h.want("filters", h.names(all+"&is_sensitive=true&is_read_only=false&environment_slug=live&name=B", "name"), "B")

	for _, answer := range []object{
		h.do("GET", one("B"), "", 200),
		h.do("PATCH", one("B"), `{"value": "canary"}`, 200),
		h.do("POST", "environment-variables/", `{"name": "E", "environment": "`+live+`", "value": "canary", "is_sensitive": true}`, 201),
	} {
		if _, present := answer["value"]; present {
			t.Errorf("a sensitive value in %v", answer)
		}
	}
	h.want("values", h.list(all, "value"), []any{"1", nil, "", "", nil})

	h.clock.advance(1500 * time.Microsecond)
	h.do("PATCH", one("A"), `{"name": "A2", "is_sensitive": true, "environment": "`+blog+`", "order": 9}`, 200)
	shown := h.do("GET", one("A2"), "", 200)
	h.want("renamed", []any{shown["value"], shown["environment"], shown["order"], shown["date_created"], shown["date_modified"]},
		[]any{"1", live, 0, "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.001500Z"})

	move := func(name, how, target string) {
		t.Helper()
		h.do("POST", one(name)+how+"/", `{"target": "`+h.variable(live, target)+`"}`, 200)
	}
	move("E", "move-before", "A2")
	h.want("moved first", h.names(all, "name"), "E A2 B C D")
	move("E", "move-after", "C")
	h.want("moved down", h.names(all, "name"), "A2 B C E D")
	move("D", "move-before", "B")
	move("D", "move_after", "D")
	h.want("moved up", h.names(all, "name"), "A2 D B C E")
	h.want("numbers", h.list(all, "order"), []int{0, 1, 2, 3, 4})
	h.want("across", h.do("POST", one("D")+"move-after/", `{"target": "`+h.variable(blog, "X")+`"}`, 400),
		object{"target": []string{"The target belongs to another environment."}})
	h.do("DELETE", one("E"), "", 204)
	h.do("POST", "environment-variables/", `{"name": "LAST", "environment": "`+live+`"}`, 201)
	h.want("appended", h.names(all, "name"), "A2 D B C LAST")
	h.want("pending", h.do("GET", "environments/"+live+"/", "", 200)["pending_changes"], []string{"environment-variables"})
}

func TestCronjobs(t *testing.T) {
	h := start(t, Options{}, `{"applications": [{"slug": "shop", "environments": [{"slug": "live"}, {"slug": "test", "cronjobs": [{"command": "other", "time": "1:00"}]}]}]}`)
	env := h.environment("shop", "live")
	id := text(h.do("POST", "cronjobs/", `{"command": "a", "frequency": "DAILY", "time": "02:30", "environment": "`+env+`", "custom_timeout": 60}`, 201), "uuid")
	h.do("POST", "cronjobs/", `{"command": "a", "frequency": "EVERY10MIN", "environment": "`+env+`"}`, 201)
	h.do("PATCH", "cronjobs/"+id+"/", `{"frequency": "HOURLY", "time": ":42", "custom_timeout": null, "environment": "x"}`, 200)
	h.want("updated", h.do("GET", "cronjobs/"+id+"/", "", 200), object{"uuid": id, "command": "a", "frequency": "HOURLY", "time": ":42", "environment": env, "custom_timeout": nil})
	h.do("PUT", "cronjobs/"+id+"/", `{"command": "b", "frequency": "HOURLY"}`, 200)
	h.want("list", h.names("cronjobs/?environment="+env, "command"), "b a")
	h.do("GET", "cronjobs/"+id+"/logs/", "", 200)
	h.do("DELETE", "cronjobs/"+id+"/", "", 204)
	h.want("all", h.names("cronjobs/", "command"), "other a")
}

func TestDomains(t *testing.T) {
	h := start(t, Options{}, `{"organisations": [{"name": "other"}], "applications": [
		{"slug": "shop", "environments": [{"slug": "live"}, {"slug": "test"}]},
		{"slug": "far", "organisation": "other", "environments": [{"slug": "live", "domains": [{"name": "taken.example"}]}]}]}`)
	live, test := h.environment("shop", "live"), h.environment("shop", "test")
	add := func(name, env string) string {
		t.Helper()
		return "domains/" + text(h.do("POST", "domains/", `{"name": "`+name+`", "environment": "`+env+`"}`, 201), "uuid") + "/"
	}
	state := func(env string) string {
		t.Helper()
		var out []string
		for _, d := range h.do("GET", "domains/?environment="+env, "", 200)["results"].([]any) {
			fields := d.(object)
			out = append(out, text(fields, "name")+flags("primary", fields["is_primary"], "redirect", fields["is_redirect_to_primary"]))
		}
		return strings.Join(out, ", ")
	}
	h.do("POST", "domains/", `{"name": "taken.example", "environment": "`+live+`"}`, 400)
	a, b, c := add("A.example", live), add("b.example", live), add("*.c.example", live)
	h.want("first is primary", state(live), "a.example primary, b.example, *.c.example")
	h.want("wildcard", h.do("GET", c, "", 200)["is_wildcard"], true)
	h.do("PATCH", b, `{"is_redirect_to_primary": true, "name": "x", "domain_config": {"a": {"b": 1}}}`, 200)
	h.want("toggle", h.do("POST", c+"toggle-redirect/", "", 200)["redirect_to_primary"], true)
	h.do("POST", b+"make-primary/", "", 400)
	h.do("PUT", b, `{"is_redirect_to_primary": false}`, 200)
	h.do("POST", b+"make-primary/", "", 204)
	h.want("new primary", state(live), "a.example, b.example primary, *.c.example redirect")
	h.want("config", h.do("GET", b, "", 200)["domain_config"], object{"a": object{"b": 1}})

	h.do("POST", c+"transfer/", `{"target_environment": "`+test+`"}`, 200)
	h.do("POST", b+"transfer/", `{"target_environment": "`+test+`"}`, 200)
	h.want("source has no primary", state(live), "a.example")
	h.want("first on arrival", state(test), "b.example, *.c.example primary")
	h.do("DELETE", c, "", 204)
	h.want("nobody follows", state(test), "b.example")
	h.do("DELETE", a, "", 204)
	add("a.example", test)
	h.want("filters", h.names("domains/?application="+h.one("applications/?slug=far")+"&organisation="+text(object{"id": h.list("/iam/v3/organisations/", "uuid")[1]}, "id"), "name"), "taken.example")
}

func TestServicesAndDeployments(t *testing.T) {
	h := start(t, Options{DeploymentTime: time.Minute}, `{"applications": [{"slug": "shop", "region": "us-va", "plan_group": "standard", "environments": [{"slug": "live", "branch": "main",
		"variables": [{"name": "A", "value": "1"}, {"name": "S", "value": "canary", "is_sensitive": true}],
		"services": [{"service": "postgresql-15", "service_status": "ATTACHED"}, {"service": "s3-storage", "fail_provisioning": true}]}]}]}`)
	env := h.one("environments/")
	database := "service-instances/" + text(object{"id": h.list("service-instances/", "uuid")[0]}, "id") + "/"
	storage := "service-instances/" + text(object{"id": h.list("service-instances/", "uuid")[1]}, "id") + "/"
	status := func(path string) string { t.Helper(); return text(h.do("GET", path, "", 200), "service_status") }
	pending := func() any {
		t.Helper()
		return h.do("GET", "environments/"+env+"/", "", 200)["pending_changes"]
	}
	deploy := func(options string) string {
		t.Helper()
		return "deployments/" + text(h.do("POST", "deployments/", `{"environment": "`+env+`"`+options+`}`, 201), "uuid") + "/"
	}

	h.want("wrong region", h.do("POST", "service-instances/", `{"environment": "`+env+`", "prefix": "X", "service": "`+h.one("services/?identifier=mysql-8")+`"}`, 400),
		object{"service": []string{"This service is not available in the application's region."}})
	queue := "service-instances/" + text(h.do("POST", "service-instances/",
		`{"environment": "`+env+`", "prefix": "QUEUE", "service": "`+h.one("services/?identifier=rabbitmq-3")+`", "region": "ignored"}`, 201), "uuid") + "/"
	h.do("PATCH", queue, `{"prefix": "MQ"}`, 200)
	h.want("new", status(queue), "NEW")
	h.do("DELETE", database, "", 400)
	h.do("POST", database+"detach/", "", 204)
	h.do("POST", database+"attach/", "", 204)
	h.want("called off", status(database), "ATTACHED")
	h.do("POST", database+"detach/", "", 204)
	h.want("detaching", status(database), "PENDING_DETACHMENT")

	h.do("POST", storage+"provision/", "", 204)
	h.want("provisioning", status(storage), "PROVISIONING")
	h.do("POST", storage+"provision/", "", 400)
	h.clock.advance(time.Minute)
	h.want("failed", status(storage), "PROVISIONING_FAILED")
	h.want("pending", pending(), []string{"service-instances"})

	run := deploy(`, "provision_services": false`)
	h.want("one at a time", h.do("POST", "deployments/", `{"environment": "`+env+`"}`, 400), object{"detail": "A deployment is running in this environment."})
	h.do("POST", storage+"provision/", "", 400)
	h.do("POST", "cronjobs/", `{"command": "late", "frequency": "EVERY10MIN", "environment": "`+env+`"}`, 201)
	h.clock.advance(30 * time.Second)
	shown := h.do("GET", run, "", 200)
	h.want("half way", []any{shown["percent"], shown["success"], shown["ended_at"], shown["status"], shown["environment_variables"]}, []any{50, nil, nil, "releasing", []string{"A", "S"}})
	running, _ := h.do("GET", "environments/"+env+"/", "", 200)["currently_running_deployment"].(object)
	h.want("running", "deployments/"+text(running, "uuid")+"/", run)
	h.want("deploying", h.names("environments/?deploying=true", "slug"), "live")
	h.clock.advance(30 * time.Second)
	shown = h.do("GET", run, "", 200)
	h.want("done", []any{shown["percent"], shown["success"], shown["ended_at"], shown["status"], shown["duration"]}, []any{100, true, "2026-01-31T12:02:00Z", "done", 60})
	h.want("detached", status(database), "DETACHED")
	h.want("not provisioned", status(queue), "NEW")
	h.want("what came later still waits", pending(), []string{"cronjobs"})
	h.want("values", h.do("GET", run+"environment-variables", "", 301), object{})
	h.want("values", h.do("GET", run+"environment-variables/", "", 200)["environment_variables"], object{"A": "1", "S": nil})
	if log := text(h.do("GET", run+"logs/", "", 200), "logs"); !strings.HasSuffix(log, "Deployment finished\n") {
		t.Errorf("log: %s", log)
	}

	h.do("POST", database+"attach/", "", 204)
	h.do("DELETE", database, "", 400)
	second := deploy(`, "build_mode": "FORCE"`)
	h.do("POST", database+"detach/", "", 204)
	h.do("POST", database+"attach/", "", 204)
	h.do("POST", database+"attach/", "", 400)
	h.clock.advance(time.Minute)
	h.want("attached, unless asked for too late", []string{status(queue), status(storage), status(database)}, []string{"ATTACHED", "ATTACHED", "PENDING_ATTACHMENT"})
	h.want("its variables", h.do("GET", queue, "", 200)["environment_variables"], []string{"MQ_AMQP_DSN"})
	h.want("newest first", h.list("deployments/?environment="+env, "uuid")[0], strings.Split(second, "/")[1])
	h.do("POST", database+"detach/", "", 204)
	h.do("DELETE", database, "", 204)
	h.do("POST", "environments/"+env+"/stop/", "", 204)
	h.want("stopped", h.do("GET", "environments/"+env+"/", "", 200)["currently_released_deployment"], nil)
}

func TestFailingDeployment(t *testing.T) {
	h := start(t, Options{DeploymentTime: time.Minute}, `{"applications": [{"slug": "shop", "environments": [
		{"slug": "live", "fail_deployments": true, "pending_changes": ["domains"], "services": [{"service": "s3-storage"}]}]}]}`)
	env := h.one("environments/")
	run := "deployments/" + text(h.do("POST", "deployments/", `{"environment": "`+env+`"}`, 201), "uuid") + "/"
	h.clock.advance(time.Hour)
	shown := h.do("GET", run, "", 200)
	h.want("failed", []any{shown["success"], shown["is_usable"], shown["status"], shown["ended_at"]}, []any{false, false, "done", "2026-01-31T12:01:00Z"})
	h.want("not attached", text(h.do("GET", "service-instances/"+h.one("service-instances/")+"/", "", 200), "service_status"), "PENDING_ATTACHMENT")
	h.want("still pending", h.do("GET", "environments/"+env+"/", "", 200)["has_pending_changes"], true)
	if log := text(h.do("GET", run+"logs/", "", 200), "logs"); !strings.HasSuffix(log, "Deployment failed\n") {
		t.Errorf("log: %s", log)
	}
	h.want("failures", h.one("deployments/?is_success=false"), text(shown, "uuid"))

	next := "deployments/" + text(h.do("POST", "deployments/", `{"environment": "`+env+`"}`, 201), "uuid") + "/"
	h.do("PATCH", next, `{"success": true, "status": "done", "is_usable": true}`, 200)
	h.want("ended by its worker", h.do("GET", next, "", 200)["ended_at"], "2026-01-31T13:00:00Z")
	h.want("nothing pending", h.do("GET", "environments/"+env+"/", "", 200)["has_pending_changes"], false)
}
