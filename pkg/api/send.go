package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// Repeating. Policy, by the outcome of an attempt:
//
//	throttled, notSent   repeated in every case
//	unclear              RetryAlways: repeated. Otherwise Verify is asked: when it
//	                     finds the effect, the request is done. If not,
//	                     RetryAfterVerify repeats, and RetryNever asks again a
//	                     little later and then ends as unknown.
//	serverError (500)    RetryAlways: repeated at most twice. Otherwise Verify is
//	                     asked once; without an effect the request has failed. It
//	                     is never repeated: a 500 is rarely better the next time.
//	                     Without Verify it is unknown whether the API failed
//	                     before the write or after it.
//	rejected             the request has failed. If an earlier attempt was unclear,
//	                     Verify is asked first: the refusal may be due to what
//	                     that attempt made.
//
// A DELETE that is answered 404 is done where an attempt before it was unclear or
// a 500: that one took effect. A first 404 is a failure, since the API also answers
// 404 for what an account may not touch. If the object is gone after all, the next
// plan does not delete it. (A 404 that is a web page, which the API never gives,
// means nothing.)
//
// Pauses double from Options.Backoff, with jitter, and are at least what the API
// asks for. A request ends when its repeats, pauses included, have taken
// Options.Deadline, or after maxAttempts attempts that were not throttled. A
// write whose outcome is unclear at its end is an UnknownError.

const (
	maxAttempts = 6
	max500      = 3 // attempts that may end in 500
	maxVerify   = 3 // times that the effect of a RetryNever is looked for
)

// send carries out req, repeating it as the policy says. It gives an empty reply
// and no error when req.verify found the effect. With an error, the reply is the
// last one.
func (c *Client) send(ctx context.Context, req request) (reply, error) {
	var (
		spent     time.Duration
		attempts  int  // not counting throttled ones
		failures  int  // answers 500
		uncertain bool // an attempt may have taken effect
	)
	for number := 1; ; number++ {
		r, outcome, err := c.attempt(ctx, req, number)
		if outcome == done {
			return r, nil
		}
		if outcome != throttled {
			attempts++
		}
		repeat := true
		switch outcome {
		case cannotSend:
			repeat = false
		case unclear:
			uncertain = true
			if tookEffect, err := c.verifyUnclear(ctx, req, err); tookEffect || err != nil {
				return reply{}, err
			}
		case serverError:
			failures++
			repeat = req.retry == RetryAlways && failures < max500
			uncertain = uncertain || req.retry == RetryAlways || req.verify == nil
			if req.retry != RetryAlways && req.verify != nil {
				if tookEffect, err := verifyOnce(ctx, req, err); tookEffect || err != nil {
					return reply{}, err
				}
			}
		case rejected:
			repeat = false
			if req.method == http.MethodDelete && r.status == http.StatusNotFound && isJSON(r.raw) {
				if uncertain {
					return reply{}, nil
				}
				return r, fmt.Errorf("either it is gone by now, or this account may not delete it: %w", err)
			}
			if uncertain && req.verify != nil && !IsAuth(err) {
				if tookEffect, err := verifyOnce(ctx, req, err); tookEffect || err != nil {
					return reply{}, err
				}
				return r, err // no attempt before this one took effect either
			}
		}
		wait := c.pauseAfter(number, err)
		spent += r.took + wait
		if repeat && attempts < maxAttempts && spent < c.deadline && ctx.Err() == nil {
			c.waits.notify(wait, whyRetry(err))
			if pause(ctx, wait) == nil {
				continue
			}
		}
		if uncertain && req.method != http.MethodGet {
			return reply{}, unknown(req, err)
		}
		return r, err
	}
}

// verifyUnclear finds out whether an unclear attempt took effect. It returns an error
// when the request must end here.
func (c *Client) verifyUnclear(ctx context.Context, req request, cause error) (tookEffect bool, err error) {
	if req.retry == RetryAlways {
		return false, nil
	}
	if req.verify == nil || ctx.Err() != nil {
		return false, unknown(req, cause)
	}
	for number := 1; ; number++ {
		tookEffect, err := verifyOnce(ctx, req, cause)
		switch {
		case tookEffect || err != nil:
			return tookEffect, err
		case req.retry == RetryAfterVerify:
			return false, nil
		case number == maxVerify:
			return false, unknown(req, cause)
		}
		// The API may still be at work on what it got.
		if err := pause(ctx, c.pauseAfter(number, nil)); err != nil {
			return false, unknown(req, cause)
		}
	}
}

// verifyOnce asks the verifier. When that fails nothing is known, unless it found
// something else in the place of what was sent.
func verifyOnce(ctx context.Context, req request, cause error) (tookEffect bool, err error) {
	tookEffect, err = req.verify(ctx)
	switch {
	case errors.Is(err, ErrConflict):
		return false, fmt.Errorf("%w; %w", cause, err)
	case err != nil:
		return false, unknown(req, fmt.Errorf("%w; verifying whether it took effect: %w", cause, err))
	}
	return tookEffect, nil
}

func unknown(req request, err error) error {
	return &UnknownError{Op: req.op, Err: err}
}

// pauseAfter is the pause after the given attempt that ended in err.
func (c *Client) pauseAfter(number int, err error) time.Duration {
	pause := c.backoff << min(number-1, 5)
	pause = min(pause, 30*c.backoff)
	pause = pause/2 + rand.N(pause/2+1)
	var status *StatusError
	if errors.As(err, &status) && status.RetryAfter > 0 {
		// At least that long, and not all at the same moment.
		return status.RetryAfter + rand.N(status.RetryAfter/10+c.backoff)
	}
	return pause
}
