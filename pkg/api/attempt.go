package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// request is one HTTP request to the endpoint.
type request struct {
	op           string
	params       map[string]string // of the path
	method, path string            // the path is escaped and begins with a slash
	query        url.Values
	body         []byte // JSON, unless contentType says otherwise
	contentType  string
	secrets      []string // in the body; never part of an error
	withoutToken bool
	anyContent   bool // an answer need not be JSON

	retry  Retry
	verify Verifier // nil if it cannot be verified whether the request took effect
}

// reply is an answer, decoded where it is JSON.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   any
	took   time.Duration // of this attempt, without the wait for the limiter
}

// outcome is how one attempt ended.
type outcome int

const (
	done        outcome = iota // 2xx
	rejected                   // the API rejected it: it was not done
	throttled                  // 429
	notSent                    // it certainly never reached the API
	cannotSend                 // the same, and a retry cannot help (a certificate, an ended context)
	unclear                    // no answer, or one without information (502, 503, 504)
	serverError                // 500: an answer, but it is unknown what was done
)

// maxAnswer bounds an answer in bytes.
const maxAnswer = 64 << 20

// attempt sends a request once. The error is nil only when the outcome is done.
func (c *Client) attempt(ctx context.Context, req request, number int) (reply, outcome, error) {
	if err := c.acquire(ctx); err != nil {
		return reply{}, cannotSend, &TransportError{Method: req.method, Path: req.path, Err: err}
	}
	defer c.limiter.release()
	started := time.Now()
	r, outcome, err := c.exchange(ctx, req)
	r.took = time.Since(started)
	switch outcome {
	case done:
		c.limiter.succeeded()
	case throttled:
		c.limiter.throttled(started, retryAfter(r.header, time.Now()))
	}
	c.log.DebugContext(ctx, "request", "method", req.method, "path", req.path,
		"status", r.status, "duration", r.took, "attempt", number)
	return r, outcome, err
}

func (c *Client) exchange(ctx context.Context, req request) (reply, outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	var progress progress
	request, err := c.build(httptrace.WithClientTrace(ctx, progress.trace()), req)
	if err != nil {
		return reply{}, cannotSend, err
	}
	redact := c.Redactor(req.secrets...)
	c.requests.Add(1)
	response, err := c.http.Do(request)
	if err != nil {
		outcome := progress.outcome(err)
		return reply{}, outcome, c.transportError(req, outcome == unclear, err, redact)
	}
	defer response.Body.Close()
	r := reply{status: response.StatusCode, header: response.Header}
	r.raw, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case r.status >= 400: // the status is enough; an incomplete body adds nothing
	case err != nil:
		return r, unclear, c.transportError(req, true, err, redact)
	case len(r.raw) > maxAnswer:
		return r, unclear, c.transportError(req, true, errors.New("the answer is too long"), redact)
	}
	return c.outcomeOf(req, r, redact)
}

func (c *Client) build(ctx context.Context, req request) (*http.Request, error) {
	address := c.endpoint.String() + req.path
	if len(req.query) > 0 {
		address += "?" + req.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, req.method, address, bytes.NewReader(req.body))
	if err != nil {
		return nil, fmt.Errorf("%s %s: the request is not valid", req.method, req.path)
	}
	// The path comes from the table, the API's schema or a user: it must not change the
	// host.
	if request.URL.Scheme != c.endpoint.Scheme || !c.sameEndpoint(request.URL) {
		return nil, fmt.Errorf("%s %s: not sent, because the path leads to another host", req.method, req.path)
	}
	request.Header.Set("Accept", "application/json")
	if c.userAgent != "" {
		request.Header.Set("User-Agent", c.userAgent)
	}
	if len(req.body) > 0 {
		request.Header.Set("Content-Type", "application/json")
		if req.contentType != "" {
			request.Header.Set("Content-Type", req.contentType)
		}
	}
	if token := c.token.Reveal(); token != "" && !req.withoutToken {
		request.Header.Set("Authorization", "Token "+token)
	}
	return request, nil
}

func (c *Client) transportError(req request, sent bool, err error, redact func(string) string) error {
	var outer *url.Error // its text already contains method and URL
	if errors.As(err, &outer) {
		err = outer.Err
	}
	if text := err.Error(); redact(text) != text {
		err = errors.New(redact(text))
	}
	return &TransportError{Method: req.method, Path: req.path, Sent: sent, Err: err}
}

// outcomeOf returns the outcome of a request that was answered.
func (c *Client) outcomeOf(req request, r reply, redact func(string) string) (reply, outcome, error) {
	fail := &StatusError{
		Op: req.op, Method: req.method, Path: req.path, Status: r.status,
		RetryAfter: retryAfter(r.header, time.Now()),
	}
	switch {
	case r.status >= 200 && r.status < 300:
		body, err := decode(r.raw)
		switch {
		case err == nil || req.anyContent:
		case req.method == http.MethodGet: // for example a login page: a retry would not change it
			fail.Detail = err.Error()
			return r, rejected, fail
		default:
			fail.Detail = err.Error()
			return r, unclear, fail
		}
		r.body = body
		if answer, ok := body.(map[string]any); ok && answersWithStatus[req.op] && answer["status"] == false {
			fail.verdict = true
			fail.read(r.raw, redact)
			return r, rejected, fail
		}
		return r, done, nil
	case r.status >= 300 && r.status < 400:
		fail.Detail = "redirected to " + oneLine(redact(destination(r.header.Get("Location")))) + ", which is not followed"
		return r, rejected, fail
	}
	fail.read(r.raw, redact)
	switch {
	case r.status == http.StatusTooManyRequests:
		return r, throttled, fail
	case r.status == http.StatusRequestTimeout,
		r.status >= 502 && r.status <= 504, r.status >= 520 && r.status <= 527:
		return r, unclear, fail
	case r.status >= 500:
		return r, serverError, fail
	}
	return r, rejected, fail
}

// destination is the target of a redirect, without query and credentials.
func destination(location string) string {
	to, err := url.Parse(location)
	if err != nil {
		return "another address"
	}
	to.User, to.RawQuery, to.Fragment = nil, "", ""
	return to.String()
}

// longestRetryAfter is taken for everything that is longer.
const longestRetryAfter = 1000 * time.Hour

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, longestRetryAfter.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), longestRetryAfter)
	}
	return 0
}

// progress records how far a request got. The hooks may run in other goroutines.
type progress struct{ began, wrote atomic.Bool }

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:      func(string) { p.began.Store(true) },
		WroteHeaders: func() { p.wrote.Store(true) },
	}
}

// outcome classifies a request that got no answer. It was certainly not sent if no
// connection was established, or if net/http, which traces its steps, had not yet
// written the header. Everything else is unclear.
func (p *progress) outcome(err error) outcome {
	var (
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		record      tls.RecordHeaderError
		dns         *net.DNSError
		op          *net.OpError
	)
	switch {
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &record),
		errors.Is(err, http.ErrSchemeMismatch):
		return cannotSend
	case errors.As(err, &dns) && dns.IsNotFound:
		return cannotSend
	case errors.As(err, &dns), errors.As(err, &op) && op.Op == "dial":
		return notSent
	case p.began.Load() && !p.wrote.Load():
		return notSent
	}
	return unclear
}
