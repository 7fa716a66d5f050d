package sandbox

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Fault makes requests go wrong. It matches by method and path; every field may be left at its zero value.
// A fault with neither Status nor Drop only delays.
type Fault struct {
	Method string // "" matches every method
	Path   string // a glob on the path: "*" stands for a part without "/", "**" for anything; "" matches every path; a "/" at the end makes no difference

	After int // so many matching requests pass before the first one is hit
	Times int // how many requests are hit; 0 is no end

	Delay time.Duration // waited before anything else, on top of Options.Latency

	Status     int    // answered instead of carrying the request out; 0 carries it out
	RetryAfter string // the header that goes with Status
	Body       string // the body that goes with Status; "" is what the API would send

	// Drop breaks the connection: DropBefore leaves the request undone, DropAfter carries it out and loses
	// the answer. It wins over Status.
	Drop string
}

// The values of Fault.Drop.
const (
	DropBefore = "before"
	DropAfter  = "after"
)

// errDropped is what the transport reports for a connection that a fault broke.
var errDropped = errors.New("sandbox: connection reset by an injected fault")

// armedFault is a fault with its glob compiled and its counter.
type armedFault struct {
	Fault
	path *regexp.Regexp
	seen int
}

func arm(f Fault) *armedFault {
	pattern := regexp.QuoteMeta(strings.TrimSuffix(f.Path, "/"))
	pattern = strings.ReplaceAll(pattern, `\*\*`, `.*`)
	pattern = strings.ReplaceAll(pattern, `\*`, `[^/]*`)
	if f.Path == "" {
		pattern = ".*"
	}
	return &armedFault{Fault: f, path: regexp.MustCompile("^" + pattern + "$")}
}

// hits counts the request if it matches and tells whether the fault strikes.
func (f *armedFault) hits(r *http.Request) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, r.Method) || !f.path.MatchString(strings.TrimSuffix(r.URL.Path, "/")) {
		return false
	}
	f.seen++
	return f.seen > f.After && (f.Times == 0 || f.seen <= f.After+f.Times)
}

// answer is what the client gets instead.
func (f *armedFault) answer() answer {
	a := answer{status: f.Status, header: http.Header{}}
	if f.RetryAfter != "" {
		a.header.Set("Retry-After", f.RetryAfter)
	}
	switch {
	case strings.HasPrefix(f.Body, "{") || strings.HasPrefix(f.Body, "["):
		a.body = rawBody{"application/json", f.Body}
	case f.Body != "":
		a.body = rawBody{"text/html; charset=utf-8", f.Body}
	case f.Status == http.StatusTooManyRequests && f.RetryAfter != "":
		a.body = object{"detail": "Request was throttled. Expected available in " + f.RetryAfter + " seconds."}
	case f.Status == http.StatusTooManyRequests:
		a.body = object{"detail": "Request was throttled."}
	case f.Status >= 500:
		// Failures of the server or of a proxy before it are pages, not JSON; clients have to cope.
		a.body = rawBody{"text/html; charset=utf-8", "<!doctype html><title>" + http.StatusText(f.Status) + "</title>"}
	default:
		a.body = object{"detail": http.StatusText(f.Status) + "."}
	}
	return a
}

// rawBody is a body that goes out as it is.
type rawBody struct{ contentType, text string }

// wait pauses, unless the client gives up first.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
