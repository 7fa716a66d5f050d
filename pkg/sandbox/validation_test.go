package sandbox

import (
	"strings"
	"testing"
)

// TestValidation holds what each operation refuses, and in which words. Every case is answered 400 with
// exactly the problems given, unless it says otherwise.
func TestValidation(t *testing.T) {
	h := start(t, Options{}, `{
		"organisations": [{"name": "other"}],
		"plan_groups": [{"name": "private", "organisations": ["other"]}, {"name": "swiss", "regions": ["eu-ch"]}],
		"repositories": [{"url": "git@git.example.com:acme/x.git"}, {"url": "https://git.example.com/y.git", "authentication_type": "USERPASS", "webhooks": [{"provider_class": "GITLAB"}]}],
		"container_registries": [{"server": "a.example.com"}, {"server": "b.example.com"}],
		"applications": [{"slug": "shop", "name": "Shop", "environments": [{"slug": "live",
			"variables": [{"name": "A", "value": "1"}, {"name": "B"}],
			"cronjobs": [{"command": "true", "time": "02:30"}],
			"domains": [{"name": "www.acme.example"}, {"name": "acme.example", "is_redirect_to_primary": true}],
			"services": [{"service": "postgresql-15"}, {"service": "postgresql-15", "prefix": "OTHER"}]}]}]}`)
	app, env := h.one("applications/"), h.one("environments/")
	var ids object = map[string]any{
		"APP": app, "ENV": env, "NONE": newID(), "VAR": h.variable(env, "A"), "JOB": h.one("cronjobs/"),
		"DOMAIN": h.one("domains/?name=www.acme.example"), "REDIRECT": h.one("domains/?name=acme.example"),
		"INSTANCE": h.list("service-instances/", "uuid")[0], "ORG": h.list("/iam/v3/organisations/", "uuid")[0],
		"REGION": h.one("regions/?short_name=eu-ie"), "STANDARD": h.list("/billing/v3/application-plan-groups/", "uuid")[0],
		"HOOK": h.one("webhooks/"), "REGISTRY": h.list("container-registries/", "uuid")[0],
		"SSH": h.list("repositories/", "uuid")[0], "HTTPS": h.list("repositories/", "uuid")[1],
		"PRIVATE": h.list("/billing/v3/application-plan-groups/", "uuid")[2], "SWISS": h.list("/billing/v3/application-plan-groups/", "uuid")[3],
	}
	pairs := []string{}
	for name, id := range ids {
		pairs = append(pairs, "<"+name+">", id.(string))
	}
	fill := strings.NewReplacer(pairs...)
	long := strings.Repeat("x", 256)
	problem := func(field string, message any) object { return object{field: []any{message}} }
	missing := "This field is required."
	blank, null := "This field may not be blank.", "This field may not be null."
	tests := []struct {
		method, path, body string
		want               object
	}{
		{"POST", "applications/", `{}`, object{"name": []string{missing}, "slug": []string{missing}, "region": []string{missing},
			"organisation": []string{missing}, "plan_group": []string{missing}}},
		{"POST", "applications/", `{"name": " ", "slug": "a b", "region": "x", "organisation": "<NONE>", "plan_group": 5, "app_template": "zip",
			"repository": "<NONE>", "branch": null, "disk": "much", "transfer": -1, "release_commands": [{"label": "a"}, {"label": "a", "command": "b"}, {"label": "a", "command": "b"}, 1],
			"tags": {}, "repository_prepopulated": "maybe"}`, object{
			"name": []string{blank}, "slug": []string{slugMessage}, "region": []string{"Must be a valid UUID."},
			"organisation": []string{`Invalid pk "<NONE>" - object does not exist.`}, "plan_group": []string{"Must be a valid UUID."},
			"app_template": []string{"Enter a valid URL."}, "repository": []string{`Invalid pk "<NONE>" - object does not exist.`},
			"branch": []string{null}, "disk": []string{"A valid integer is required."},
			"transfer": []string{"Ensure this value is greater than or equal to 0."},
			"release_commands": []any{object{"command": []string{missing}}, object{"label": []string{"The label must be unique."}},
				object{"label": []string{"The label must be unique."}}, problem("non_field_errors", "Invalid data. Expected a dictionary, but got int.")},
			"tags":                    problem("non_field_errors", `Expected a list of items but got type "dict".`),
			"repository_prepopulated": []string{"Must be a valid boolean."}}},
		{"POST", "applications/", `{"name": "X", "slug": "shop", "region": "<REGION>", "organisation": "<ORG>", "plan_group": "<STANDARD>"}`,
			problem("slug", "application with this slug already exists.")},
		{"POST", "applications/", `{"name": "X", "slug": "x", "region": "<REGION>", "organisation": "<ORG>", "plan_group": "<PRIVATE>"}`,
			problem("plan_group", "This plan group is not available to the organisation.")},
		{"POST", "applications/", `{"name": "X", "slug": "x", "region": "<REGION>", "organisation": "<ORG>", "plan_group": "<SWISS>"}`,
			problem("region", "This region is not available in the plan group.")},
		{"PUT", "applications/<APP>/", `{"port": 80}`, problem("name", missing)},
		{"PATCH", "applications/<APP>/", `{"name": "` + long + `", "port": 2147483648, "startup_probe_max_retries": 0, "startup_probe_request_timeout": 61,
			"startup_probe_retry_timeout": null, "maintenance_window_start": true, "maintenance_window_duration": 1.5}`, object{
			"name":                          []string{"Ensure this field has no more than 255 characters."},
			"port":                          []string{"Ensure this value is less than or equal to 2147483647."},
			"startup_probe_max_retries":     []string{"Ensure this value is greater than or equal to 1."},
			"startup_probe_request_timeout": []string{"Ensure this value is less than or equal to 60."},
			"startup_probe_retry_timeout":   []string{null},
			"maintenance_window_start":      []string{"A valid integer is required."},
			"maintenance_window_duration":   []string{"A valid integer is required."}}},
		{"PATCH", "applications/<APP>/", `{"release_commands": null}`, problem("release_commands", null)},
		{"PATCH", "applications/<APP>/", `{"tags": [` + strings.TrimSuffix(strings.Repeat(`{"name": "a", "value": "b"},`, 51), ",") + `]}`,
			object{"tags": problem("non_field_errors", "Ensure this field has no more than 50 elements.")}},
		{"POST", "applications/<APP>/archive/", `{}`, problem("verify_name", missing)},
		{"POST", "applications/<APP>/archive/", `{"verify_name": "shop"}`, problem("verify_name", "The name does not match the application's.")},
		{"POST", "applications/<APP>/transfer/", `{}`, problem("organisation", missing)},
		{"POST", "applications/<APP>/migrate-to-external-repository/", `{"repository": null}`, problem("repository", null)},
		{"POST", "applications/<APP>/copy/", `{"target_name": "X", "target_organisation": "<ORG>", "type": "COPY"}`, problem("type", `"COPY" is not a valid choice.`)},
		{"POST", "applications/<APP>/avatar/", `{"file": "x"}`, problem("file", "No file was submitted.")},

		{"POST", "environments/", `{}`, object{"application": []string{missing}, "slug": []string{missing}, "branch": []string{missing}}},
		{"POST", "environments/", `{"application": "<APP>", "slug": "live", "branch": "main"}`,
			problem("non_field_errors", "The fields application, slug must make a unique set.")},
		{"POST", "environments/", `{"application": "<APP>", "slug": "a.b", "branch": "main", "alternative_dockerfile": "` + long + `"}`, object{
			"slug": []string{slugMessage}, "alternative_dockerfile": []string{"Ensure this field has no more than 255 characters."}}},
		{"PUT", "environments/<ENV>/", `{}`, problem("branch", missing)},
		{"PATCH", "environments/<ENV>/", `{"branch": ""}`, problem("branch", blank)},
		{"POST", "environments/<ENV>/copy/", `{"new_slug": "New"}`, problem("new_slug", "This value does not match the required pattern.")},
		{"POST", "environments/<ENV>/copy/", `{"new_slug": "live"}`, problem("non_field_errors", "The fields application, slug must make a unique set.")},
		{"GET", "environments/<ENV>/metrics/", ``, problem("metric", missing)},

		{"GET", "environment-variables/", ``, problem("non_field_errors", "Either application or environment is required.")},
		{"GET", "environment-variables/?environment=", ``, problem("non_field_errors", "Either application or environment is required.")},
		{"GET", "environment-variables/?environment=x", ``, problem("environment", "Enter a valid UUID.")},
		{"POST", "environment-variables/", `{}`, object{"name": []string{missing}, "environment": []string{missing}}},
		{"POST", "environment-variables/", `{"name": "A", "environment": "<ENV>"}`, problem("non_field_errors", "The fields environment, name must make a unique set.")},
		{"POST", "environment-variables/", `{"name": "", "environment": "<NONE>", "value": null, "is_sensitive": null}`, object{"name": []string{blank},
			"environment": []string{`Invalid pk "<NONE>" - object does not exist.`}, "value": []string{null}, "is_sensitive": []string{null}}},
		{"POST", "environment-variables/", `{"name": "` + long + `", "environment": "<ENV>", "value": "` + strings.Repeat("x", 10001) + `"}`, object{
			"name": []string{"Ensure this field has no more than 255 characters."}, "value": []string{"Ensure this field has no more than 10000 characters."}}},
		{"POST", "environment-variables/", `{"name": ["A"], "environment": "<ENV>", "value": "a\u0000b"}`, object{
			"name": []string{"Not a valid string."}, "value": []string{"Null characters are not allowed."}}},
		{"PUT", "environment-variables/<VAR>/", `{"value": "2"}`, problem("name", missing)},
		{"PATCH", "environment-variables/<VAR>/", `{"name": "B"}`, problem("non_field_errors", "The fields environment, name must make a unique set.")},
		{"POST", "environment-variables/<VAR>/move-after/", `{}`, problem("target", missing)},
		{"POST", "environment-variables/<VAR>/move-after/", `{"target": "<NONE>"}`, problem("target", `Invalid pk "<NONE>" - object does not exist.`)},

		{"POST", "cronjobs/", `{}`, object{"command": []string{missing}, "frequency": []string{missing}, "environment": []string{missing}}},
		{"POST", "cronjobs/", `{"command": "true", "frequency": "WEEKLY", "environment": "<ENV>", "time": "12345678901234567", "custom_timeout": -1}`, object{
			"frequency": []string{`"WEEKLY" is not a valid choice.`}, "time": []string{"Ensure this field has no more than 16 characters."},
			"custom_timeout": []string{"Ensure this value is greater than or equal to 0."}}},
		{"POST", "cronjobs/", `{"command": "true", "frequency": "DAILY", "environment": "<ENV>"}`, problem("time", "This time does not match the frequency.")},
		{"POST", "cronjobs/", `{"command": "true", "frequency": "DAILY", "environment": "<ENV>", "time": "24:00"}`, problem("time", "This time does not match the frequency.")},
		{"POST", "cronjobs/", `{"command": "true", "frequency": "HOURLY", "environment": "<ENV>", "time": "02:30"}`, problem("time", "This time does not match the frequency.")},
		{"PATCH", "cronjobs/<JOB>/", `{"frequency": "EVERY10MIN"}`, problem("time", "This time does not match the frequency.")},
		{"PUT", "cronjobs/<JOB>/", `{"command": "true"}`, problem("frequency", missing)},

		{"POST", "domains/", `{}`, object{"name": []string{missing}, "environment": []string{missing}}},
		{"POST", "domains/", `{"name": "WWW.acme.example", "environment": "<ENV>"}`, problem("name", "domain with this name already exists.")},
		{"POST", "domains/", `{"name": "not a domain", "environment": "<ENV>"}`, problem("name", "Enter a valid domain name.")},
		{"PATCH", "domains/<DOMAIN>/", `{"is_redirect_to_primary": true}`, problem("is_redirect_to_primary", "The primary domain cannot redirect to itself.")},
		{"PATCH", "domains/<DOMAIN>/", `{"domain_config": "x"}`, object{"domain_config": problem("non_field_errors", "Invalid data. Expected a dictionary, but got str.")}},
		{"POST", "domains/<DOMAIN>/toggle-redirect/", ``, problem("is_redirect_to_primary", "The primary domain cannot redirect to itself.")},
		{"POST", "domains/<REDIRECT>/make-primary/", ``, object{"detail": "A domain that redirects to the primary domain cannot become the primary domain."}},
		{"POST", "domains/<DOMAIN>/transfer/", `{}`, problem("target_environment", missing)},

		{"POST", "service-instances/", `{}`, object{"environment": []string{missing}, "prefix": []string{missing}, "service": []string{missing}}},
		{"PATCH", "service-instances/<INSTANCE>/", `{"prefix": "OTHER"}`, problem("non_field_errors", "The fields environment, type, prefix must make a unique set.")},
		{"PATCH", "service-instances/<INSTANCE>/", `{"prefix": "A-B"}`, problem("prefix", "This value does not match the required pattern.")},
		{"PUT", "service-instances/<INSTANCE>/", `{"prefix": "` + long[:33] + `"}`, problem("prefix", "Ensure this field has no more than 32 characters.")},
		{"POST", "service-instances/<INSTANCE>/attach/", ``, object{"detail": "A service instance with status NEW cannot be attached."}},
		{"POST", "service-instances/<INSTANCE>/detach/", ``, object{"detail": "A service instance with status NEW cannot be detached."}},

		{"POST", "container-registries/", `{}`, object{"server": []string{missing}, "organisation": []string{missing}, "username": []string{missing}, "password": []string{missing}}},
		{"POST", "container-registries/", `{"server": "` + long + `", "organisation": "<NONE>", "username": "", "password": null}`, object{
			"server": []string{"Ensure this field has no more than 255 characters."}, "organisation": []string{`Invalid pk "<NONE>" - object does not exist.`},
			"username": []string{blank}, "password": []string{null}}},
		{"POST", "container-registries/", `{"server": "a.example.com", "organisation": "<ORG>", "username": "x", "password": "x"}`,
			problem("non_field_errors", "The fields server, organisation must make a unique set.")},
		{"PUT", "container-registries/<REGISTRY>/", `{"server": "a.example.com", "organisation": "<ORG>"}`, object{"username": []string{missing}, "password": []string{missing}}},
		{"PATCH", "container-registries/<REGISTRY>/", `{"server": "b.example.com"}`, problem("non_field_errors", "The fields server, organisation must make a unique set.")},

		{"POST", "repositories/", `{}`, object{"organisation": []string{missing}, "url": []string{missing}}},
		{"POST", "repositories/", `{"organisation": "<NONE>", "url": "git.example.com/x", "username": "", "password": null, "key_type": "DSA", "github_installation_id": 0}`, object{
			"organisation": []string{`Invalid pk "<NONE>" - object does not exist.`}, "url": []string{"Enter a valid URL."}, "username": []string{blank},
			"password": []string{null}, "key_type": []string{`"DSA" is not a valid choice.`},
			"github_installation_id": []string{"Ensure this value is greater than or equal to 1."}}},
		{"POST", "repositories/", `{"organisation": "<ORG>", "url": "git@git.example.com:x.git", "password": "x"}`,
			problem("non_field_errors", "A username and a password need an HTTPS URL.")},
		{"POST", "repositories/", `{"organisation": "<ORG>", "url": "https://git.example.com/x.git", "username": "x"}`,
			problem("non_field_errors", "An HTTPS URL needs a username and a password.")},
		{"POST", "repositories/", `{"organisation": "<ORG>", "url": "https://git.example.com/a b"}`, problem("url", "Enter a valid URL.")},
		{"PUT", "repositories/<SSH>/", `{}`, problem("authentication_type", missing)},
		{"PATCH", "repositories/<SSH>/", `{"authentication_type": "NONE", "authentication_config": "x"}`, object{"authentication_type": []string{`"NONE" is not a valid choice.`},
			"authentication_config": problem("non_field_errors", "Invalid data. Expected a dictionary, but got str.")}},
		{"PATCH", "repositories/<SSH>/", `{"authentication_type": "USERPASS"}`, problem("authentication_type", `"USERPASS" is not possible with the URL of the repository.`)},
		{"PATCH", "repositories/<SSH>/", `{"authentication_config": {"key_type": "DSA"}}`, object{"authentication_config": problem("key_type", `"DSA" is not a valid choice.`)}},
		{"PATCH", "repositories/<HTTPS>/", `{"authentication_type": "GITHUB_APP"}`, object{"authentication_config": problem("github_installation_id", missing)}},
		{"PUT", "repositories/<HTTPS>/", `{"authentication_type": "USERPASS", "authentication_config": {"username": ""}}`,
			object{"authentication_config": object{"username": []string{blank}, "password": []string{missing}}}},
		{"POST", "repositories/<SSH>/transfer/", `{}`, problem("organisation", missing)},
		{"POST", "repositories/<SSH>/check/", `{"migrate": "maybe", "branch": ""}`, object{"migrate": []string{"Must be a valid boolean."}, "branch": []string{blank}}},
		{"POST", "repositories/<SSH>/generate-keypair/", `{"key_type": "DSA"}`, problem("key_type", `"DSA" is not a valid choice.`)},
		{"GET", "repositories/<SSH>/commits/", ``, problem("lookup", missing)},

		{"POST", "webhooks/", `{}`, object{"provider": []string{missing}, "repository": []string{missing}}},
		{"POST", "webhooks/", `{"provider": "github", "repository": "<NONE>"}`, object{"provider": []string{`"github" is not a valid choice.`},
			"repository": []string{`Invalid pk "<NONE>" - object does not exist.`}}},
		{"POST", "webhooks/", `{"provider": "GITLAB", "repository": "<HTTPS>"}`, problem("non_field_errors", "The fields repository, provider must make a unique set.")},
		{"POST", "webhooks/<HOOK>/remote-install/", ``, object{"detail": "Webhooks of gitlab cannot be installed automatically."}},
		{"GET", "webhooks/?repository=x", ``, problem("repository", "Enter a valid UUID.")},

		{"POST", "deployments/", `{"environment": "<ENV>", "build_mode": "LATER", "adopt_deployment": "<NONE>"}`, object{
			"build_mode": []string{`"LATER" is not a valid choice.`}, "adopt_deployment": []string{`Invalid pk "<NONE>" - object does not exist.`}}},
		{"GET", "applications/?o=slug", ``, problem("o", "Select a valid choice. slug is not one of the available choices.")},
		{"GET", "applications/?copy_type=X&organisation=x", ``, object{"copy_type": []string{"Select a valid choice. X is not one of the available choices."},
			"organisation": []string{"Enter a valid UUID."}}},
	}
	before := h.dump()
	for _, test := range tests {
		got := h.do(test.method, fill.Replace(test.path), fill.Replace(test.body), 400)
		wanted := fill.Replace(jsonBody(h, test.want))
		if jsonBody(h, got) != wanted {
			t.Errorf("%s %s %s:\n got %s\nwant %s", test.method, test.path, test.body, jsonBody(h, got), wanted)
		}
	}
	if after := h.dump(); after != before {
		t.Errorf("refused requests changed the state:\n%s", after)
	}
}

// TestPermissions holds what the flags of objects rule out.
func TestPermissions(t *testing.T) {
	h := start(t, Options{}, `{"applications": [
		{"slug": "locked", "is_locked": true, "environments": [{"slug": "live", "variables": [{"name": "A"}, {"name": "B"}], "cronjobs": [{"command": "true"}],
			"domains": [{"name": "locked.example"}], "services": [{"service": "postgresql-15"}], "deployments": [{}]}]},
		{"slug": "full", "can_add_environment": false},
		{"slug": "paused", "is_suspended": true},
		{"slug": "open", "environments": [{"slug": "live",
			"variables": [{"name": "FIXED", "is_read_only": true}, {"name": "FREE"}],
			"domains": [{"name": "managed.example", "is_managed_by_divio": true}, {"name": "fixed.example", "is_editable": false}, {"name": "free.example"}]}]}]}`)
	locked, env := h.one("applications/?slug=locked"), h.environment("locked", "live")
	variable, other := h.variable(env, "A"), h.variable(env, "B")
	domain, instance := h.one("domains/?name=locked.example"), h.one("service-instances/")
	job, run := h.one("cronjobs/"), h.one("deployments/")
	openEnv := h.environment("open", "live")
	fixed, free := h.variable(openEnv, "FIXED"), h.variable(openEnv, "FREE")
	full, paused := h.one("applications/?slug=full"), h.environment("paused", "live")
	freeDomain := h.one("domains/?name=free.example")
	const lock = "The application is locked."
	tests := []struct {
		method, path, body string
		status             int
		detail             string
	}{
		{"PATCH", "applications/" + locked + "/", `{}`, 403, lock},
		{"POST", "applications/" + locked + "/archive/", `{"verify_name": "locked"}`, 403, lock},
		{"DELETE", "applications/" + locked + "/avatar/", ``, 403, lock},
		{"POST", "environments/", `{"application": "` + locked + `", "slug": "x", "branch": "main"}`, 403, lock},
		{"PATCH", "environments/" + env + "/", `{}`, 403, lock},
		{"DELETE", "environments/" + env + "/", ``, 403, lock},
		{"POST", "environments/" + env + "/copy/", `{"new_slug": "x"}`, 403, lock},
		{"POST", "environments/" + env + "/stop/", ``, 403, lock},
		{"POST", "environment-variables/", `{"name": "C", "environment": "` + env + `"}`, 403, lock},
		{"PATCH", "environment-variables/" + variable + "/", `{}`, 403, lock},
		{"DELETE", "environment-variables/" + variable + "/", ``, 403, lock},
		{"POST", "environment-variables/" + variable + "/move-after/", `{"target": "` + other + `"}`, 403, lock},
		{"POST", "cronjobs/", `{"command": "x", "frequency": "EVERY10MIN", "environment": "` + env + `"}`, 403, lock},
		{"PATCH", "cronjobs/" + job + "/", `{}`, 403, lock},
		{"DELETE", "cronjobs/" + job + "/", ``, 403, lock},
		{"POST", "domains/", `{"name": "new.example", "environment": "` + env + `"}`, 403, lock},
		{"PATCH", "domains/" + domain + "/", `{}`, 403, lock},
		{"DELETE", "domains/" + domain + "/", ``, 403, lock},
		{"POST", "domains/" + freeDomain + "/transfer/", `{"target_environment": "` + env + `"}`, 403, lock},
		{"PATCH", "service-instances/" + instance + "/", `{}`, 403, lock},
		{"DELETE", "service-instances/" + instance + "/", ``, 403, lock},
		{"POST", "service-instances/" + instance + "/attach/", ``, 403, lock},
		{"POST", "service-instances/" + instance + "/provision/", ``, 403, lock},
		{"POST", "deployments/", `{"environment": "` + env + `"}`, 403, lock},
		{"PATCH", "deployments/" + run + "/", `{}`, 403, lock},
		{"POST", "deployments/", `{"environment": "` + paused + `"}`, 403, "The application is suspended."},
		{"PATCH", "environment-variables/" + fixed + "/", `{"value": "x"}`, 403, "This environment variable is read-only."},
		{"DELETE", "environment-variables/" + fixed + "/", ``, 403, "This environment variable is read-only."},
		{"POST", "environment-variables/" + fixed + "/move-after/", `{"target": "` + free + `"}`, 403, "This environment variable is read-only."},
		{"DELETE", "domains/" + h.one("domains/?name=managed.example") + "/", ``, 403, "This domain is managed by Divio."},
		{"PATCH", "domains/" + h.one("domains/?name=fixed.example") + "/", `{}`, 403, "This domain cannot be edited."},
	}
	before := h.dump()
	for _, test := range tests {
		h.want(test.method+" "+test.path, h.do(test.method, test.path, test.body, test.status), object{"detail": test.detail})
	}
	h.want("no room", h.do("POST", "environments/", `{"application": "`+full+`", "slug": "x", "branch": "main"}`, 400),
		object{"non_field_errors": []string{"The plan of this application does not allow more environments."}})
	if after := h.dump(); after != before {
		t.Errorf("refused requests changed the state:\n%s", after)
	}
	h.do("POST", "environment-variables/"+free+"/move-before/", `{"target": "`+fixed+`"}`, 200)
}

// TestBodies holds the ways to send the same thing.
func TestBodies(t *testing.T) {
	h := start(t, Options{}, `{"applications": [{"slug": "shop", "environments": [{"slug": "live"}]}]}`)
	app, env := h.one("applications/"), h.one("environments/")
	h.send("POST", "environment-variables/", "application/x-www-form-urlencoded; charset=utf-8",
		"name=FORM&environment="+env+"&value=+a%26b+&is_sensitive=false&unknown=1", 201)
	h.send("POST", "environment-variables/", "multipart/form-data; boundary=X",
		"--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nPARTS\r\n--X\r\nContent-Disposition: form-data; name=\"environment\"\r\n\r\n"+env+"\r\n--X--\r\n", 201)
	h.do("POST", "environment-variables/", `{"name": " JSON ", "environment": "`+env+`", "value": "1.10", "is_pattern_replacement_active": true, "unknown": {}}`, 201)
	h.want("values", h.list("environment-variables/?environment="+env, "value"), []string{" a&b ", "", "1.10"})
	h.want("names", h.names("environment-variables/?environment="+env, "name"), "FORM PARTS JSON")
	h.do("PATCH", "applications/"+app+"/", `{"port": 8080}`, 200)
	h.send("PATCH", "applications/"+app+"/", "application/x-www-form-urlencoded", "port=", 200)
	h.want("port", h.do("GET", "applications/"+app+"/", "", 200)["port"], nil)
	h.send("POST", "applications/"+app+"/avatar/", "multipart/form-data; boundary=X",
		"--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nPNG\r\n--X--\r\n", 200)
	h.do("DELETE", "applications/"+app+"/avatar/", "", 204)
	h.send("POST", "cronjobs/", "multipart/form-data", "x", 400)
	h.send("POST", "cronjobs/", "application/x-www-form-urlencoded", "%zz", 400)
	h.want("no body", len(h.do("POST", "cronjobs/", "", 400)), 3)
}
