package remote

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Repeating. Policy, by what became of an attempt (see fate):
//
//	throttled, unsent   repeated in every retry class
//	unclear             Repeat: repeated. Other classes: the effect is looked
//	                    for; if it is there the call is done. If not, ReadBack
//	                    and LookUp repeat, and Once looks again a little later
//	                    and then ends as unknown, never repeated.
//	broken (500)        Repeat: repeated at most twice. Other classes: looked
//	                    for once; if nothing is there the call has failed.
//	                    Never repeated: a 500 is rarely better the next time.
//	                    Where nobody can look, its fate is unclear: the API may
//	                    have broken down before the write or after it.
//	rejected            the call has failed. If an earlier attempt was unclear
//	                    the effect is looked for first: the refusal may be due
//	                    to what that attempt made.
//
// A DELETE that is answered 404 is done where an attempt before it was unclear or
// broken: that one took effect. A first 404 is a failure: the plan saw the thing,
// and the API also says 404 of what an account may not touch. If it is gone after
// all, the next plan has nothing to delete. (A 404 that is a web page, which the
// API never gives, means nothing.)
//
// Pauses double from Options.Backoff, with jitter, and are at least what the API
// asks for. A call ends when its repeats, pauses included, have taken
// Options.Deadline, or after maxAttempts attempts that were not throttled. A
// write that ends while its fate is unclear ends as UnknownError.

const (
	maxAttempts = 6
	maxBroken   = 3 // attempts that may end in 500
	maxLooks    = 3 // looks for the effect of a call that is never repeated
)

// settler looks for the effect of a request whose fate is unclear.
type settler struct {
	retry resource.Retry
	// look reports whether the effect is there; nil when there is no way to
	// tell. An error means that it is not known.
	look func(context.Context) (bool, error)
}

// send carries out req, repeating it as the policy says. It gives an empty reply
// and no error when s found the effect. With an error, the reply is the last one.
func (c *Client) send(ctx context.Context, req request, s settler) (reply, error) {
	var (
		spent     time.Duration
		attempts  int // not counting throttled ones
		failures  int // answers 500
		uncertain bool
	)
	for number := 1; ; number++ {
		r, fate, err := c.attempt(ctx, req, number)
		if fate == done {
			return r, nil
		}
		if fate != throttled {
			attempts++
		}
		repeat := true
		switch fate {
		case hopeless:
			repeat = false
		case unclear:
			uncertain = true
			if found, err := c.settle(ctx, req, s, err); found || err != nil {
				return reply{}, err
			}
		case broken:
			failures++
			repeat = s.retry == resource.Repeat && failures < maxBroken
			uncertain = uncertain || s.retry == resource.Repeat || s.look == nil
			if s.retry != resource.Repeat && s.look != nil {
				if found, err := s.find(ctx, req, err); found || err != nil {
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
			if uncertain && s.look != nil && !IsAuth(err) {
				if found, err := s.find(ctx, req, err); found || err != nil {
					return reply{}, err
				}
				return r, err // the look settled it: nothing was made
			}
		}
		wait := c.pauseAfter(number, err)
		spent += r.took + wait
		if repeat && attempts < maxAttempts && spent < c.deadline && ctx.Err() == nil {
			c.waits.wait(wait, whyAgain(err))
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

// settle looks for the effect of an unclear attempt. It gives an error when the
// call must end here.
func (c *Client) settle(ctx context.Context, req request, s settler, cause error) (bool, error) {
	if s.retry == resource.Repeat {
		return false, nil
	}
	if s.look == nil || ctx.Err() != nil {
		return false, unknown(req, cause)
	}
	for look := 1; ; look++ {
		found, err := s.find(ctx, req, cause)
		switch {
		case found || err != nil:
			return found, err
		case s.retry != resource.Once:
			return false, nil
		case look == maxLooks:
			return false, unknown(req, cause)
		}
		// The API may still be at work on what it got.
		if err := pause(ctx, c.pauseAfter(look, nil)); err != nil {
			return false, unknown(req, cause)
		}
	}
}

// find looks once. When that fails nothing is known, unless it found somebody
// else's work in the place of ours.
func (s settler) find(ctx context.Context, req request, cause error) (bool, error) {
	found, err := s.look(ctx)
	switch {
	case errors.Is(err, errStranger):
		return false, fmt.Errorf("%w; %w", cause, err)
	case err != nil:
		return false, unknown(req, fmt.Errorf("%w; looking for it: %w", cause, err))
	}
	return found, nil
}

func unknown(req request, err error) error {
	return &UnknownError{Op: req.op, Method: req.method, Path: req.path, Err: err}
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

func isJSON(raw []byte) bool {
	_, err := decode(raw)
	return err == nil
}
