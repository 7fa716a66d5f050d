package sandbox

import (
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestContractOperations compares the table of operations with the contract: every operation, no other, at
// the contract's address.
func TestContractOperations(t *testing.T) {
	h := start(t, Options{})
	want := map[string]string{}
	for path, item := range h.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			want[operation.OperationID] = method + " " + path
		}
	}
	got := map[string]string{}
	for _, r := range h.routes.known {
		if r.id != "" {
			got[r.id] = r.method + " " + r.path
		}
	}
	h.want("number of operations", len(want), 141)
	h.want("operations", got, want)
}

// TestEveryOperationAnswers calls every operation of the contract: nothing but 501 where one is not emulated,
// never 404 for a path that exists, never a crash.
func TestEveryOperationAnswers(t *testing.T) {
	h := start(t, Options{})
	for _, op := range operations {
		path := root + strings.NewReplacer("{uuid}", newID(), "{domain_action}", "check-dns").Replace(op.path)
		response, err := h.RoundTripper().RoundTrip(h.request(op.method, path, "", ""))
		if err != nil {
			t.Fatal(err)
		}
		switch status := response.StatusCode; {
		case op.run == nil && status != http.StatusNotImplemented:
			t.Errorf("%s: got %d, want 501", op.id, status)
		case op.run != nil && strings.Contains(op.path, "{uuid}") && status != http.StatusNotFound:
			t.Errorf("%s on nothing: got %d, want 404", op.id, status)
		case op.run != nil && !strings.Contains(op.path, "{uuid}") && status != http.StatusOK && status != http.StatusBadRequest:
			t.Errorf("%s: got %d, want 200 or 400", op.id, status)
		}
	}
	for i, line := range h.Requests() {
		h.want("operation id", line.OperationID, operations[i].id)
	}
}

// TestDocumentedGaps compares what the documentation calls not emulated with the table of operations: collections of
// which nothing is served, and single operations of the others.
func TestDocumentedGaps(t *testing.T) {
	text, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## What it does not emulate\n")
	got := map[string]bool{}
	for _, match := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(section, -1) {
		got[match[1]] = true
	}
	served, want := map[string]bool{}, map[string]bool{}
	for _, op := range operations {
		if op.run != nil {
			served[strings.Split(op.path, "/")[0]] = true
		}
	}
	for _, op := range operations {
		collection := strings.Split(op.path, "/")[0]
		switch {
		case op.run != nil:
		case served[collection]:
			want[op.id] = true
		default:
			want[collection] = true
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("docs/sandbox.md names\n%v\nbut these are not emulated\n%v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// TestSpellings tries the addresses that the reference does not tell apart.
func TestSpellings(t *testing.T) {
	const seed = `{"applications": [{"slug": "shop", "environments": [{"slug": "live",
		"variables": [{"name": "A"}, {"name": "B"}], "domains": [{"name": "a.example", "additional_actions": ["check-dns"]}]}]}]}`
	actions := func(h *harness) map[string]string {
		env := h.environment("shop", "live")
		v, domain := "environment-variables/"+h.variable(env, "B"), "domains/"+h.one("domains/")
		return map[string]string{
			v + "/move-before/": "kebab", v + "/move_before/": "snake",
			domain + "/make-primary/": "kebab", domain + "/make_primary/": "snake",
			"environments/" + env + "/logs/occurrence/":          "other",
			domain + "/check-dns/":                               "other",
			"environments/" + env + "/logs-occurrence/":          "kebab",
			"environments/" + env + "/logs_occurrence/":          "snake",
			"environments/" + env + "/logs/":                     "always",
			"deployments/" + newID() + "/logs/":                  "always",
			"deployments/" + newID() + "/environment-variables/": "always",
		}
	}
	for _, snake := range []bool{false, true} {
		h := start(t, Options{SnakeActions: snake}, seed)
		for path, spelling := range actions(h) {
			routes, _ := h.routes.find(root + path)
			served := len(routes) > 0
			if want := spelling == "always" || !snake || spelling == "snake"; served != want {
				t.Errorf("SnakeActions %v: %s served %v, want %v", snake, path, served, want)
			}
		}
	}
	h := start(t, Options{}, seed)
	domain := "domains/" + h.one("domains/")
	h.do("POST", domain+"/actions/check-dns/", "", 200)
	h.do("POST", domain+"/check-dns/", "", 200)
	h.do("POST", domain+"/actions/unknown/", "", 404)
	h.do("POST", domain+"/actions/%24/", "", 404)
}

func TestSchema(t *testing.T) {
	for snake, want := range map[bool]string{false: "/move-after/", true: "/move_after/"} {
		h := start(t, Options{SnakeActions: snake})
		paths, _ := h.do("GET", "schema/?format=json", "", 200)["paths"].(object)
		var found []string
		count := 0
		for path, item := range paths {
			operations, _ := item.(object)
			count += len(operations)
			if post, _ := operations["post"].(object); post["operationId"] == "MoveAfterEnvironmentVariable" {
				found = append(found, path)
			}
		}
		h.want("operations", count, 141)
		h.want("path", found, []string{"/apps/v3/environment-variables/{uuid}" + want})
	}
	h := start(t, Options{})
	for accept, want := range map[string]string{"": "application/vnd.oai.openapi", "application/json": "application/vnd.oai.openapi+json"} {
		r := h.request("GET", root+"schema/", "", "")
		r.Header.Set("Accept", accept)
		response, err := h.RoundTripper().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		h.want("type for "+accept, response.Header.Get("Content-Type"), want)
	}
	names := slices.Sorted(maps.Keys(h.do("GET", root, "", 200)))
	h.want("collections in the root", len(names), 32)
}

func TestCatalogue(t *testing.T) {
	h := start(t, Options{}, `{
		"organisations": [{"name": "other"}],
		"plan_groups": [{"name": "private", "organisations": ["other"], "regions": ["us-va"]}],
		"applications": [{"slug": "far", "region": "us-va"}]}`)
	h.want("me", h.do("GET", "/iam/v3/me/", "", 200)["email"], "ada@acme.example")
	h.want("organisations", h.names("/iam/v3/organisations/", "name"), "acme other")
	ids := h.list("/iam/v3/organisations/", "uuid")
	acme, _ := ids[0].(string)
	other, _ := ids[1].(string)
	h.want("organisation", h.do("GET", "/iam/v3/organisations/"+acme+"/", "", 200)["name"], "acme")
	groups := "/billing/v3/application-plan-groups/"
	h.want("plan groups", h.names(groups, "name"), "standard business private")
	h.want("plan groups of acme", h.names(groups+"?organisation="+acme, "name"), "standard business")
	group := h.list(groups+"?organisation="+other, "uuid")[2].(string)
	h.want("its regions", h.do("GET", groups+group+"/", "", 200)["regions"], []string{h.one("regions/?short_name=us-va")})

	h.want("regions", h.names("regions/", "short_name"), "eu-ch eu-ie us-va")
	virginia := h.one("regions/?name=Virginia")
	h.want("regions by id", h.names("regions/?uuid="+virginia+"&uuid="+h.one("regions/?short_name=eu-ch"), "short_name"), "eu-ch us-va")
	h.do("GET", "regions/"+virginia+"/", "", 200)

	h.want("databases", h.names("services/?type=DATABASE", "identifier"), "postgresql-15 postgresql-16 mysql-8")
	h.want("databases in Virginia", h.names("services/?type=DATABASE&region="+virginia, "identifier"), "postgresql-15 postgresql-16")
	h.want("databases for an application", h.names("services/?type=DATABASE&website="+h.one("applications/"), "identifier"), "postgresql-15 postgresql-16")
	h.want("nothing for no application", h.names("services/?website="+newID(), "identifier"), "")
	h.want("a bad choice", h.do("GET", "services/?type=PETS", "", 400),
		object{"type": []string{"Select a valid choice. PETS is not one of the available choices."}})
	h.want("a bad id", h.do("GET", "regions/?uuid=x", "", 400), object{"uuid": []string{"Enter a valid UUID."}})
	h.do("GET", "services/"+h.one("services/?identifier=rabbitmq-3")+"/", "", 200)
}

func TestRepositories(t *testing.T) {
	h := start(t, Options{}, `{"repositories": [
		{"url": "git@git.example.com:acme/shop.git", "state": "CLONED"},
		{"url": "https://git.example.com/acme/blog.git", "authentication_type": "USERPASS"},
		{"url": ""}]}`)
	var got []any
	for _, id := range h.list("repositories/", "uuid") {
		h.do("GET", "repositories/"+id.(string)+"/", "", 200)
		got = append(got, h.do("GET", "repositories/"+id.(string)+"/endpoint/", "", 200)["connection_info"])
	}
	h.want("endpoints", got, []object{
		{"url": "git@git.example.com:acme/shop.git", "scheme": "ssh", "user": "git", "host": "git.example.com", "path": "acme/shop.git"},
		{"url": "https://git.example.com/acme/blog.git", "scheme": "https", "user": "", "host": "git.example.com", "path": "acme/blog.git"},
		{},
	})
}

func TestContainerRegistries(t *testing.T) {
	h := start(t, Options{}, `{"organisations": [{"name": "other"}], "container_registries": [
		{"server": "registry.example.com", "username": "seeded", "password": "canary"},
		{"organisation": "other", "server": "registry.example.com"}]}`)
	organisations := h.list("/iam/v3/organisations/", "uuid")
	acme, other := organisations[0].(string), organisations[1].(string)
	made := h.do("POST", "container-registries/", `{"server": "ghcr.io", "organisation": "`+acme+`", "username": "ci", "password": "canary"}`, 201)
	path := "container-registries/" + text(made, "uuid") + "/"
	h.want("no credentials come back", made, object{"uuid": text(made, "uuid"), "server": "ghcr.io", "organisation": acme})
	h.want("nor later", h.do("GET", path, "", 200), made)
	h.want("the password alone", h.do("PATCH", path, `{"password": "next"}`, 200), made)
	h.want("by organisation", h.names("container-registries/?organisation="+acme, "server"), "registry.example.com ghcr.io")
	h.want("dump", h.dump(), strings.TrimPrefix(`
organisation acme
  container registry ghcr.io username="ci" password="next"
  container registry registry.example.com username="seeded" password="canary"
organisation other
  container registry registry.example.com username="" password=""
`, "\n"))
	h.do("PUT", path, `{"server": "ghcr.io", "organisation": "`+other+`", "username": "a", "password": "b"}`, 200)
	h.want("moved", h.names("container-registries/?organisation="+other, "server"), "registry.example.com ghcr.io")
	h.do("DELETE", path, "", 204)
	h.do("GET", path, "", 404)
}

func TestPaging(t *testing.T) {
	h := start(t, Options{PageSize: 2, MaxPageSize: 3}, `{"applications": [
		{"slug": "a", "environments": [{"slug": "live", "cronjobs": [{"command": "1"}, {"command": "2"}, {"command": "3"}, {"command": "4"}, {"command": "5"}]}]},
		{"slug": "b", "environments": []}, {"slug": "c", "environments": []}, {"slug": "d", "environments": []}, {"slug": "e", "environments": []}]}`)
	page := func(path string) []any {
		t.Helper()
		answer := h.do("GET", path, "", 200)
		var slugs strings.Builder
		for _, item := range answer["results"].([]any) {
			fields := item.(object)
			slugs.WriteString(text(fields, "slug") + text(fields, "command"))
		}
		return []any{answer["count"], slugs.String(), answer["next"], answer["previous"]}
	}
	const apps, jobs = host + root + "applications/", host + root + "cronjobs/"
	for path, want := range map[string][]any{
		"applications/": {5, "ab", apps + "?page=2", nil},
		"applications/?page=2&name_search=&o=-name": {5, "cb", apps + "?name_search=&o=-name&page=3", apps + "?name_search=&o=-name"},
		"applications/?page=3":                      {5, "e", nil, apps + "?page=2"},
		"applications/?page_size=100":               {5, "abc", apps + "?page=2&page_size=100", nil},
		"applications/?page_size=0":                 {5, "ab", apps + "?page=2&page_size=0", nil},
		"applications/?slug=none":                   {0, "", nil, nil},
		"cronjobs/":                                 {5, "12", jobs + "?limit=2&offset=2", nil},
		"cronjobs/?offset=2":                        {5, "34", jobs + "?limit=2&offset=4", jobs + "?limit=2"},
		"cronjobs/?limit=1&offset=3":                {5, "4", jobs + "?limit=1&offset=4", jobs + "?limit=1&offset=2"},
		"cronjobs/?offset=9":                        {5, "", nil, jobs + "?limit=2&offset=7"},
		"cronjobs/?offset=-1&limit=0":               {5, "12", jobs + "?limit=2&offset=2", nil},
	} {
		h.want(path, page(path), want)
	}
	for _, path := range []string{"applications/?page=4", "applications/?page=0", "applications/?page=x", "applications/?slug=none&page=2"} {
		h.want(path, h.do("GET", path, "", 404), object{"detail": "Invalid page."})
	}
	h.want("all pages", h.names("applications/", "slug"), "a b c d e")
}
