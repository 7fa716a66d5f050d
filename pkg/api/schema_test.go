package api

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const snake = `{"openapi": "3.0.3", "info": {"title": "Divio", "version": "v3 (3.1)"}, "paths": {
	"/apps/v3/environment-variables/{id}/move_after/": {"parameters": [], "post": {"operationId": "MoveAfterEnvironmentVariable"}},
	"/apps/v3/domains/{id}/{action}/": {"post": {"operationId": "AdditionalDomainAction"}},
	"/apps/v3/domains/{id}/": {"delete": {"operationId": "DestroyDomain"}},
	"/apps/v3/odd/": {"delete": {"operationId": "StopEnvironment"}},
	"/iam/v3/applications/{id}/archive/": {"post": {"operationId": "ArchiveApplication"}},
	"/apps/v3/environments/{id}/metrics/": {"post": {"operationId": "GetEnvironmentMetrics"}},
	"/apps/v3/applications/{id}/avatar/": {"put": {"operationId": "UploadApplicationAvatar"}}
}}`

func schemaAPI(t *testing.T, schema string, status int) handler {
	return func(r *http.Request, n int) (*http.Response, error) {
		if r.URL.Path == "/apps/v3/schema/" {
			if r.Header.Get("Authorization") != "" {
				t.Error("the schema was asked for with the token")
			}
			if r.URL.RawQuery != "format=json" {
				t.Errorf("query %s", r.URL.RawQuery)
			}
			return answer(status, schema), nil
		}
		return answer(200, `{"uuid": "x"}`), nil
	}
}

func TestInferredPaths(t *testing.T) {
	uuid := map[string]string{"uuid": "u", "domain_action": "verify-now"}
	for _, test := range []struct{ name, schema, op, want string }{
		{"another spelling", snake, "MoveAfterEnvironmentVariable", "POST /apps/v3/environment-variables/u/move_after/"},
		{"other parameters, by their order", snake, "AdditionalDomainAction", "POST /apps/v3/domains/u/verify-now/"},
		{"another method", snake, "UploadApplicationAvatar", "PUT /apps/v3/applications/u/avatar/"},
		{"not in the schema", snake, "MoveBeforeEnvironmentVariable", "POST /apps/v3/environment-variables/u/move-before/"},
		{"another number of parameters", snake, "StopEnvironment", "POST /apps/v3/environments/u/stop/"},
		{"elsewhere", snake, "ArchiveApplication", "POST /apps/v3/applications/u/archive/"},
		{"a read as a write", snake, "GetEnvironmentMetrics", "GET /apps/v3/environments/u/metrics/"},
		{"not a schema", `<html></html>`, "MoveAfterEnvironmentVariable", "POST /apps/v3/environment-variables/u/move-after/"},
		{"an empty schema", `{}`, "MoveAfterEnvironmentVariable", "POST /apps/v3/environment-variables/u/move-after/"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _, _ := newFake(t, schemaAPI(t, test.schema, 200))
			method, path, err := c.Path(context.Background(), test.op, uuid)
			if got := method + " " + path; got != test.want || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestSchemaIsReadWhenNeededAndOnce(t *testing.T) {
	uuid := map[string]string{"uuid": "u", "target": "t"}
	c, f, _ := newFake(t, schemaAPI(t, snake, 200))
	if _, _, err := c.Path(context.Background(), "DestroyDomain", uuid); err != nil || len(f.Requests()) != 0 {
		t.Errorf("a path that is sure: %v, %v", f.Requests(), err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, _, err := c.Path(context.Background(), "MoveAfterEnvironmentVariable", uuid); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(f.Requests()) != 1 {
		t.Errorf("%v", f.Requests())
	}
	c, f, log := newFake(t, schemaAPI(t, "no", http.StatusServiceUnavailable))
	for range 3 {
		if _, _, err := c.Path(context.Background(), "MoveAfterEnvironmentVariable", uuid); err != nil {
			t.Error(err)
		}
	}
	if len(f.Requests()) != 1 || !strings.Contains(log.String(), "schema could not be read") {
		t.Errorf("after a failure: %v\n%s", f.Requests(), log)
	}
}

func TestSchemaCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "below", "schema.json")
	cached := func(o *Options) { o.SchemaCache = file }
	ask := func(handle handler, change ...func(*Options)) (path string, requests int) {
		c, f, _ := newFake(t, handle, append(change, cached)...)
		_, path, err := c.Path(context.Background(), "MoveAfterEnvironmentVariable", map[string]string{"uuid": "u"})
		if err != nil {
			t.Fatal(err)
		}
		return path[strings.Index(path, "/u/"):], len(f.Requests())
	}
	check := func(step, path string, requests int, wantPath string, wantRequests int) {
		t.Helper()
		if path != wantPath || requests != wantRequests {
			t.Errorf("%s: %s after %d requests, want %s after %d", step, path, requests, wantPath, wantRequests)
		}
	}
	good, bad := schemaAPI(t, snake, 200), schemaAPI(t, "", 500)
	path, n := ask(good)
	check("first", path, n, "/u/move_after/", 1)
	path, n = ask(bad)
	check("from the file", path, n, "/u/move_after/", 0)
	path, n = ask(bad, func(o *Options) { o.Endpoint = "https://api.other.test" })
	check("another endpoint", path, n, "/u/move-after/", 1)

	age := func() {
		var s Schema
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
		s.FetchedAt = time.Now().Add(-schemaAge - time.Minute)
		if data, err = json.Marshal(s); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	age()
	path, n = ask(bad)
	check("old, and no new one", path, n, "/u/move_after/", 1)
	path, n = ask(good)
	check("old, and a new one", path, n, "/u/move_after/", 1)
	path, n = ask(bad)
	check("the new one", path, n, "/u/move_after/", 0)
	if err := os.WriteFile(file, []byte("{broken"), 0o644); err != nil {
		t.Fatal(err)
	}
	path, n = ask(good)
	check("broken", path, n, "/u/move_after/", 1)
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// A path from the cache that the API does not know is looked up again, once, and the
// request is sent to the new one. It is not sent a second time to the same one.
func TestOutdatedSchema(t *testing.T) {
	move := Request{Op: "MoveAfterEnvironmentVariable", Params: map[string]string{"uuid": "u"}, Body: map[string]any{"target": "t"}}
	old, now := "POST /apps/v3/environment-variables/u/move_after/", "POST /apps/v3/environment-variables/u/move/"
	schema, other := "GET /apps/v3/schema/?format=json", "POST /apps/v3/environment-variables/u/move-after/"
	moved := strings.ReplaceAll(snake, "move_after", "move")
	for _, test := range []struct {
		name   string
		cache  string // the schema in the cache, "" for none
		schema string // the one of the API, "" if it has none
		knows  string // the path that the API knows
		want   []string
		fails  bool
	}{
		{"another path", snake, moved, now, []string{old, schema, now, now}, false},
		{"the same path", snake, snake, "", []string{old, schema, old}, true},
		{"no schema any more", snake, "", "", []string{old, schema, old}, true},
		{"no cache", "", moved, "", []string{schema, now, now}, true},
		{"no cache, and no schema", "", "", "", []string{schema, other, other}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "schema.json")
			if test.cache != "" {
				c, _, _ := newFake(t, schemaAPI(t, test.cache, 200), func(o *Options) { o.SchemaCache = file })
				if _, _, err := c.Path(t.Context(), move.Op, move.Params); err != nil {
					t.Fatal(err)
				}
			}
			c, f, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
				switch {
				case r.URL.Path == "/apps/v3/schema/" && test.schema != "":
					return answer(200, test.schema), nil
				case r.Method+" "+r.URL.Path == test.knows:
					return answer(200, `{"uuid": "u"}`), nil
				}
				return step("404 page")
			}, func(o *Options) { o.SchemaCache = file })
			for range 2 {
				if _, err := c.Do(t.Context(), move); (err != nil) != test.fails {
					t.Errorf("got %v", err)
				}
			}
			if !slices.Equal(f.Requests(), test.want) {
				t.Errorf("requests %v, want %v", f.Requests(), test.want)
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	c, _, _ := newFake(t, schemaAPI(t, snake, 200))
	schema, err := c.FetchSchema(context.Background())
	if err != nil || schema.Version != "v3 (3.1)" {
		t.Fatalf("%+v, %v", schema, err)
	}
	believed := []string{}
	missing := 0
	for _, d := range schema.Differences() {
		switch {
		case d.Believed:
			believed = append(believed, d.Operation.ID)
		case d.Schema == (Route{}):
			missing++
		}
		if d.Operation.ID == "DestroyDomain" {
			t.Error("another name of a parameter is no difference")
		}
	}
	slices.Sort(believed)
	if want := []string{"AdditionalDomainAction", "MoveAfterEnvironmentVariable", "UploadApplicationAvatar"}; !slices.Equal(believed, want) || missing != 141-7 {
		t.Errorf("believed %v, missing %d", believed, missing)
	}
}
