package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestStateFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "below", "state.json")
	a := start(t, Options{File: file}, `{"applications": [{"slug": "shop", "environments": [{"slug": "live", "pending_changes": ["domains"],
		"variables": [{"name": "S", "value": "s", "is_sensitive": true}], "cronjobs": [{"command": "x", "custom_timeout": 5}],
		"domains": [{"name": "a.example", "domain_config": {"n": 1}}], "services": [{"service": "postgresql-15"}], "deployments": [{}]}]}]}`)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		a.want("mode", info.Mode().Perm().String(), "-rw-------")
	}
	b := start(t, Options{File: file})
	a.want("read by another", b.dump(), a.dump())
	a.want("ids", b.list("environments/", "uuid"), a.list("environments/", "uuid"))

	b.do("POST", "domains/", `{"name": "b.example", "environment": "`+b.one("environments/")+`"}`, 201)
	a.want("seen by the first", a.names("domains/", "name"), "a.example b.example")
	a.do("POST", "domains/", `{"name": "b.example", "environment": "`+a.one("environments/")+`"}`, 400)

	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	st, err := decodeState(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := st.encode()
	if err != nil {
		t.Fatal(err)
	}
	a.want("round trip", string(again), string(data))

	if err := b.Reset(); err != nil {
		t.Fatal(err)
	}
	a.want("reset for both", a.dump(), "organisation acme\n")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	a.want("a removed file starts over", a.names("applications/", "slug"), "")
}

func TestStateFileErrors(t *testing.T) {
	fresh, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	good, err := fresh.store.current.encode()
	if err != nil {
		t.Fatal(err)
	}
	id := fresh.store.current.Environments.rows[0].ID
	for name, c := range map[string]struct{ content, want string }{
		"not JSON":        {"{", "unexpected end"},
		"not a state":     {"{}", "not a sandbox state"},
		"newer":           {`{"version": 99}`, "newer program"},
		"null row":        {`{"version": 1, "regions": [null]}`, "entry 0 is null"},
		"bad id":          {`{"version": 1, "regions": [{"uuid": "x"}]}`, "not an id"},
		"twice":           {`{"version": 1, "regions": [{"uuid": "` + id + `"}, {"uuid": "` + id + `"}]}`, "duplicate id"},
		"bad time":        {`{"version": 1, "organisations": [{"uuid": "` + id + `", "created_at": "now"}]}`, "not a timestamp"},
		"orphan":          {strings.Replace(string(good), `"environment": "`+id+`"`, `"environment": "x"`, 1), "environment is missing"},
		"no application":  {`{"version": 1, "environments": [{"uuid": "` + id + `"}]}`, "application is missing"},
		"no repository":   {`{"version": 1, "webhooks": [{"uuid": "` + id + `"}]}`, "repository is missing"},
		"no organisation": {`{"version": 1, "applications": [{"uuid": "` + id + `"}]}`, "organisation or region is missing"},
	} {
		file := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{File: file}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if _, err := New(Options{File: t.TempDir()}); err == nil {
		t.Error("a directory is not a state file")
	}
}

// TestBrokenLater spoils the file under a running sandbox: the requests say so, and it recovers with the file.
func TestBrokenLater(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	h := start(t, Options{File: file})
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("spoilt"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.do("GET", "regions/", "", 500)
	h.do("POST", "domains/", "", 500)
	if err := h.Dump(&strings.Builder{}); err == nil {
		t.Error("a dump of a spoilt file")
	}
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	h.do("GET", "regions/", "", 200)
}

// TestConcurrency lets many clients of two sandboxes on one file write at once: nothing is lost, nothing is
// made twice, and each environment has one order.
func TestConcurrency(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	const seed = `{"applications": [{"slug": "shop", "environments": [{"slug": "live"}]}]}`
	sandboxes := []*harness{start(t, Options{File: file}, seed), start(t, Options{File: file})}
	env := sandboxes[0].one("environments/")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			h := sandboxes[i%2]
			name := fmt.Sprintf("V%02d", i/2) // each name is tried twice
			r := h.request("POST", root+"environment-variables/", "application/json", `{"name": "`+name+`", "environment": "`+env+`"}`)
			if _, err := h.RoundTripper().RoundTrip(r); err != nil {
				t.Error(err)
			}
			if _, err := h.RoundTripper().RoundTrip(h.request("GET", root+"environments/", "", "")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	h := sandboxes[0]
	h.want("variables", len(h.list("environment-variables/?environment="+env, "name")), 10)
	h.want("orders", h.list("environment-variables/?environment="+env, "order"), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	statuses := map[int]int{}
	for _, s := range sandboxes {
		for _, r := range s.Requests() {
			if r.Method == "POST" {
				statuses[r.Status]++
			}
		}
	}
	h.want("statuses", statuses, map[int]int{201: 10, 400: 10})
}
