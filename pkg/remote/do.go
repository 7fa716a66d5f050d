package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Do carries out one call: it sends it, repeats it as its retry class allows
// (send.go has the policy), and then waits for Until. Every [resource.HandleOf]
// in the call must have been replaced by an id.
//
// The error is a [StatusError], [TransportError], [UnknownError] or
// [PendingError], possibly wrapped. The answer holds what is known even when
// there is an error: after a PendingError the write itself was made.
func (c *Client) Do(ctx context.Context, call resource.Call) (resource.Answer, error) {
	var answer resource.Answer
	if call.Op != "" {
		var err error
		if answer, err = c.perform(ctx, call); err != nil {
			return answer, err
		}
	}
	if call.Until == nil {
		return answer, nil
	}
	shown, err := c.await(ctx, call)
	if answer.Handle == "" {
		answer.Handle = shown.handle
	}
	if answer.Body == nil {
		answer.Body = shown.body
	}
	return answer, err
}

func (c *Client) perform(ctx context.Context, call resource.Call) (resource.Answer, error) {
	req, err := c.request(ctx, call.Op, call.Params, nil)
	if err != nil {
		return resource.Answer{}, err
	}
	if req.body, req.secrets, err = encode(call.Body); err != nil {
		return resource.Answer{}, fmt.Errorf("%s: %w", call.Op, err)
	}
	var found finding
	s := settler{retry: call.Retry}
	if call.Probe != nil {
		s.look = func(ctx context.Context) (bool, error) {
			var err error
			found, err = c.recognise(ctx, call)
			return found.seen, err
		}
	}
	r, err := c.send(ctx, req, s)
	if err != nil {
		return resource.Answer{}, err
	}
	if found.seen {
		return resource.Answer{Handle: found.handle, Body: found.body}, nil
	}
	body, _ := r.body.(map[string]any)
	answer := resource.Answer{Handle: handleOf(body), Body: body}
	if call.Gives == "" || answer.Handle != "" {
		return answer, nil
	}
	// Answers to writes are partial echoes, and this one has no id. A change of
	// something has the id in its path; a create needs a look.
	if id, ok := call.Params["uuid"].(string); ok {
		answer.Handle = id
	} else if s.look != nil {
		if _, err := s.look(ctx); err != nil {
			return answer, unknown(req, err)
		}
		answer.Handle = found.handle
	}
	if answer.Handle == "" {
		return answer, unknown(req, errors.New("it was done, but the answer has no id"))
	}
	return answer, nil
}

// request addresses an operation.
func (c *Client) request(ctx context.Context, op string, params map[string]resource.Value, query url.Values) (request, error) {
	method, path, err := c.Path(ctx, op, params)
	return request{op: op, method: method, path: path, query: query}, err
}

// Path gives the method and the path of an operation with its parameters filled
// in. An inferred path is first looked up in the API's schema (see schema.go).
func (c *Client) Path(ctx context.Context, op string, params map[string]resource.Value) (method, path string, err error) {
	known, ok := FindOperation(op)
	if !ok {
		return "", "", fmt.Errorf("there is no operation %q", op)
	}
	method, template, err := c.route(ctx, known)
	if err != nil {
		return "", "", err
	}
	path, err = fill(template, known.Parameters(), params)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", op, err)
	}
	return method, path, nil
}

// Get reads one object with a GET operation. Whole numbers in it are int64.
func (c *Client) Get(ctx context.Context, op string, params map[string]resource.Value, query url.Values) (map[string]any, error) {
	req, err := c.request(ctx, op, params, query)
	if err != nil {
		return nil, err
	}
	if req.method != http.MethodGet {
		return nil, fmt.Errorf("%s is not a read", op)
	}
	r, err := c.send(ctx, req, settler{})
	if err != nil {
		return nil, err
	}
	object, ok := r.body.(map[string]any)
	if !ok {
		return nil, &StatusError{Op: op, Method: req.method, Path: req.path, Status: r.status, Detail: "the answer is not an object"}
	}
	return object, nil
}

// Raw is a request of the user's own making, for "divioctl api". Path begins
// with a slash. Body may be nil.
type Raw struct {
	Method, Path string
	Query        url.Values
	Body         []byte
	// ContentType of the body, "" for JSON.
	ContentType string
}

// RawAnswer is what came back for a [Raw] request.
type RawAnswer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send makes a raw request. Reads are repeated like all others; a write is only
// repeated where it surely was not done, and ends as [UnknownError] where that
// is unclear. A status of 300 or above is a [StatusError], and the answer is
// given as well.
func (c *Client) Send(ctx context.Context, raw Raw) (RawAnswer, error) {
	retry := resource.Once
	if raw.Method == http.MethodGet {
		retry = resource.Repeat
	}
	if !strings.HasPrefix(raw.Path, "/") || strings.ContainsAny(raw.Path, "?#") {
		return RawAnswer{}, errors.New("a path begins with a slash and has neither query nor fragment")
	}
	r, err := c.send(ctx, request{
		method: raw.Method, path: raw.Path, query: raw.Query,
		body: raw.Body, contentType: raw.ContentType, anything: true,
	}, settler{retry: retry})
	return RawAnswer{Status: r.status, Header: r.header, Body: r.raw}, err
}

// Waiting for an effect looks often at first and then every few seconds.
const slowestLook = 20 // times Options.Backoff

// await looks until the effect shows.
func (c *Client) await(ctx context.Context, call resource.Call) (finding, error) {
	until := call.Until
	deadline := time.Now().Add(until.Deadline)
	for wait := c.backoff; ; wait = min(wait*3/2, slowestLook*c.backoff) {
		found, err := c.look(ctx, until.Probe)
		switch {
		case err == nil && found.seen:
			return found, nil
		case ctx.Err() != nil: // says nothing about the write
			return finding{}, fmt.Errorf("%s: %w", call.Does, ctx.Err())
		case err != nil:
			return finding{}, err
		}
		if time.Now().Add(wait).After(deadline) {
			return finding{}, &PendingError{Does: call.Does, After: until.Deadline}
		}
		if err := pause(ctx, wait); err != nil {
			return finding{}, fmt.Errorf("%s: %w", call.Does, err)
		}
	}
}
