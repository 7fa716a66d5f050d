package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// Retries. Policy, by the outcome of an attempt:
//
//	throttled, notSent   retried in every case
//	unclear              RetryAlways: retried. Otherwise Verify is called: if it
//	                     finds the effect, the request is done. If not,
//	                     RetryAfterVerify retries, and RetryNever calls it again a
//	                     little later and then ends as unknown.
//	serverError (500)    RetryAlways: retried at most twice. Otherwise Verify is
//	                     called once; without an effect the request has failed. It
//	                     is never retried: a 500 rarely succeeds the next time.
//	                     Without Verify it is unknown whether the API failed
//	                     before the write or after it.
//	rejected             the request has failed. If an earlier attempt was unclear,
//	                     Verify is called first: the rejection may be due to what
//	                     that attempt made.
//
// A DELETE that is answered 404 is done if an attempt before it was unclear or a 500:
// that one took effect. A first 404 is a failure, since the API also answers 404 for
// objects that an account may not access. If the object no longer exists, the next plan
// does not delete it. (A 404 that is a web page, which the API never returns, is
// ignored.)
//
// Pauses double from Options.Backoff, with jitter, and are at least what the API asks
// for; if that is too long the request ends at once (budget.go). A request also ends when
// its retries, pauses included, have taken Options.Deadline, or after maxAttempts
// attempts that were not throttled. A write whose outcome is
// unclear at its end is an UnknownError.

const (
	maxAttempts = 6
	max500      = 3 // attempts that may end in 500
	maxVerify   = 3 // how often the effect of a RetryNever is verified
)

// delivery is a request while it is sent and retried.
type delivery struct {
	client    *Client
	req       request
	failures  int  // answers 500
	uncertain bool // an attempt may have taken effect
}

// end is how a delivery continues after an attempt: it is over, with a reply or an
// error, or may be retried.
type end struct {
	over, repeat bool
	reply        reply
	err          error
}

// send sends req, with retries according to the policy. It returns an empty reply and
// no error if req.verify found the effect. With an error, the reply is the last one.
func (c *Client) send(ctx context.Context, req request) (reply, error) {
	defer c.budget.spend(ctx)()
	d := delivery{client: c, req: req}
	var spent time.Duration
	attempts := 0 // not counting throttled ones
	for number := 1; ; number++ {
		r, outcome, err := c.attempt(ctx, req, number)
		if outcome == done {
			return r, nil
		}
		if outcome != throttled {
			attempts++
		}
		next := d.after(ctx, r, outcome, err)
		if next.over {
			return next.reply, next.err
		}
		wait := c.pauseAfter(number, err)
		spent += r.took + wait
		if next.repeat && attempts < maxAttempts {
			stop := c.tooLong(ctx, asksFor(err))
			if stop == nil && spent < c.deadline {
				if stop = c.pause(ctx, wait, whyRetry(err)); stop == nil {
					continue
				}
			}
			if stop != nil && !says(err, stop) { // this is why it is not sent again, and not the last answer
				err = fmt.Errorf("%w; %w", err, stop)
			}
		}
		if d.uncertain && req.method != http.MethodGet {
			return reply{}, unknown(req, err)
		}
		return r, err
	}
}

// says reports whether an error already contains why the client stopped.
func says(err, stop error) bool {
	return errors.Is(err, stop) || errors.Is(err, ErrTimeUp) && errors.Is(stop, ErrTimeUp)
}

// after decides what follows an attempt that was not done.
func (d *delivery) after(ctx context.Context, r reply, outcome outcome, err error) end {
	switch outcome {
	case cannotSend:
		return end{}
	case unclear:
		d.uncertain = true
		if tookEffect, err := d.client.verifyUnclear(ctx, d.req, err); tookEffect || err != nil {
			return end{over: true, err: err}
		}
	case serverError:
		return d.afterServerError(ctx, err)
	case rejected:
		return d.afterRejection(ctx, r, err)
	}
	return end{repeat: true}
}

func (d *delivery) afterServerError(ctx context.Context, err error) end {
	d.failures++
	if d.req.retry == RetryAlways {
		d.uncertain = true
		return end{repeat: d.failures < max500}
	}
	if d.req.verify == nil {
		d.uncertain = true
		return end{}
	}
	if tookEffect, err := verifyOnce(ctx, d.req, err); tookEffect || err != nil {
		return end{over: true, err: err}
	}
	return end{}
}

func (d *delivery) afterRejection(ctx context.Context, r reply, err error) end {
	if d.req.method == http.MethodDelete && r.status == http.StatusNotFound && isJSON(r.raw) {
		if d.uncertain {
			return end{over: true}
		}
		return end{over: true, reply: r, err: fmt.Errorf("it no longer exists, or this account may not delete it: %w", err)}
	}
	if d.uncertain && d.req.verify != nil && !IsAuth(err) {
		if tookEffect, err := verifyOnce(ctx, d.req, err); tookEffect || err != nil {
			return end{over: true, err: err}
		}
		return end{over: true, reply: r, err: err} // no earlier attempt took effect
	}
	return end{}
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
		// The API may still be processing the request.
		if err := c.pause(ctx, c.pauseAfter(number, nil), ""); err != nil {
			return false, unknown(req, cause)
		}
	}
}

// verifyOnce calls the verifier. If that fails the outcome is unknown, unless it found
// another object in place of the one that was sent.
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
	if asks := asksFor(err); asks > 0 {
		// At least that long, and not all at the same moment.
		return asks + rand.N(asks/10+c.backoff)
	}
	return pause
}

// asksFor is the pause that the API asks for, 0 for none.
func asksFor(err error) time.Duration {
	var status *StatusError
	if errors.As(err, &status) {
		return status.RetryAfter
	}
	return 0
}
