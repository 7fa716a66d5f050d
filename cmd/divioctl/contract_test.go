package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// contractHost is the server that the contract names.
const contractHost = "api.divio.com"

// readContract reads the OpenAPI document once for all scripts.
var readContract = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("../../pkg/api/contract/divio-apps-v3.openapi.yaml")
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

// contractKeeper stands before a sandbox and holds both sides to the contract:
// every request that the program sends, and every answer that it gets.
type contractKeeper struct {
	next  http.Handler
	paths routers.Router
	// snake: the sandbox spells inferred paths another way than the contract.
	snake bool

	mu         sync.Mutex
	violations []string
	invented   map[string]bool // bodies that a script made up; they need not obey
	writes     []written
}

func (k *contractKeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	k.wrote(r, body)
	answer := &tee{ResponseWriter: w, status: http.StatusOK}
	k.next.ServeHTTP(answer, r)
	k.check(r, body, answer)
}

// tee passes an answer on while it is copied.
type tee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *tee) WriteHeader(status int) {
	t.status = status
	t.ResponseWriter.WriteHeader(status)
}

func (t *tee) Write(data []byte) (int, error) {
	t.body.Write(data)
	return t.ResponseWriter.Write(data)
}

// Unwrap lets the sandbox break the connection.
func (t *tee) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (k *contractKeeper) violated(format string, args ...any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.violations = append(k.violations, fmt.Sprintf(format, args...))
}

// invent excuses answers with this body.
func (k *contractKeeper) invent(body string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.invented == nil {
		k.invented = map[string]bool{}
	}
	k.invented[body] = true
}

// found gives the violations so far, in order.
func (k *contractKeeper) found() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.violations)
}

func (k *contractKeeper) check(r *http.Request, body []byte, answer *tee) {
	where := r.Method + " " + r.URL.Path
	request := r.Clone(r.Context())
	request.URL = &url.URL{Scheme: "https", Host: contractHost, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	request.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := k.paths.FindRoute(request)
	if err != nil {
		// The API's own schema is not part of the contract, nor are the other APIs.
		if !k.snake && strings.HasPrefix(r.URL.Path, "/apps/v3/") && r.URL.Path != "/apps/v3/schema/" {
			k.violated("%s: the contract has no such operation", where)
		}
		return
	}
	k.onlyListed(where, route.Operation, r.URL.Query(), body)
	input := &openapi3filter.RequestValidationInput{
		Request: request, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		k.violated("%s: the request breaks the contract: %v", where, err)
	}
	k.mu.Lock()
	invented := k.invented[answer.body.String()]
	k.mu.Unlock()
	if invented || answer.status >= http.StatusMultipleChoices || answer.body.Len() == 0 {
		return // a failure, injected or not: the contract says nothing about those
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.status, Header: answer.Header(),
		Body:    io.NopCloser(&answer.body),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		k.violated("%s: the answer breaks the contract: %v", where, err)
	}
}

// onlyListed wants a request to hold nothing that the contract does not list: the
// real API ignores unknown filters and fields without a word.
func (k *contractKeeper) onlyListed(where string, op *openapi3.Operation, query url.Values, body []byte) {
	for name := range query {
		if op.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			k.violated("%s: the contract knows no query parameter %q", where, name)
		}
	}
	if op.RequestBody == nil || len(body) == 0 {
		return
	}
	media := op.RequestBody.Value.Content.Get("application/json")
	var fields map[string]any
	if media == nil || json.Unmarshal(body, &fields) != nil {
		return
	}
	for name := range fields {
		if _, listed := media.Schema.Value.Properties[name]; !listed {
			k.violated("%s: the contract knows no field %q", where, name)
		}
	}
}
