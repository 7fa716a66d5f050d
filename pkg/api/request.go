package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Request is an operation to carry out, as data.
type Request struct {
	// Op is the operation id.
	Op     string
	Params map[string]string // path parameters
	Query  url.Values
	// Body is written as JSON; an empty one is not sent. A [Secret] in it, at any
	// depth, is written in clear text and removed from every error.
	Body map[string]any
	// Retry says when the request may be sent again.
	Retry Retry
	// Verify finds out whether an attempt of unclear outcome took effect; nil if that
	// cannot be verified. With [RetryAlways] it is only called when a retry is
	// rejected.
	Verify Verifier
}

// Retry says when a request may be sent again after an attempt of unclear outcome (no
// answer, or a 502, 503 or 504). After a 429, and if it certainly was not sent, a
// request is sent again in every case.
type Retry int

// The retry classes, the most careful first.
const (
	// RetryNever is for writes that a retry would do twice. If Verify finds no effect,
	// it is called again a little later; then the request ends as [UnknownError].
	RetryNever Retry = iota
	// RetryAfterVerify is for writes that must not be done twice, and of which Verify
	// can say with certainty that they were not done.
	RetryAfterVerify
	// RetryAlways is for idempotent requests: reads, PUT, PATCH, DELETE.
	RetryAlways
)

// Verifier finds out whether a request took effect. It may be called several times. An
// error means that this is unknown, unless it is an [ErrConflict].
type Verifier func(ctx context.Context) (tookEffect bool, err error)

// Do sends a request, and retries it as described in send.go. It returns the object in
// the answer: nil if the answer contains none, or if there was no answer, but Verify
// found that the request took effect.
//
// The error is a [StatusError], [TransportError] or [UnknownError], possibly wrapped.
func (c *Client) Do(ctx context.Context, r Request) (map[string]any, error) {
	req, err := c.newRequest(ctx, r.Op, r.Params, r.Query)
	if err != nil {
		return nil, err
	}
	if req.body, req.secrets, err = encode(r.Body); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Op, err)
	}
	req.retry, req.verify = r.Retry, r.Verify
	answer, err := c.sendOperation(ctx, req)
	if err != nil {
		return nil, err
	}
	object, _ := answer.body.(map[string]any)
	return object, nil
}

// Get reads one object with a GET operation. Whole numbers in it are int64.
func (c *Client) Get(ctx context.Context, op string, params map[string]string, query url.Values) (map[string]any, error) {
	req, err := c.readRequest(ctx, op, params, query)
	if err != nil {
		return nil, err
	}
	r, err := c.sendOperation(ctx, req)
	if err != nil {
		return nil, err
	}
	object, ok := r.body.(map[string]any)
	if !ok {
		return nil, &StatusError{Op: op, Method: req.method, Path: req.path, Status: r.status, Detail: "the answer is not an object"}
	}
	return object, nil
}

// readRequest returns the request of a GET operation.
func (c *Client) readRequest(ctx context.Context, op string, params map[string]string, query url.Values) (request, error) {
	req, err := c.newRequest(ctx, op, params, query)
	if err == nil && req.method != http.MethodGet {
		err = fmt.Errorf("%s is not a read operation: its method is %s", op, req.method)
	}
	req.retry = RetryAlways
	return req, err
}

// newRequest returns the request of an operation, without a body.
func (c *Client) newRequest(ctx context.Context, op string, params map[string]string, query url.Values) (request, error) {
	method, path, err := c.Path(ctx, op, params)
	return request{op: op, params: params, method: method, path: path, query: query}, err
}

// Path returns the method and the path of an operation with its parameters filled in.
// An inferred path is first looked up in the API's schema (see schema.go).
func (c *Client) Path(ctx context.Context, op string, params map[string]string) (method, path string, err error) {
	known, ok := FindOperation(op)
	if !ok {
		return "", "", fmt.Errorf("there is no operation %q", op)
	}
	method, template, err := c.route(ctx, known)
	if err != nil { // ctx has ended before anything was sent
		return "", "", &TransportError{Method: known.Method, Path: known.Path, Err: err}
	}
	path, err = fill(template, known.Parameters(), params)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", op, err)
	}
	return method, path, nil
}

// slowestPoll bounds the pause between two polls of [Client.Poll], in units of
// Options.Backoff.
const slowestPoll = 20

// Poll calls look until it reports true: often at first, then every few seconds, for at
// most the given time. It reports whether look reported true. The error is the one of
// look, or of ctx once that has ended.
func (c *Client) Poll(ctx context.Context, atMost time.Duration, look func(context.Context) (bool, error)) (bool, error) {
	defer c.budget.spend(ctx)()
	deadline := time.Now().Add(atMost)
	for wait := c.backoff; ; wait = min(wait*3/2, slowestPoll*c.backoff) {
		seen, err := look(ctx)
		switch {
		case err == nil && seen:
			return true, nil
		case ctx.Err() != nil: // look failed because ctx has ended
			return false, context.Cause(ctx)
		case err != nil:
			return false, err
		case time.Now().Add(wait).After(deadline):
			return false, nil
		}
		if err := c.pause(ctx, wait, ""); err != nil {
			return false, err
		}
	}
}

// IDOf returns the id of an object in an answer, "" if it has none.
func IDOf(object map[string]any) string {
	for _, key := range []string{"uuid", "id"} {
		switch id := object[key].(type) {
		case string:
			return id
		case int64:
			return fmt.Sprint(id)
		}
	}
	return ""
}
