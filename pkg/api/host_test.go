package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestEndpoint(t *testing.T) {
	for _, test := range []struct{ endpoint, zone, want string }{
		{"", "", "https://api.divio.com"},
		{"", "example.org", "https://api.example.org"},
		{"https://api.divio.com/", "example.org", "https://api.divio.com"},
		{"HTTPS://API.Divio.com", "", "https://api.divio.com"},
		{"http://127.0.0.1:8080", "", "http://127.0.0.1:8080"},
		{"http://localhost:8080/", "", "http://localhost:8080"},
		{"http://[::1]:1", "", "http://[::1]:1"},
		{"http://api.divio.com", "", "error: plain http"},
		{"http://127.0.0.1.example.org", "", "error: plain http"},
		{"http://localhost.example.org", "", "error: plain http"},
		{"ftp://api.divio.com", "", "error: https://"},
		{"api.divio.com", "", "error: not a URL"},
		{"https://", "", "error: not a URL"},
		{"https://user:" + canarySecret + "@api.divio.com", "", "error: user or password"},
		{"https://api.divio.com/apps/v3", "", "error: only a scheme and a host"},
		{"https://api.divio.com?x=1", "", "error: only a scheme and a host"},
		{"", "a/b", "error: not a domain"},
		{"", "evil.org@x", "error: not a domain"},
		{"", "a b", "error: not a domain"},
		{"", "https://control.example.org", "https://api.example.org"},
		{"", "https://Control.Example.org:8443/", "https://api.example.org:8443"},
		{"", "https://divio.com", "https://api.divio.com"},
		{"", "https://api.example.org/", "https://api.example.org"},
		{"", "http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", "http://control.example.org", "error: plain http"},
		{"", "https://user:" + canarySecret + "@control.divio.com", "error: user or password"},
		{"", "https://control.divio.com/x", "error: only a scheme and a host"},
	} {
		got, err := Endpoint(test.endpoint, test.zone)
		if message, fails := strings.CutPrefix(test.want, "error: "); fails {
			if err == nil || !strings.Contains(err.Error(), message) {
				t.Errorf("%q %q: got %v, want %q", test.endpoint, test.zone, err, message)
			}
			mustNotLeak(t, err)
		} else if got != test.want || err != nil {
			t.Errorf("%q %q: got %q, %v; want %q", test.endpoint, test.zone, got, err, test.want)
		}
	}
}

func TestNewRefusesBadTokens(t *testing.T) {
	_, err := New(Options{Endpoint: "https://api.example.test", Token: newToken(canaryToken + "\r\nX: y")})
	if err == nil || !strings.Contains(err.Error(), "line break") {
		t.Errorf("got %v", err)
	}
	mustNotLeak(t, err)
}

// The token must reach the endpoint only, whatever redirects and next links say.
func TestTokenIsSentToTheEndpointOnly(t *testing.T) {
	leaked := false
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked = true
		t.Errorf("%s %s reached another host with %v", r.Method, r.URL, r.Header)
	}))
	defer foreign.Close()
	var endpoint *httptest.Server
	endpoint = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Token "+canaryToken {
			t.Errorf("%s: Authorization is %q", r.URL, r.Header.Get("Authorization"))
		}
		switch r.URL.Path {
		case "/slash/": // as Django redirects
			http.Redirect(w, r, endpoint.URL+"/slashed/", http.StatusMovedPermanently)
		case "/slashed/":
			w.Write([]byte(`{"uuid": "x"}`))
		case "/away/":
			http.Redirect(w, r, foreign.URL+"/stolen/", http.StatusTemporaryRedirect)
		case "/circle/":
			http.Redirect(w, r, endpoint.URL+"/circle/", http.StatusFound)
		default:
			w.Write([]byte(`{"count": 2, "next": "` + foreign.URL + `/apps/v3/regions/?page=2", "results": [{"uuid": "a"}]}`))
		}
	}))
	defer endpoint.Close()
	c, err := New(Options{Endpoint: endpoint.URL, Token: newToken(canaryToken)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := context.Background()

	if r, err := c.Send(ctx, Raw{Method: "GET", Path: "/slash/"}); err != nil || string(r.Body) != `{"uuid": "x"}` {
		t.Errorf("a redirect to the endpoint: %s, %v", r.Body, err)
	}
	for _, raw := range []Raw{
		{Method: "GET", Path: "/away/"}, {Method: "POST", Path: "/away/", Body: []byte(`{}`)},
		{Method: "POST", Path: "/slash/"}, {Method: "DELETE", Path: "/slash/"}, {Method: "GET", Path: "/circle/"},
	} {
		_, err := c.Send(ctx, raw)
		var status *StatusError
		if !errors.As(err, &status) || status.Status < 300 || status.Status > 399 || !strings.Contains(err.Error(), "not followed") {
			t.Errorf("%s %s: got %v", raw.Method, raw.Path, err)
		}
	}
	if _, err := c.List(ctx, "ListRegions", nil, nil); err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("a next link to another host: %v", err)
	}
	if leaked {
		t.Error("the other host was reached")
	}
}

func TestFollow(t *testing.T) {
	for _, test := range []struct{ endpoint, next, want string }{
		{"https://api.x.org", "https://api.x.org/a/?page=2", "/a/?page=2"},
		{"https://api.x.org", "http://api.x.org/a/?page=2", "/a/?page=2"}, // behind a proxy
		{"https://api.x.org", "https://API.x.org:443/a/?page=2", "/a/?page=2"},
		{"https://api.x.org", "?page=2&b=1", "/from/?b=1&page=2"},
		{"https://api.x.org", "/other/?page=2", "/other/?page=2"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080/a/?page=2", "/a/?page=2"},
		{"https://api.x.org", "https://api.x.org.evil.org/a/", ""},
		{"https://api.x.org", "//evil.org/a/", ""},
		{"https://api.x.org", "https://api.x.org:8443/a/", ""},
		{"https://api.x.org", "https://user@api.x.org/a/", ""},
		{"https://api.x.org", "https://evil.org\\@api.x.org/a/", ""},
		{"https://api.x.org", "javascript:alert(1)", ""},
		{"http://127.0.0.1:8080", "http://127.0.0.1:9090/a/", ""},
		{"https://api.x.org", "https://api.x.org/?a=%zz", ""},
		{"https://api.x.org", "https://api.x.org/%zz", ""},
	} {
		c, err := New(Options{Endpoint: test.endpoint})
		if err != nil {
			t.Fatal(err)
		}
		path, query, err := c.follow(test.next, "/from/")
		got := path
		if len(query) > 0 {
			got += "?" + query.Encode()
		}
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: got %q, %v; want %q", test.next, got, err, test.want)
		}
	}
}

// Whatever next says, the request that follows it goes to the endpoint.
func FuzzFollow(f *testing.F) {
	for _, seed := range []string{"https://api.x.org/a/?page=2", "//evil.org/", "?page=2", "/@evil.org/", "https://api.x.org@evil.org/", "https:api", "\\\\evil.org"} {
		f.Add(seed)
	}
	c, err := New(Options{Endpoint: "https://api.x.org", Token: newToken(canaryToken)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		path, query, err := c.follow(next, "/from/")
		if err != nil {
			return
		}
		request, err := c.build(context.Background(), request{method: "GET", path: path, query: query})
		if err != nil {
			return
		}
		if u := request.URL; u.Scheme != "https" || !strings.EqualFold(u.Host, "api.x.org") || request.Host != "" && !strings.EqualFold(request.Host, "api.x.org") {
			t.Errorf("%q leads to %s", next, u)
		}
		if _, err := url.Parse(request.URL.String()); err != nil {
			t.Errorf("%q: %v", next, err)
		}
	})
}
