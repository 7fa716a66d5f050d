package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// host is the server that the contract names.
const host = "https://api.divio.com"

// contract is the OpenAPI document that every exchange in these tests has to obey.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromFile("../api/contract/divio-apps-v3.openapi.yaml")
})

// harness drives a sandbox as a client would. It validates what is accepted and what is answered against the
// contract, and fails on any answer that has more or fewer keys than the contract lists.
type harness struct {
	*testing.T
	*Sandbox
	clock *clock
	doc   *openapi3.T
	paths routers.Router
}

// clock is a time that moves only when told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// start makes a sandbox without applications, unless the seed brings some.
func start(t *testing.T, opts Options, seeds ...string) *harness {
	t.Helper()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	paths, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	h := &harness{T: t, doc: doc, paths: paths, clock: &clock{now: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}}
	if opts.Clock == nil {
		opts.Clock = h.clock.read
	}
	opts.Empty = true
	if h.Sandbox, err = New(opts); err != nil {
		t.Fatal(err)
	}
	for _, seed := range seeds {
		h.seed(seed)
	}
	return h
}

func (h *harness) seed(document string) {
	h.Helper()
	if err := h.Seed(strings.NewReader(document)); err != nil {
		h.Fatal(err)
	}
}

func (h *harness) dump() string {
	h.Helper()
	var out strings.Builder
	if err := h.Dump(&out); err != nil {
		h.Fatal(err)
	}
	return out.String()
}

// do sends a request with a JSON body, "" for none, and wants a status.
func (h *harness) do(method, path, body string, want int) object {
	h.Helper()
	return h.send(method, path, "application/json", body, want)
}

func (h *harness) send(method, path, contentType, body string, want int) object {
	h.Helper()
	if !strings.HasPrefix(path, "/") {
		path = root + path
	}
	request := h.request(method, path, contentType, body)
	response, err := h.RoundTripper().RoundTrip(request)
	if err != nil {
		h.Fatalf("%s %s: %v", method, path, err)
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		h.Fatal(err)
	}
	if response.StatusCode != want {
		h.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, response.StatusCode, want, data)
	}
	h.validate(h.request(method, path, contentType, body), response, data)
	out := object{}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &out); err != nil {
			h.Fatalf("%s %s: %v: %s", method, path, err, data)
		}
	}
	return out
}

func (h *harness) request(method, path, contentType, body string) *http.Request {
	h.Helper()
	request, err := http.NewRequestWithContext(h.Context(), method, host+path, strings.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	request.Header.Set("Authorization", "Token test")
	if body != "" {
		request.Header.Set("Content-Type", contentType)
	}
	return request
}

// validate compares an exchange with the contract. Requests count only when they were accepted as JSON: tests
// send wrong ones on purpose.
func (h *harness) validate(request *http.Request, response *http.Response, data []byte) {
	h.Helper()
	route, params, err := h.paths.FindRoute(request)
	if err != nil || response.StatusCode >= 300 {
		return
	}
	input := &openapi3filter.RequestValidationInput{
		Request: request, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true},
	}
	if request.ContentLength == 0 || request.Header.Get("Content-Type") == "application/json" {
		if err := openapi3filter.ValidateRequest(h.Context(), input); err != nil {
			h.Errorf("%s %s was accepted against the contract: %v", request.Method, request.URL.Path, err)
		}
	}
	err = openapi3filter.ValidateResponse(h.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header,
		Body: io.NopCloser(bytes.NewReader(data)), Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		h.Errorf("%s %s: the answer breaks the contract: %v", request.Method, request.URL.Path, err)
	}
	if content := route.Operation.Responses.Status(response.StatusCode); content != nil && len(data) > 0 {
		if media := content.Value.Content.Get("application/json"); media != nil {
			var value any
			if err := json.Unmarshal(data, &value); err != nil {
				h.Fatal(err)
			}
			h.sameKeys(request.Method+" "+request.URL.Path, media.Schema.Value, value, nil)
		}
	}
}

// mayDiffer are keys that the contract and an answer need not share: the value of a sensitive variable, what
// the official client needs beyond the reference, and what its text lost.
var mayDiffer = map[string]bool{"value": true, "dsn": true, "next": true}

// sameKeys wants an answer to have the properties of its schema less those that the sandbox was told to omit, at the
// top and in the items of a list.
func (h *harness) sameKeys(where string, schema *openapi3.Schema, value any, omitted []string) {
	h.Helper()
	fields, isObject := value.(object)
	if !isObject || len(schema.Properties) == 0 {
		return
	}
	got, want := keys(fields), keys(schema.Properties)
	want = slices.DeleteFunc(want, func(key string) bool { return slices.Contains(omitted, key) })
	if !slices.Equal(got, want) {
		h.Errorf("%s: the answer has the keys\n%v\nbut the contract\n%v", where, got, want)
	}
	if results := schema.Properties["results"]; results != nil && results.Value.Items != nil {
		items, _ := fields["results"].([]any)
		for _, item := range items {
			h.sameKeys(where, results.Value.Items.Value, item, h.options.OmitFromLists)
		}
	}
}

func keys[V any](m map[string]V) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(m)), func(key string) bool { return mayDiffer[key] })
}

// list gets all of a collection, following "next", as a slice of one field of each item.
func (h *harness) list(path, field string) []any {
	h.Helper()
	values := []any{}
	for path != "" {
		page := h.do("GET", path, "", 200)
		items, _ := page["results"].([]any)
		for _, item := range items {
			fields, _ := item.(object)
			values = append(values, fields[field])
		}
		path = ""
		if next, more := page["next"].(string); more {
			parsed, err := url.Parse(next)
			if err != nil {
				h.Fatal(err)
			}
			path = parsed.RequestURI()
		}
	}
	return values
}

// names is list for texts.
func (h *harness) names(path, field string) string {
	h.Helper()
	texts := []string{}
	for _, value := range h.list(path, field) {
		text, _ := value.(string)
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}

// one gets the id of the only item of a list.
func (h *harness) one(path string) string {
	h.Helper()
	ids := h.list(path, "uuid")
	if len(ids) != 1 {
		h.Fatalf("%s has %d items, want 1", path, len(ids))
	}
	id, _ := ids[0].(string)
	return id
}

// environment is the id of an environment.
func (h *harness) environment(application, slug string) string {
	h.Helper()
	return h.one("environments/?slug=" + slug + "&application=" + h.one("applications/?slug="+application))
}

// variable is the id of a variable.
func (h *harness) variable(environment, name string) string {
	h.Helper()
	return h.one("environment-variables/?environment=" + environment + "&name=" + name)
}

// text is a field of an answer that holds text.
func text(answer object, key string) string {
	value, _ := answer[key].(string)
	return value
}

// want compares what a test saw with what it expects, by their JSON.
func (h *harness) want(what string, got, want any) {
	h.Helper()
	a, errA := json.Marshal(got)
	b, errB := json.Marshal(want)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		h.Errorf("%s: got %s, want %s", what, a, b)
	}
}

// jsonBody writes a JSON body.
func jsonBody(h *harness, fields object) string {
	h.Helper()
	data, err := encodeBody(fields)
	if err != nil {
		h.Fatal(err)
	}
	return string(data)
}
