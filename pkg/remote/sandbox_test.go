package remote_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// contract checks every request against the API's OpenAPI document on its way.
type contract struct {
	t    *testing.T
	next http.RoundTripper
}

var router = sync.OnceValues(func() (routers.Router, error) {
	document, err := openapi3.NewLoader().LoadFromFile("../api/contract/divio-apps-v3.openapi.yaml")
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(document)
})

func (c contract) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/apps/v3/") {
		paths, err := router()
		if err != nil {
			c.t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		copied := r.Clone(r.Context())
		copied.Body = io.NopCloser(bytes.NewReader(body))
		r.Body = io.NopCloser(bytes.NewReader(body))
		route, params, err := paths.FindRoute(copied)
		if err == nil {
			err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
				Request: copied, Route: route, PathParams: params,
				Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
			})
		}
		if err != nil {
			c.t.Errorf("%s %s is not in the contract: %v", r.Method, r.URL, err)
		}
	}
	return c.next.RoundTrip(r)
}

func newSandbox(t *testing.T, options sandbox.Options, seed string) (*sandbox.Sandbox, *api.Client) {
	t.Helper()
	box, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if seed != "" {
		if err := box.Seed(strings.NewReader(seed)); err != nil {
			t.Fatal(err)
		}
	}
	var transport http.RoundTripper = box.RoundTripper()
	if !options.SnakeActions {
		transport = contract{t, transport}
	}
	client, err := api.New(api.Options{
		Endpoint: "https://api.divio.com", Token: resource.NewSecret("token"),
		Transport: transport, Backoff: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	return box, client
}

func addresses(s *resource.State) []string {
	var out []string
	for _, r := range s.Resources {
		out = append(out, r.Address.String())
	}
	slices.Sort(out)
	return out
}

func find(t *testing.T, s *resource.State, address string) *resource.Resource {
	t.Helper()
	wanted := at(address)
	for _, r := range s.Resources {
		if r.Address == wanted {
			return r
		}
	}
	t.Fatalf("there is no %s in %v", address, addresses(s))
	return nil
}

// everything gives the sandbox's state.
func everything(t *testing.T, c *api.Client) *resource.State {
	t.Helper()
	state, err := remote.ReadAll(context.Background(), c, managed(), resource.Ref{Name: "acme"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// managed is a selection of kinds that does not change when a kind is added. What refers
// to another one is left out.
func managed() *resource.Catalog {
	names := []string{"application", "environment", "variable", "cronjob", "domain"}
	var selected []*resource.Kind
	for _, kind := range kinds.Catalog().Kinds() {
		if slices.Contains(names, kind.Name) {
			k := *kind
			k.Fields = slices.DeleteFunc(slices.Clone(k.Fields), func(f resource.Field) bool { return kinds.Catalog().Kind(f.Target) != nil })
			selected = append(selected, &k)
		}
	}
	return resource.NewCatalog(selected...)
}

// at gives the address of something in the sandbox.
func at(text string) resource.Address {
	address, err := managed().Parse(text)
	if err != nil {
		panic(err)
	}
	return address
}

func TestSandboxIsRead(t *testing.T) {
	_, c := newSandbox(t, sandbox.Options{}, "")
	state := everything(t, c)
	for _, address := range []string{
		"application.shop", "environment.shop/live", "environment.shop/test", "variable.shop/live/WORKERS", "variable.shop/live/SECRET_KEY",
		"cronjob.shop/live/python manage.py clearsessions", "domain.shop/live/www.acme.example", "application.blog",
	} {
		find(t, state, address)
	}
	if secret := find(t, state, "variable.shop/live/SECRET_KEY"); secret.Has("value") || !secret.Is("sensitive") {
		t.Errorf("the sensitive variable: %v", secret.Fields)
	}
	if got := find(t, state, "application.shop").Fields["region"]; got.(resource.Ref).Name != "eu-ch" {
		t.Errorf("region %+v", got)
	}
	// In small pages it is the same state.
	small, c := newSandbox(t, sandbox.Options{PageSize: 2, MaxPageSize: 2}, "")
	if diff := cmp.Diff(addresses(state), addresses(everything(t, c))); diff != "" {
		t.Error(diff)
	}
	if len(small.Requests()) != c.Requests() {
		t.Errorf("the sandbox saw %d requests, the client counted %d", len(small.Requests()), c.Requests())
	}
	// What is declared is a part of it, and what was declared for export is all.
	desired := &resource.State{Organisation: resource.Ref{Name: "acme"}, Collections: map[resource.CollectionID]resource.Collection{}}
	for id := range state.Collections {
		desired.Collections[id] = resource.Collection{}
	}
	read, err := remote.Read(context.Background(), c, managed(), remote.Wanted{Desired: desired})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(addresses(state), addresses(read)); diff != "" {
		t.Error(diff)
	}
}

// The same over HTTP, with another client's transport.
func TestSandboxOverHTTP(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()
	c, err := api.New(api.Options{Endpoint: server.URL, Token: resource.NewSecret("token")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	find(t, everything(t, c), "variable.shop/live/WORKERS")
}

func variable(environment, name, value string) resource.Call {
	return resource.Call{
		Does: "create", Op: "CreateEnvironmentVariable", Gives: at("variable.shop/live/" + name), Retry: resource.LookUp,
		Body: map[string]resource.Value{
			"environment": resource.Ref{Handle: environment}, "name": name, "value": resource.NewSecret(value),
			"is_sensitive": true, "is_pattern_replacement_active": false,
		},
		Probe: &resource.Probe{
			Op: "ListEnvironmentVariables", Query: map[string]resource.Value{"environment": environment, "name": name},
			Where: map[string]resource.Value{"name": name},
		},
	}
}

// Connections break before and after the API did its work. Nothing is made
// twice, and every call ends well.
func TestSandboxDropsConnections(t *testing.T) {
	for _, drop := range []string{sandbox.DropBefore, sandbox.DropAfter} {
		t.Run(drop, func(t *testing.T) {
			box, c := newSandbox(t, sandbox.Options{}, "")
			environment := find(t, everything(t, c), "environment.shop/live").Handle
			box.Inject(sandbox.Fault{Method: "POST", Times: 1, Drop: drop})
			box.Inject(sandbox.Fault{Method: "PATCH", Times: 2, Drop: drop})
			box.Inject(sandbox.Fault{Method: "DELETE", Times: 1, Drop: drop})
			ctx := context.Background()

			made, err := remote.NewCaller(c).Do(ctx, variable(environment, "NEW", "text"))
			if err != nil {
				t.Fatal(err)
			}
			self := map[string]resource.Value{"uuid": made.Handle}
			if r := find(t, everything(t, c), "variable.shop/live/NEW"); r.Handle != made.Handle {
				t.Errorf("the handle is %s, want %s", made.Handle, r.Handle)
			}
			change := resource.Call{Op: "PartialUpdateEnvironmentVariable", Params: self, Body: map[string]resource.Value{"name": "NEWER"}}
			if _, err := remote.NewCaller(c).Do(ctx, change); err != nil {
				t.Fatal(err)
			}
			find(t, everything(t, c), "variable.shop/live/NEWER")
			if _, err := remote.NewCaller(c).Do(ctx, resource.Call{Op: "DestroyEnvironmentVariable", Params: self}); err != nil {
				t.Fatal(err)
			}
			if slices.Contains(addresses(everything(t, c)), "variable.shop/live/NEWER") {
				t.Error("the variable is still there")
			}
		})
	}
}

func TestSandboxErrors(t *testing.T) {
	_, c := newSandbox(t, sandbox.Options{}, "")
	environment := find(t, everything(t, c), "environment.shop/live").Handle
	_, err := remote.NewCaller(c).Do(context.Background(), variable(environment, "WORKERS", "text"))
	if err == nil || !strings.HasPrefix(err.Error(), "POST /apps/v3/environment-variables/: 400: ") {
		t.Errorf("a name that is taken: %v", err)
	}
	if _, err = c.Get(context.Background(), "GetDomain", map[string]string{"uuid": environment}, nil); !api.IsNotFound(err) {
		t.Errorf("not there: %v", err)
	}
	box, err := sandbox.New(sandbox.Options{Token: "right"})
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := api.New(api.Options{Endpoint: "https://api.divio.com", Token: resource.NewSecret("wrong-token"), Transport: box.RoundTripper()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = remote.ReadAll(context.Background(), wrong, managed(), resource.Ref{}, nil)
	if !api.IsAuth(err) || strings.Contains(err.Error(), "wrong-token") {
		t.Errorf("a wrong token: %v", err)
	}
}

// With an API that spells its actions with underscores the paths come from its
// schema, which needs no token.
func TestSandboxInSnakeCase(t *testing.T) {
	box, c := newSandbox(t, sandbox.Options{SnakeActions: true, Token: "token"}, "")
	state := everything(t, c)
	move := resource.Call{
		Op:     "MoveBeforeEnvironmentVariable",
		Params: map[string]resource.Value{"uuid": find(t, state, "variable.shop/live/WORKERS").Handle},
		Body:   map[string]resource.Value{"target": find(t, state, "variable.shop/live/DEBUG").Handle},
	}
	for range 2 {
		if _, err := remote.NewCaller(c).Do(context.Background(), move); err != nil {
			t.Fatal(err)
		}
	}
	var schema, moves int
	for _, r := range box.Requests() {
		if strings.HasPrefix(r.Path, "/apps/v3/schema/") {
			schema++
		}
		if strings.HasSuffix(r.Path, "/move_before/") {
			moves++
		}
	}
	if schema != 1 || moves != 2 {
		t.Errorf("%d requests of the schema, %d moves", schema, moves)
	}
	names := []string{}
	for _, r := range everything(t, c).Resources {
		if r.Parent == at("environment.shop/live") && r.Kind.Name == "variable" {
			names = append(names, r.Key)
		}
	}
	if diff := cmp.Diff([]string{"WORKERS", "DEBUG", "SECRET_KEY"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestSandboxThrottles(t *testing.T) {
	box, c := newSandbox(t, sandbox.Options{}, "")
	box.Inject(sandbox.Fault{Times: 3, Status: 429, RetryAfter: "0"})
	find(t, everything(t, c), "application.shop")
}
