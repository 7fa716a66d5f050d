package remote

import (
	"cmp"
	"context"
	"errors"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Do makes one call: it sends it, retries it as its retry class allows, and then waits
// for Until. Every [resource.HandleOf] in the call must have been replaced by an id.
//
// An action that goes on after its answer, such as the check of a repository, may
// answer "not yet" with a status of false. The state that Until polls counts then, and
// after it the answer to the same call again (SEEN: the official client).
//
// The error is a [PendingError] or one of [api.Client.Do], possibly wrapped. The answer
// contains what is known even if there is an error: after a PendingError the write
// itself was made.
func (c *Caller) Do(ctx context.Context, call resource.Call) (resource.Answer, error) {
	var answer resource.Answer
	var notYet bool
	if call.Op != "" {
		var err error
		answer, err = c.send(ctx, call)
		notYet = call.Until != nil && api.IsVerdict(err)
		if err != nil && !notYet {
			return answer, err
		}
	}
	if call.Until == nil {
		return answer, nil
	}
	shown, err := c.await(ctx, call)
	if err == nil && notYet {
		answer, err = c.send(ctx, call)
	}
	if answer.Handle == "" {
		answer.Handle = shown.handle
	}
	if answer.Body == nil {
		answer.Body = shown.body
	}
	return answer, err
}

// send sends a call and finds the id of the resource.
func (c *Caller) send(ctx context.Context, call resource.Call) (resource.Answer, error) {
	req, err := requestOf(call)
	if err != nil {
		return resource.Answer{}, err
	}
	var found finding
	if call.Probe != nil {
		req.Verify = func(ctx context.Context) (bool, error) {
			var err error
			found, err = c.recognise(ctx, call)
			return found.seen, err
		}
	}
	if adopted, err := c.appeared(ctx, call); err != nil {
		return resource.Answer{}, err
	} else if adopted != nil {
		return *adopted, nil
	}
	body, err := c.client.Do(ctx, req)
	switch {
	case err != nil:
		return resource.Answer{}, err
	case found.seen:
		return resource.Answer{Handle: found.handle, Body: found.body}, nil
	}
	answer := resource.Answer{Handle: api.IDOf(body), Body: body}
	if call.Gives.IsZero() || answer.Handle != "" {
		return answer, nil
	}
	// Answers to writes are incomplete, and this one has no id. An update has the id in
	// its path; a create has to be looked up.
	if id, ok := call.Params["uuid"].(string); ok {
		answer.Handle = id
	} else if req.Verify != nil {
		if _, err := req.Verify(ctx); err != nil {
			return answer, &api.UnknownError{Op: call.Op, Err: err}
		}
		answer.Handle = found.handle
	}
	if answer.Handle == "" {
		return answer, &api.UnknownError{Op: call.Op, Err: errors.New("it was done, but the answer has no id")}
	}
	return answer, nil
}

// requestOf returns the request of a call, without its verifier.
func requestOf(call resource.Call) (api.Request, error) {
	params, err := pathTexts(call.Op, call.Params)
	if err != nil {
		return api.Request{}, err
	}
	body, err := bodyOf(call)
	if err != nil {
		return api.Request{}, err
	}
	return api.Request{Op: call.Op, Params: params, Body: body, Retry: retryOf(call.Retry)}, nil
}

// retryOf maps a retry class to that of a request. ReadBack and LookUp differ in what
// counts as the effect, which [Caller.recognise] decides.
func retryOf(class resource.Retry) api.Retry {
	switch class {
	case resource.Repeat:
		return api.RetryAlways
	case resource.ReadBack, resource.LookUp:
		return api.RetryAfterVerify
	}
	return api.RetryNever
}

// failedLooks is how many consecutive polls must show a state of Until.Failed: the
// first one after a write may still show the state before it. Once a poll has shown
// another state, one is enough.
const failedLooks = 3

// await polls until the effect of a call is seen, or can no longer occur.
func (c *Caller) await(ctx context.Context, call resource.Call) (finding, error) {
	var found finding
	until, failures, began := call.Until, 0, false
	seen, err := c.client.Poll(ctx, until.Deadline, func(ctx context.Context) (bool, error) {
		objects, err := c.probed(ctx, until.Probe)
		if err != nil {
			return false, err
		}
		state := failedState(until, objects)
		if state == "" {
			failures, began = 0, true
			found, err = c.find(until.Probe, objects)
			return found.seen, err
		}
		if failures++; failures == failedLooks || began {
			return false, &FailedError{State: state, Why: c.why(until, objects)}
		}
		return false, nil
	})
	switch {
	case err != nil:
		return finding{}, err
	case !seen:
		return finding{}, &PendingError{Wants: cmp.Or(until.For, wanted(until.Probe)), After: until.Deadline}
	}
	return found, nil
}

// why gives the API's words about a failure, "" where it has none.
func (c *Caller) why(until *resource.Until, objects []map[string]any) string {
	for _, object := range objects {
		if words, _ := object[until.Why].(string); words != "" {
			return c.client.Quote(words)
		}
	}
	return ""
}

// failedState says which state of Failed an object has, "" for none.
func failedState(until *resource.Until, objects []map[string]any) string {
	for _, object := range objects {
		for _, state := range until.Failed {
			if fits(state, object) {
				return wanted(resource.Probe{Where: state})
			}
		}
	}
	return ""
}
