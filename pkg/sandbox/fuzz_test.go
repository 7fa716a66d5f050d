package sandbox

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzSeed feeds documents to the parser: it never crashes, and what it takes makes a state that can be
// dumped, saved and read again.
func FuzzSeed(f *testing.F) {
	f.Add(`{"organisations": [{"name": "o"}], "regions": [{"short_name": "r"}], "plan_groups": [{"name": "p", "regions": ["r"], "organisations": ["o"]}]}`)
	f.Add(`{"services": [{"identifier": "s", "type": "AMQP"}], "repositories": [{"url": "u"}], "account": {"email": "e"}}`)
	f.Add(`{"applications": [{"slug": "a", "environments": [{"slug": "b", "domains": [{"name": "c", "additional_actions": [{}, 1]}]}]}]}`)
	f.Add(`{"repositories": [{"url": "u", "webhooks": [{"provider_class": "GITHUB"}]}], "grant_access": ["u"], "container_registries": [{"server": "s"}]}`)
	f.Add(`{"applications": [{"slug": "a", "environments": [{"slug": "b", "deployments": [{"ends_in": "1h"}]}]}], "pushes": [{"application": "a"}]}`)
	f.Fuzz(func(t *testing.T, document string) {
		now := stamp(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
		st, err := freshState(true, now)
		if err != nil {
			t.Fatal(err)
		}
		if seed(st, strings.NewReader(document), now) != nil {
			return
		}
		st.advance(now)
		dump(st)
		data, err := st.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeState(data); err != nil {
			t.Fatalf("%v: %s", err, data)
		}
	})
}

// FuzzRequest sends arbitrary requests: the sandbox never crashes and never blames itself.
func FuzzRequest(f *testing.F) {
	s, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	initial := s.store.current
	env := initial.Environments.rows[0].ID
	f.Add("GET", "/apps/v3/environment-variables/?environment="+env+"&page=2", "application/json", "")
	f.Add("POST", "/apps/v3/environment-variables/"+initial.Variables.rows[0].ID+"/move-after/", "application/json", `{"target": "`+initial.Variables.rows[1].ID+`"}`)
	f.Add("PATCH", "/apps/v3/domains/"+initial.Domains.rows[0].ID+"/", "application/json", `{"domain_config": {"a": [1.5]}}`)
	f.Add("POST", "/apps/v3/applications/", "application/json", `{"name": 1, "tags": [{}], "release_commands": [null], "app_template": "http://a"}`)
	f.Add("POST", "/apps/v3/cronjobs/", "multipart/form-data; boundary=X", "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--X--")
	f.Add("PATCH", "/apps/v3/repositories/"+initial.Repositories.rows[0].ID+"/", "application/json", `{"authentication_config": {"key_type": "RSA"}}`)
	f.Add("POST", "/apps/v3/webhooks/", "application/json", `{"provider": "GITHUB", "repository": "`+initial.Repositories.rows[0].ID+`"}`)
	f.Add("DELETE", "/apps/v3/environments/"+env+"/", "a=b", "command=x")
	f.Fuzz(func(t *testing.T, method, target, contentType, body string) {
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, "https://api.divio.com"+target, strings.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Authorization", "Token x")
		r.Header.Set("Content-Type", contentType)
		response, err := s.RoundTripper().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(response.Body); err != nil || response.StatusCode == http.StatusInternalServerError {
			t.Fatalf("%d %s %v", response.StatusCode, data, err)
		}
	})
}

func TestIDs(t *testing.T) {
	for text, want := range map[string]string{
		"iqbd4lzcnjczfc42qbidn6safu":           "iqbd4lzcnjczfc42qbidn6safu",
		"44023e2f-226a-4592-8b9a-805036fa402d": "iqbd4lzcnjczfc42qbidn6safu",
		"iqbd4lzcnjczfc42qbidn6safv":           "", // spare bits set
		"IQBD4LZCNJCZFC42QBIDN6SAFU":           "",
		"44023e2f-226a-4592-8b9a-805036fa40-d": "",
		"44023e2f226a45928b9a805036fa402d":     "",
		"":                                     "",
	} {
		got, ok := parseID(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v", text, got, ok)
		}
	}
	if id, again := newID(), newID(); id == again || len(id) != 26 {
		t.Errorf("got %s and %s", id, again)
	}
}
