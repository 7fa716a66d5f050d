package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestConventions holds what every operation shares: token, paths, methods, bodies, errors.
func TestConventions(t *testing.T) {
	h := start(t, Options{Token: "right"}, `{"applications": [{"slug": "shop"}]}`)
	const id = "iqbd4lzcnjczfc42qbidn6safu"
	tests := []struct {
		name, method, path, token, contentType, body string
		status                                       int
		want                                         string
		header, value                                string
	}{
		{name: "no token", method: "GET", path: root + "applications/", status: 401,
			want: `{"detail":"Authentication credentials were not provided."}`, header: "WWW-Authenticate", value: "Token"},
		{name: "another scheme", method: "GET", path: root + "applications/", token: "Basic right", status: 401,
			want: `{"detail":"Authentication credentials were not provided."}`},
		{name: "wrong token", method: "GET", path: root + "applications/", token: "Token wrong", status: 401, want: `{"detail":"Invalid token."}`},
		{name: "empty token", method: "GET", path: root + "applications/", token: "Token ", status: 401,
			want: `{"detail":"Invalid token header. No credentials provided."}`},
		{name: "two tokens", method: "GET", path: root + "applications/", token: "Token right wrong", status: 401,
			want: `{"detail":"Invalid token header. Token string should not contain spaces."}`},
		{name: "token in lower case", method: "GET", path: root + "regions/" + id + "/", token: "token right", status: 404, want: `{"detail":"Not found."}`},
		{name: "the schema is open", method: "GET", path: root + "schema/", status: 200},
		{name: "the root is open", method: "GET", path: root, status: 200},
		{name: "a wrong token is wrong everywhere", method: "GET", path: root + "schema/", token: "Token wrong", status: 401, want: `{"detail":"Invalid token."}`},
		{name: "unknown path", method: "GET", path: root + "pets/", status: 404, want: `{"detail":"Not found."}`},
		{name: "unknown path without slash", method: "GET", path: "/", status: 404, want: `{"detail":"Not found."}`},
		{name: "double slash", method: "GET", path: root + "applications//", token: "Token right", status: 404, want: `{"detail":"Not found."}`},
		{name: "no slash", method: "GET", path: root + "applications?slug=a%2Fb", status: 301, header: "Location", value: root + "applications/?slug=a%2Fb"},
		{name: "no slash in a write", method: "POST", path: root + "applications", status: 301, header: "Location", value: root + "applications/"},
		{name: "unknown method", method: "DELETE", path: root + "applications/", token: "Token right", status: 405,
			want: `{"detail":"Method \"DELETE\" not allowed."}`, header: "Allow", value: "GET, HEAD, POST"},
		{name: "the token comes before the method", method: "DELETE", path: root + "applications/", status: 401},
		{name: "malformed id", method: "GET", path: root + "applications/shop/", token: "Token right", status: 400, want: `{"detail":"Invalid UUID."}`},
		{name: "id of nothing", method: "GET", path: root + "applications/" + id + "/", token: "Token right", status: 404, want: `{"detail":"Not found."}`},
		{name: "hyphenated id of nothing", method: "GET", path: root + "applications/44023e2f-226a-4592-8b9a-805036fa402d/", token: "Token right", status: 404,
			want: `{"detail":"Not found."}`},
		{name: "known but not emulated", method: "GET", path: root + "invoices/", token: "Token right", status: 501,
			want: `{"detail":"The sandbox does not emulate the operation ListInvoices."}`},
		{name: "broken JSON", method: "POST", path: root + "cronjobs/", token: "Token right", contentType: "application/json", body: `{`, status: 400,
			want: `{"detail":"JSON parse error - unexpected EOF"}`},
		{name: "two documents", method: "POST", path: root + "cronjobs/", token: "Token right", contentType: "application/json", body: `{}{}`, status: 400,
			want: `{"detail":"JSON parse error - extra data"}`},
		{name: "a list", method: "POST", path: root + "cronjobs/", token: "Token right", contentType: "application/json", body: `[]`, status: 400,
			want: `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`},
		{name: "another type", method: "POST", path: root + "cronjobs/", token: "Token right", contentType: "text/plain", body: `{}`, status: 415,
			want: `{"detail":"Unsupported media type \"text/plain\" in request."}`},
		{name: "a body with a GET", method: "GET", path: root + "invoices/", token: "Token right", contentType: "application/json", body: `{`, status: 501},
		{name: "me", method: "GET", path: "/iam/v3/me/", token: "Token right", status: 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), test.method, test.path, strings.NewReader(test.body))
			if test.token != "" {
				r.Header.Set("Authorization", test.token)
			}
			if test.contentType != "" {
				r.Header.Set("Content-Type", test.contentType)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != test.status || test.want != "" && w.Body.String() != test.want {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, test.status, test.want)
			}
			if got := w.Header().Get(test.header); test.header != "" && got != test.value {
				t.Errorf("%s: got %q, want %q", test.header, got, test.value)
			}
			if kind := w.Header().Get("Content-Type"); w.Body.Len() > 0 && !strings.Contains(kind, "application/") {
				t.Errorf("Content-Type: got %q", kind)
			}
		})
	}
}

func TestRequestLog(t *testing.T) {
	var out bytes.Buffer
	h := start(t, Options{Log: &out})
	h.do("GET", "regions/?short_name=eu-ch", "", 200)
	h.do("POST", "domains/", `{"name": "canary.example"}`, 400)
	h.do("GET", "/nowhere/", "", 404)
	h.Inject(Fault{Drop: DropBefore})
	if _, err := h.RoundTripper().RoundTrip(h.request("GET", "/apps/v3/regions/", "", "")); err == nil {
		t.Error("a dropped request has no answer")
	}
	h.want("log", out.String(), "GET /apps/v3/regions/?short_name=eu-ch 200\nPOST /apps/v3/domains/ 400\nGET /nowhere/ 404\nGET /apps/v3/regions/ dropped\n")
	h.want("requests", h.Requests(), []Request{
		{"GET", "/apps/v3/regions/", "short_name=eu-ch", 200, "ListRegions"},
		{"POST", "/apps/v3/domains/", "", 400, "CreateDomain"},
		{"GET", "/nowhere/", "", 404, ""},
		{"GET", "/apps/v3/regions/", "", 0, "ListRegions"},
	})
	h.ResetRequests()
	h.want("requests after the reset", len(h.Requests()), 0)
}

func TestFaults(t *testing.T) {
	const seed = `{"applications": [{"slug": "shop"}]}`
	fetch := func(h *harness, method, path string) (int, http.Header, string, error) {
		response, err := h.RoundTripper().RoundTrip(h.request(method, path, "", ""))
		if err != nil {
			return 0, nil, "", err
		}
		data, err := io.ReadAll(response.Body)
		return response.StatusCode, response.Header, string(data), err
	}
	t.Run("status, after and times", func(t *testing.T) {
		h := start(t, Options{}, seed)
		h.Inject(Fault{Method: "get", Path: "/apps/v3/*", After: 1, Times: 2, Status: 429, RetryAfter: "3"})
		var got []int
		for range 4 {
			status, header, body, err := fetch(h, "GET", "/apps/v3/regions/")
			if err != nil {
				t.Fatal(err)
			}
			if status == 429 && (header.Get("Retry-After") != "3" || body != `{"detail":"Request was throttled. Expected available in 3 seconds."}`) {
				t.Errorf("got %v %s", header, body)
			}
			got = append(got, status)
		}
		h.want("statuses", got, []int{200, 429, 429, 200})
	})
	t.Run("globs", func(t *testing.T) {
		for glob, hits := range map[string]map[string]bool{
			"":                      {"/apps/v3/regions/": true},
			"/apps/v3/regions/":     {"/apps/v3/regions/": true, "/apps/v3/regions": true, "/apps/v3/regions/x/": false},
			"/apps/v3/domains/*":    {"/apps/v3/domains/": false, "/apps/v3/domains/x/": true, "/apps/v3/domains/x/transfer/": false},
			"/apps/v3/domains/**":   {"/apps/v3/domains/x/transfer/": true},
			"**/make-primary/":      {"/apps/v3/domains/x/make-primary/": true},
			"/apps/v3/[regions]?/*": {"/apps/v3/r/x/": false},
		} {
			for path, hit := range hits {
				if got := arm(Fault{Path: glob}).hits(httptest.NewRequestWithContext(t.Context(), "GET", path, nil)); got != hit {
					t.Errorf("glob %q on %q: %v, want %v", glob, path, got, hit)
				}
			}
		}
	})
	t.Run("bodies", func(t *testing.T) {
		h := start(t, Options{})
		for _, c := range []struct {
			fault             Fault
			contentType, body string
		}{
			{Fault{Status: 502}, "text/html; charset=utf-8", "<!doctype html><title>Bad Gateway</title>"},
			{Fault{Status: 503, Body: `{"x":1}`}, "application/json", `{"x":1}`},
			{Fault{Status: 503, Body: "soon"}, "text/html; charset=utf-8", "soon"},
			{Fault{Status: 429}, "application/json", `{"detail":"Request was throttled."}`},
			{Fault{Status: 403}, "application/json", `{"detail":"Forbidden."}`},
		} {
			c.fault.Times = 1
			h.Inject(c.fault)
			status, header, body, err := fetch(h, "GET", "/apps/v3/regions/")
			if err != nil || status != c.fault.Status || header.Get("Content-Type") != c.contentType || body != c.body {
				t.Errorf("%+v: got %d %s %s %v", c.fault, status, header, body, err)
			}
		}
	})
	t.Run("drop", func(t *testing.T) {
		h := start(t, Options{}, seed)
		env := h.environment("shop", "live")
		path := "/apps/v3/environments/" + env + "/"
		h.Inject(Fault{Method: "DELETE", Drop: DropBefore, Times: 1})
		h.Inject(Fault{Method: "DELETE", Drop: DropAfter, Times: 1})
		if _, _, _, err := fetch(h, "DELETE", path); !errors.Is(err, errDropped) {
			t.Errorf("got %v", err)
		}
		h.do("GET", path, "", 200)
		if _, _, _, err := fetch(h, "DELETE", path); !errors.Is(err, errDropped) {
			t.Errorf("got %v", err)
		}
		h.do("GET", path, "", 404)
	})
	t.Run("drop on a socket", func(t *testing.T) {
		h := start(t, Options{}, seed)
		server := httptest.NewServer(h)
		defer server.Close()
		h.Inject(Fault{Drop: DropBefore, Times: 1})
		get := func() (*http.Response, error) {
			r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+root, nil)
			if err != nil {
				return nil, err
			}
			return server.Client().Do(r)
		}
		// Go's client repeats a GET that breaks on a used connection, so the first one has to be new.
		if response, err := get(); err == nil {
			response.Body.Close()
			t.Error("a dropped connection has no answer")
		}
		response, err := get()
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		h.want("status", response.StatusCode, 200)
	})
	t.Run("drop without a connection", func(t *testing.T) {
		h := start(t, Options{})
		h.Inject(Fault{Drop: DropBefore})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, h.request("GET", root, "", ""))
		h.want("status", w.Code, 502)
	})
}

func TestTransportHonoursContext(t *testing.T) {
	h := start(t, Options{Latency: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := h.RoundTripper().RoundTrip(h.request("GET", root, "", "").WithContext(ctx))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	h = start(t, Options{})
	done, stop := context.WithCancel(t.Context())
	stop()
	if _, err := h.RoundTripper().RoundTrip(h.request("GET", root, "", "").WithContext(done)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestHead(t *testing.T) {
	h := start(t, Options{})
	response, err := h.RoundTripper().RoundTrip(h.request("HEAD", root+"regions/", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(response.Body)
	if err != nil || len(data) > 0 || response.StatusCode != 200 {
		t.Errorf("got %d %s %v", response.StatusCode, data, err)
	}
}
