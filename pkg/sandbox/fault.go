package sandbox

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Fault makes requests fail. It matches by method and path; every field may have its zero value. A fault with
// neither Status nor Drop only delays.
type Fault struct {
	Method string // "" matches every method
	Path   string // a glob on the path: "*" matches a part without "/", "**" anything; "" matches every path; a trailing "/" is ignored

	After int // number of matching requests that pass before the first one is hit
	Times int // how many requests are hit; 0 is no limit

	Delay time.Duration // waited before anything else, in addition to Options.Latency

	Status     int    // answered instead of processing the request; 0 processes it
	RetryAfter string // the header for Status
	Body       string // the body for Status; "" is what the API would send

	// Drop breaks the connection: DropBefore does not process the request, DropAfter processes it and loses the
	// answer. It takes precedence over Status.
	Drop string
}

// The values of Fault.Drop.
const (
	DropBefore = "before"
	DropAfter  = "after"
)

// errDropped is the transport's error for a connection that a fault broke.
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

// hits counts the request if it matches and reports whether the fault applies.
func (f *armedFault) hits(r *http.Request) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, r.Method) || !f.path.MatchString(strings.TrimSuffix(r.URL.Path, "/")) {
		return false
	}
	f.seen++
	return f.seen > f.After && (f.Times == 0 || f.seen <= f.After+f.Times)
}

// answer is the answer of the fault.
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
		// Failures of the server or of a proxy before it are pages, not JSON; clients must handle this.
		a.body = rawBody{"text/html; charset=utf-8", "<!doctype html><title>" + http.StatusText(f.Status) + "</title>"}
	default:
		a.body = object{"detail": http.StatusText(f.Status) + "."}
	}
	return a
}

// rawBody is a body that is sent unchanged.
type rawBody struct{ contentType, text string }

// wait pauses, unless the client cancels first.
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
