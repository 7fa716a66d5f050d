package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const one = `{"uuid": "new", "name": "www.example.org", "environment": {"uuid": "env"}}`

func create(retry Retry, verify Verifier) Request {
	return Request{
		Op: "CreateDomain", Retry: retry, Verify: verify,
		Body: map[string]any{"name": "www.example.org", "environment": "env", "note": newToken(canarySecret)},
	}
}

// verifierOf gives a verifier that answers with one word after the other; the last
// one repeats.
func verifierOf(asked *int, words ...string) Verifier {
	if len(words) == 0 {
		return nil
	}
	return func(context.Context) (bool, error) {
		word := words[min(*asked, len(words)-1)]
		*asked++
		switch word {
		case "conflict":
			return false, ErrConflict
		case "error":
			return false, &StatusError{Status: http.StatusUnauthorized}
		}
		return word == "yes", nil
	}
}

func TestRetries(t *testing.T) {
	patch := Request{Op: "PartialUpdateDomain", Params: map[string]string{"uuid": "d"}, Body: map[string]any{"a": true}}
	remove := Request{Op: "DestroyDomain", Params: map[string]string{"uuid": "d"}}
	post := Request{Op: "CreateDomain", Body: map[string]any{"a": true}}
	words := func(text string) []string { return strings.Fields(text) }

	for _, test := range []struct {
		name    string
		request Request
		retry   Retry
		steps   []string // what the API answers
		verify  []string // what the verifier answers; none: there is no verifier
		sent    int      // 0 where chance decides
		asked   int      // how often the verifier was asked
		want    string   // "new" (the answer), "verified", "" (done without a body), or the sort of error
	}{
		{"never: done", post, RetryNever, []string{one}, words("no"), 1, 0, "new"},
		{"never: not sent", post, RetryNever, []string{"dial", "dial", one}, nil, 3, 0, "new"},
		{"never: throttled", post, RetryNever, []string{"429", "429", one}, nil, 3, 0, "new"},
		{"never: not sent, every time", post, RetryNever, []string{"dial"}, nil, maxAttempts, 0, "transport unsent"},
		{"never: throttled, every time", post, RetryNever, []string{"429"}, nil, 0, 0, "status 429"},
		{"never: it took effect, seen late", post, RetryNever, []string{"504"}, words("no yes"), 1, 2, "verified"},
		{"never: no effect to be seen", post, RetryNever, []string{"reset"}, words("no"), 1, maxVerify, "unknown"},
		{"never: no verifier", post, RetryNever, []string{"reset"}, nil, 1, 0, "unknown"},
		{"never: no verifier, 500", post, RetryNever, []string{"500"}, nil, 1, 0, "unknown"},
		{"never: rejected", post, RetryNever, []string{"400"}, words("no"), 1, 0, "status 400"},

		{"after verify: it took effect", post, RetryAfterVerify, []string{"reset"}, words("yes"), 1, 1, "verified"},
		{"after verify: a cut answer", post, RetryAfterVerify, []string{"cut"}, words("yes"), 1, 1, "verified"},
		{"after verify: no effect", post, RetryAfterVerify, []string{"reset", one}, words("no"), 2, 1, "new"},
		{"after verify: rejected because of the first", post, RetryAfterVerify, []string{"reset", "400"}, words("no yes"), 2, 2, "verified"},
		{"after verify: rejected, no effect", post, RetryAfterVerify, []string{"reset", "400"}, words("no"), 2, 2, "status 400"},
		{"after verify: the token ends", post, RetryAfterVerify, []string{"reset", "401"}, words("no"), 2, 1, "unknown"},
		{"after verify: a conflict", post, RetryAfterVerify, []string{"reset"}, words("conflict"), 1, 1, "conflict"},
		{"after verify: verifying fails", post, RetryAfterVerify, []string{"reset"}, words("error"), 1, 1, "unknown"},
		{"after verify: 500, it took effect", post, RetryAfterVerify, []string{"500"}, words("yes"), 1, 1, "verified"},
		{"after verify: 500, no effect", post, RetryAfterVerify, []string{"500"}, words("no"), 1, 1, "status 500"},
		{"after verify: no verifier", post, RetryAfterVerify, []string{"reset"}, nil, 1, 0, "unknown"},

		{"always: unclear", patch, RetryAlways, []string{"reset", "502", "503", "504", one}, nil, 5, 0, "new"},
		{"always: unclear, every time", patch, RetryAlways, []string{"reset"}, nil, maxAttempts, 0, "unknown"},
		{"always: 500", patch, RetryAlways, []string{"500", "500", one}, nil, 3, 0, "new"},
		{"always: 500, every time", patch, RetryAlways, []string{"500"}, nil, max500, 0, "unknown"},
		{"always: rejected", patch, RetryAlways, []string{"400"}, nil, 1, 0, "status 400"},
		{"always: rejected after a 500", patch, RetryAlways, []string{"500", "400"}, nil, 2, 0, "unknown"},
		{"always: delete done", remove, RetryAlways, []string{"204"}, nil, 1, 0, ""},
		{"always: delete what is not there", remove, RetryAlways, []string{"404"}, nil, 1, 0, "status 404"},
		{"always: delete, gone after a reset", remove, RetryAlways, []string{"reset", "404"}, nil, 2, 0, ""},
		{"always: delete, gone after a 500", remove, RetryAlways, []string{"500", "404"}, nil, 2, 0, ""},
		{"always: delete, a 404 of a web server", remove, RetryAlways, []string{"reset", "404 page"}, nil, 2, 0, "unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, f, _ := newFake(t, script(test.steps...))
				asked := 0
				req := test.request
				req.Retry, req.Verify = test.retry, verifierOf(&asked, test.verify...)
				object, err := c.Do(t.Context(), req)
				if sent := len(f.Requests()); sent != test.sent && test.sent != 0 || sent != c.Requests() {
					t.Errorf("sent %d, counted %d, want %d", sent, c.Requests(), test.sent)
				}
				if asked != test.asked {
					t.Errorf("the verifier was asked %d times, want %d", asked, test.asked)
				}
				got := describe(object, err)
				if got == "" && asked > 0 {
					got = "verified"
				}
				if got != test.want {
					t.Errorf("got %q (%v), want %q", got, err, test.want)
				}
			})
		})
	}
}

// describe names the id in an answer, or the sort of an error.
func describe(object map[string]any, err error) string {
	var unknown *UnknownError
	var status *StatusError
	var transport *TransportError
	switch {
	case err == nil:
		return IDOf(object)
	case errors.Is(err, ErrConflict):
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

// A secret in a body, however deep, is sent in clear text, and no error shows it.
func TestSecretsAreSentAndHidden(t *testing.T) {
	c, _, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
		var body struct {
			Note string
			List []map[string]string
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Note != canarySecret || body.List[0]["deep"] != canarySecret+"2" {
			t.Errorf("sent %v, %v", body, err)
		}
		if got := r.Header.Get("Authorization"); got != "Token "+canaryToken {
			t.Errorf("Authorization: %s", got)
		}
		return answer(400, `{"note": ["`+canarySecret+` is bad, and so are `+canarySecret+`2 and `+canaryToken+`"]}`), nil
	})
	req := create(RetryNever, nil)
	req.Body["list"] = []any{map[string]any{"deep": newToken(canarySecret + "2")}}
	_, err := c.Do(context.Background(), req)
	mustNotLeak(t, err)
	if want := "POST /apps/v3/domains/: 400: note: (sensitive) is bad, and so are (sensitive) and (sensitive)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPoll(t *testing.T) {
	failed := errors.New("failed")
	for _, test := range []struct {
		name string
		look func(n int) (bool, error)
		seen bool
		err  error
		took time.Duration // at most
	}{
		{"at once", func(int) (bool, error) { return true, nil }, true, nil, 0},
		{"later", func(n int) (bool, error) { return n == 5, nil }, true, nil, time.Second},
		{"not in time", func(int) (bool, error) { return false, nil }, false, nil, time.Minute},
		{"an error", func(int) (bool, error) { return false, failed }, false, failed, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, _, _ := newFake(t, script(one))
			n, began := 0, time.Now()
			seen, err := c.Poll(t.Context(), time.Minute, func(context.Context) (bool, error) { n++; return test.look(n) })
			if took := time.Since(began); seen != test.seen || !errors.Is(err, test.err) || took > test.took {
				t.Errorf("%s: %t, %v after %s", test.name, seen, err, took)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	c, _, _ := newFake(t, script(one))
	_, err := c.Poll(ctx, time.Minute, func(context.Context) (bool, error) { cancel(); return false, failed })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCancelledWriteIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c, f, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		go func() { time.Sleep(time.Second); cancel() }()
		verify := func(context.Context) (bool, error) {
			t.Error("the verifier was asked after the context had ended")
			return false, nil
		}
		_, err := c.Do(ctx, create(RetryAfterVerify, verify))
		var unknown *UnknownError
		if !errors.As(err, &unknown) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		_, err = c.Do(ctx, create(RetryAfterVerify, verify)) // is never sent
		if errors.As(err, &unknown) && unknown.Op == "" || !errors.Is(err, context.Canceled) || len(f.Requests()) != 1 {
			t.Errorf("got %v after %v", err, f.Requests())
		}
	})
}

func TestAttemptTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, f, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
			if n > 1 {
				return step(one)
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		began := time.Now()
		if _, err := c.Get(t.Context(), "GetDomain", map[string]string{"uuid": "d"}, nil); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < attemptTimeout || took > attemptTimeout+time.Second || len(f.Requests()) != 2 {
			t.Errorf("took %s, %v", took, f.Requests())
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "0.5": 500 * time.Millisecond, "-1": 0, "soon": 0, "99999999999": longestRetryAfter,
		"Fri, 02 Jan 2026 03:04:35 GMT": 30 * time.Second,
		"Fri, 02 Jan 2026 03:04:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := newFake(t, script("429", one))
		began := time.Now()
		if _, err := c.Do(t.Context(), create(RetryNever, nil)); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 7*time.Second || took > 9*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestTooLongAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, f, _ := newFake(t, func(*http.Request, int) (*http.Response, error) {
			return answer(429, "", "Retry-After: 600"), nil
		})
		began := time.Now()
		_, err := c.Do(t.Context(), create(RetryNever, nil))
		var status *StatusError
		var wait *LongWaitError
		if !errors.As(err, &status) || !errors.As(err, &wait) || wait.Wait != 10*time.Minute || len(f.Requests()) != 1 {
			t.Errorf("got %v after %v", err, f.Requests())
		}
		// The pause is for all requests.
		_, err = c.Get(t.Context(), "GetDomain", map[string]string{"uuid": "d"}, nil)
		want := "GET /apps/v3/domains/d/: the API asks to wait 10m0s (Retry-After), which is longer than the 2m0s that a request may take"
		if err == nil || err.Error() != want || len(f.Requests()) != 1 || time.Since(began) > 0 {
			t.Errorf("the next request: %v after %s, %v", err, time.Since(began), f.Requests())
		}
		// It ends.
		time.Sleep(10 * time.Minute)
		if _, _ = c.Get(t.Context(), "GetDomain", map[string]string{"uuid": "d"}, nil); len(f.Requests()) != 2 {
			t.Errorf("later: %v", f.Requests())
		}
	})
}

func TestVerdict(t *testing.T) {
	c, _, _ := newFake(t, script(`{"status": false, "message": "the name does not match", "code": "wrong_name"}`))
	call := Request{Op: "CheckRepository", Params: map[string]string{"uuid": "r"}}
	_, err := c.Do(context.Background(), call)
	if want := "POST /apps/v3/repositories/r/check/: 200: the name does not match (wrong_name)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	c, _, _ = newFake(t, script(`{"status": true, "message": "", "code": "success"}`))
	if got, err := c.Do(context.Background(), call); err != nil || got["code"] != "success" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A real server: what net/http tells about how far a request got.
func TestOutcomeOverTheNetwork(t *testing.T) {
	c, err := New(Options{Endpoint: "http://127.0.0.1:1", Backoff: time.Millisecond}) // nobody listens there
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Do(context.Background(), create(RetryNever, nil))
	var transport *TransportError
	var unknown *UnknownError
	if !errors.As(err, &transport) || transport.Sent || errors.As(err, &unknown) {
		t.Errorf("refused: %v", err)
	}
	if c.Requests() != maxAttempts {
		t.Errorf("%d requests, want %d", c.Requests(), maxAttempts)
	}
}

// TestStoppedWaiting: the end of the context is why a request is not sent again, and a
// write that was not carried out says so.
func TestStoppedWaiting(t *testing.T) {
	stop := errors.New("stopped")
	for _, request := range []Request{
		{Op: "GetDomain", Params: map[string]string{"uuid": "d"}, Retry: RetryAlways},
		{Op: "CreateDomain", Body: map[string]any{"a": true}},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, f, _ := newFake(t, script("429"), func(o *Options) { o.Backoff = time.Second })
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Millisecond, func() { cancel(stop) })
			_, err := c.Do(ctx, request)
			var says interface{ Unknown() bool }
			if !errors.Is(err, stop) || !errors.As(err, &says) || says.Unknown() || len(f.Requests()) != 1 {
				t.Errorf("%s: %v after %d requests", request.Op, err, len(f.Requests()))
			}
		})
	}
}

// TestStoppedBeforeSending: a write whose path is being looked up has not been made.
func TestStoppedBeforeSending(t *testing.T) {
	c, f, _ := newFake(t, script(one))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Do(ctx, Request{Op: "MakePrimaryDomain", Params: map[string]string{"uuid": "d"}})
	var says interface{ Unknown() bool }
	if !errors.Is(err, context.Canceled) || !errors.As(err, &says) || says.Unknown() || len(f.Requests()) > 0 {
		t.Errorf("%v after %d requests", err, len(f.Requests()))
	}
}
