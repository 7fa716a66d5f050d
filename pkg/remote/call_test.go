package remote

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

const (
	one     = `{"uuid": "new", "name": "www.example.org", "environment": {"uuid": "env"}}`
	oneList = `{"count": 1, "next": null, "results": [` + one + `]}`
	other   = `{"count": 1, "next": null, "results": [{"uuid": "new", "name": "www.example.org", "environment": "other"}]}`
)

func createDomain(retry resource.Retry) resource.Call {
	return resource.Call{
		Does: "create", Op: "CreateDomain", Gives: at("label.shop/live/www.example.org"), Retry: retry,
		Body: map[string]resource.Value{
			"name": "www.example.org", "environment": resource.Ref{Handle: "env"}, "note": resource.NewSecret(canarySecret),
		},
		Probe: &resource.Probe{
			Op: "ListDomains", Query: map[string]resource.Value{"name": "www.example.org"},
			Where: map[string]resource.Value{"name": "www.example.org"},
		},
	}
}

func TestRetryClasses(t *testing.T) {
	patch := resource.Call{Op: "PartialUpdateDomain", Params: map[string]resource.Value{"uuid": "d"}, Body: map[string]resource.Value{"a": true}}
	remove := resource.Call{Op: "DestroyDomain", Params: map[string]resource.Value{"uuid": "d"}}
	once := createDomain(resource.Once)
	blind := once
	blind.Probe = nil
	readBack := resource.Call{
		Op: "PartialUpdateDomain", Params: map[string]resource.Value{"uuid": "d"}, Retry: resource.ReadBack, Body: map[string]resource.Value{"environment": "env"},
		Probe: &resource.Probe{Op: "GetDomain", Params: map[string]resource.Value{"uuid": "d"}, Where: map[string]resource.Value{"environment": "env"}},
	}

	for _, test := range []struct {
		name  string
		call  resource.Call
		steps []string
		sent  string // methods in order, "" where chance decides how often
		want  string // handle, "" for a call without one, or the sort of error
	}{
		{"done", createDomain(resource.LookUp), []string{one}, "POST", "new"},
		{"dial, every class", once, []string{"dial", "dial", one}, "POST POST POST", "new"},
		{"429, every class", once, []string{"429", "429", one}, "POST POST POST", "new"},
		{"429 for ever", once, []string{"429"}, "", "status 429"},
		{"dial for ever", once, []string{"dial"}, "POST POST POST POST POST POST", "transport unsent"},

		{"repeat after a reset", patch, []string{"reset", one}, "PATCH PATCH", "new"},
		{"repeat after 502, 503, 504", patch, []string{"502", "503", "504", one}, "PATCH PATCH PATCH PATCH", "new"},
		{"repeat after 500, twice", patch, []string{"500", "500", "500", one}, "PATCH PATCH PATCH", "unknown"},
		{"repeat for ever", patch, []string{"reset"}, "PATCH PATCH PATCH PATCH PATCH PATCH", "unknown"},
		{"repeat a rejection", patch, []string{"400"}, "PATCH", "status 400"},
		{"500, then refused", patch, []string{"500", "400"}, "PATCH PATCH", "unknown"},
		{"delete what is not there", remove, []string{"404"}, "DELETE", "status 404"},
		{"delete gone after a 500", remove, []string{"500", "404"}, "DELETE DELETE", ""},
		{"delete after 500 for ever", remove, []string{"500"}, "DELETE DELETE DELETE", "unknown"},
		{"delete gone after a reset", remove, []string{"reset", "404"}, "DELETE DELETE", ""},
		{"delete at a wrong address", remove, []string{"404 page"}, "DELETE", "status 404"},
		{"delete done", remove, []string{"204"}, "DELETE", ""},

		{"look up and adopt", createDomain(resource.LookUp), []string{"reset", oneList}, "POST GET", "new"},
		{"look up after a cut answer", createDomain(resource.LookUp), []string{"cut", oneList}, "POST GET", "new"},
		{"look up and repeat", createDomain(resource.LookUp), []string{"reset", "none", one}, "POST GET POST", "new"},
		{"look up after 400", createDomain(resource.LookUp), []string{"reset", "none", "400", oneList}, "POST GET POST GET", "new"},
		{"400 without doubt", createDomain(resource.LookUp), []string{"400"}, "POST", "status 400"},
		{"400 and nothing there", createDomain(resource.LookUp), []string{"reset", "none", "400", "none"}, "POST GET POST GET", "status 400"},
		{"somebody else's", createDomain(resource.LookUp), []string{"reset", other}, "POST GET", "conflict"},
		{"look up after 500", createDomain(resource.LookUp), []string{"500", oneList}, "POST GET", "new"},
		{"500 and nothing there", createDomain(resource.LookUp), []string{"500", "none"}, "POST GET", "status 500"},
		{"401 after doubt", createDomain(resource.LookUp), []string{"reset", "none", "401"}, "POST GET POST", "unknown"},
		{"looking fails", createDomain(resource.LookUp), []string{"reset", "401"}, "POST GET", "unknown"},

		{"once, found late", once, []string{"504", "none", oneList}, "POST GET GET", "new"},
		{"once, not found", once, []string{"504", "none"}, "POST GET GET GET", "unknown"},
		{"once, other content", once, []string{"reset", other}, "POST GET GET GET", "unknown"},
		{"once, without a probe", blind, []string{"reset"}, "POST", "unknown"},
		{"once, without a probe, 500", blind, []string{"500"}, "POST", "unknown"},
		{"once, 400", once, []string{"400"}, "POST", "status 400"},

		{"read back, shows", readBack, []string{"reset", one}, "PATCH GET", "new"},
		{"read back, repeat", readBack, []string{"reset", `{"uuid": "d", "environment": "old"}`, one}, "PATCH GET PATCH", "new"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, f := newFake(t, script(test.steps...))
				got, err := NewCaller(c).Do(t.Context(), test.call)
				mustNotLeak(t, err)
				var methods []string
				for _, r := range f.Requests() {
					method, _, _ := strings.Cut(r, " ")
					methods = append(methods, method)
				}
				if sent := strings.Join(methods, " "); sent != test.sent && test.sent != "" {
					t.Errorf("sent %s, want %s", sent, test.sent)
				}
				if c.Requests() != len(methods) {
					t.Errorf("Requests() = %d, sent %d", c.Requests(), len(methods))
				}
				if end := describe(got, err); end != test.want {
					t.Errorf("got %q (%v), want %q", end, err, test.want)
				}
			})
		})
	}
}

// describe names a handle, or the sort of an error.
func describe(a resource.Answer, err error) string {
	var unknown *api.UnknownError
	var status *api.StatusError
	var transport *api.TransportError
	switch {
	case err == nil:
		return a.Handle
	case errors.Is(err, api.ErrConflict):
		return "conflict"
	case errors.As(err, &unknown):
		return "unknown"
	case errors.As(err, &status):
		return "status " + status.Error()[strings.Index(status.Error(), ": ")+2:][:3]
	case errors.As(err, &transport) && !transport.Sent:
		return "transport unsent"
	}
	return err.Error()
}

func TestDeletedTwiceHasNoHandle(t *testing.T) {
	c, _ := newFake(t, script("reset", "404"))
	got, err := NewCaller(c).Do(context.Background(), resource.Call{Op: "DestroyDomain", Params: map[string]resource.Value{"uuid": "d"}})
	if err != nil || got.Handle != "" || got.Body != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

// The API fails at random before or after it did what was asked. Whatever
// happens: a thing is never made twice; no error means that it is there; an
// error other than "unknown" means that it is not.
func TestNothingIsMadeTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		retry := rapid.SampledFrom([]resource.Retry{resource.LookUp, resource.Once}).Draw(rt, "class")
		faults := rapid.SliceOfN(rapid.SampledFrom([]string{
			"", "", "dial", "429", "reset before", "reset after", "502 before", "502 after", "500 before", "500 after", "cut after",
		}), 0, 12).Draw(rt, "faults")
		made := 0
		handle := func(r *http.Request, n int) (*http.Response, error) {
			fault := ""
			if n <= len(faults) {
				fault = faults[n-1]
			}
			kind, when, _ := strings.Cut(fault, " ")
			if fault != "" && when != "after" {
				return step(kind)
			}
			response := answer(200, `{"count": 0, "next": null, "results": []}`)
			switch {
			case r.Method == "GET" && made == 1:
				response = answer(200, oneList)
			case r.Method == "GET" && made > 1:
				response = answer(200, `{"count": 2, "next": null, "results": [`+one+`, `+strings.Replace(one, "new", "newer", 1)+`]}`)
			case r.Method == "POST" && made > 0 && retry == resource.LookUp:
				response = answer(400, `{"name": ["already in use"]}`) // the key is unique
			case r.Method == "POST":
				made++
				response = answer(201, one)
			}
			if when == "after" {
				return step(kind)
			}
			return response, nil
		}
		var got resource.Answer
		var err error
		synctest.Test(t, func(t *testing.T) { // no real time passes
			c, _ := newFake(t, handle)
			got, err = NewCaller(c).Do(t.Context(), createDomain(retry))
		})
		var unknown *api.UnknownError
		switch {
		case made > 1:
			rt.Fatalf("made %d times", made)
		case err == nil && (made != 1 || got.Handle != "new"):
			rt.Fatalf("no error, made %d, handle %q", made, got.Handle)
		case err != nil && !errors.As(err, &unknown) && made != 0:
			rt.Fatalf("made, and yet: %v", err)
		}
	})
}

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until := &resource.Until{
			Probe: resource.Probe{
				Op: "ListEnvironments", Query: map[string]resource.Value{"application": "a"}, Where: map[string]resource.Value{"slug": "live"},
			},
			Deadline: time.Minute,
		}
		call := resource.Call{Does: "wait for it", Until: until, Gives: at("fruit.shop/live")}
		c, f := newFake(t, script("none", "none", "none", `{"count": 1, "next": null, "results": [{"uuid": "e", "slug": "live"}]}`))
		if got, err := NewCaller(c).Do(t.Context(), call); err != nil || got.Handle != "e" || len(f.Requests()) != 4 {
			t.Errorf("got %+v, %v after %v", got, err, f.Requests())
		}
		c, _ = newFake(t, script("none"))
		began := time.Now()
		_, err := NewCaller(c).Do(t.Context(), call)
		var pending *PendingError
		if !errors.As(err, &pending) || time.Since(began) > time.Minute {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
		if want := `timed out after 1m0s waiting for slug "live"`; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
		if says := (interface{ Unknown() bool })(nil); errors.As(err, &says) {
			t.Error("an effect that did not show in time says that the write is unknown, or certainly was not done")
		}
		until.Gone = true
		c, _ = newFake(t, script("404"))
		until.Op, until.Query, until.Params = "GetEnvironment", nil, map[string]resource.Value{"uuid": "e"}
		if _, err := NewCaller(c).Do(t.Context(), call); err != nil {
			t.Errorf("gone: %v", err)
		}
	})
}

// The check of a repository goes on after its answer, which says "not yet".
func TestVerdictBeforeUntil(t *testing.T) {
	const (
		notYet  = `{"status": false, "code": "cloning", "message": "The repository is being cloned."}`
		no      = `{"status": false, "code": "no-access", "message": "Access denied."}`
		yes     = `{"status": true, "code": "success", "message": ""}`
		cloning = `{"uuid": "r", "state": "CLONING"}`
		cloned  = `{"uuid": "r", "state": "CLONED"}`
		invalid = `{"uuid": "r", "state": "INVALID", "state_message": "Access\n denied to ` + canarySecret + `."}`
	)
	repository := map[string]resource.Value{"uuid": "r"}
	check := resource.Call{
		Does: "check", Op: "CheckRepository", Params: repository, Gives: at("fruit.shop/live"),
		Until: &resource.Until{
			Probe:  resource.Probe{Op: "GetRepository", Params: repository, Where: map[string]resource.Value{"state": "CLONED"}},
			Failed: []map[string]resource.Value{{"state": "INVALID"}}, Why: "state_message", Deadline: time.Minute,
		},
	}
	for _, test := range []struct {
		name  string
		steps []string
		want  string // handle, or the error
	}{
		{"at once", []string{yes, cloned}, "r"},
		{"asked again after it", []string{notYet, cloning, cloning, cloned, yes}, "r"},
		{"still refused", []string{no, cloned, no}, "POST /apps/v3/repositories/r/check/: 200: Access denied. (no-access)"},
		{"failed", []string{notYet, cloning, invalid}, `it ended with state "INVALID": Access denied to (sensitive).`},
		{"failed before", []string{notYet, invalid, cloning, cloned, yes}, "r"},
		{"failed before and after", []string{notYet, invalid, invalid, invalid}, `it ended with state "INVALID": Access denied to (sensitive).`},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, f := newFake(t, script(test.steps...))
				c.Conceal(resource.NewSecret(canarySecret))
				answer, err := NewCaller(c).Do(t.Context(), check)
				got := answer.Handle
				if err != nil {
					got = err.Error()
				}
				if got != test.want || len(f.Requests()) != len(test.steps) {
					t.Errorf("got %q, want %q, after %v", got, test.want, f.Requests())
				}
			})
		})
	}
}

// What shows a failure does not count as the effect, although it matches too: it is no
// longer "busy". The first looks may still show what was before.
func TestUntilFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		call := resource.Call{Does: "build", Until: &resource.Until{
			Probe: resource.Probe{
				Op: "GetEnvironment", Params: map[string]resource.Value{"uuid": "e"}, Where: map[string]resource.Value{"state": "busy"}, Gone: true,
			},
			Failed: []map[string]resource.Value{{"state": "broken"}}, Deadline: time.Minute,
		}}
		broken, busy, fine := `{"uuid": "e", "state": "broken"}`, `{"uuid": "e", "state": "busy"}`, `{"uuid": "e", "state": "fine"}`
		c, _ := newFake(t, script(broken, broken, busy, fine))
		if _, err := NewCaller(c).Do(t.Context(), call); err != nil {
			t.Errorf("it was broken before: %v", err)
		}
		c, _ = newFake(t, script(busy, broken, fine))
		_, err := NewCaller(c).Do(t.Context(), call)
		if want := `it ended with state "broken"`; err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	})
}

func TestAnswerWithoutID(t *testing.T) {
	create := createDomain(resource.LookUp)
	c, f := newFake(t, script(`{"name": "www.example.org"}`, oneList))
	if got, err := NewCaller(c).Do(context.Background(), create); err != nil || got.Handle != "new" || len(f.Requests()) != 2 {
		t.Errorf("a create: %+v, %v", got, err)
	}
	rename := resource.Call{Op: "PartialUpdateDomain", Params: map[string]resource.Value{"uuid": "d"}, Gives: at("label.shop/live/c")}
	c, _ = newFake(t, script(`{"name": "www.example.org"}`))
	if got, err := NewCaller(c).Do(context.Background(), rename); err != nil || got.Handle != "d" {
		t.Errorf("an update: %+v, %v", got, err)
	}
}

func TestSecretsAreSentAndHidden(t *testing.T) {
	c, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body["note"] != canarySecret || body["environment"] != "env" {
			t.Errorf("sent %v, %v", body, err)
		}
		if got := r.Header.Get("Authorization"); got != "Token "+canaryToken {
			t.Errorf("Authorization: %s", got)
		}
		return answer(400, `{"note": ["`+canarySecret+` is bad, and so is `+canaryToken+`"]}`), nil
	})
	_, err := NewCaller(c).Do(context.Background(), createDomain(resource.LookUp))
	mustNotLeak(t, err)
	if err == nil || !strings.Contains(err.Error(), "(sensitive) is bad") {
		t.Errorf("got %v", err)
	}
}

func TestUnresolvedValuesAreNotSent(t *testing.T) {
	for _, value := range []resource.Value{resource.HandleOf{Address: at("basket.shop")}, resource.Ref{Name: "eu"}, resource.Source{Env: "X"}, []any{resource.Source{}}} {
		c, f := newFake(t, script(one))
		_, err := NewCaller(c).Do(context.Background(), resource.Call{Op: "CreateDomain", Body: map[string]resource.Value{"environment": value}})
		if err == nil || len(f.Requests()) != 0 {
			t.Errorf("%T: %v, %v", value, err, f.Requests())
		}
	}
}
