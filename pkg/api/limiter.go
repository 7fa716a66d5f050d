package api

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// All requests of a client share one limiter, since the API counts them
// together. Policy:
//
//   - At most Parallelism requests run at the same time.
//   - Without Options.Rate there is no limit until the API answers 429; then the rate
//     begins at Parallelism requests per second and is halved by every further 429,
//     down to one request in two seconds. Several 429 of concurrent requests count
//     once.
//   - Every second of success adds one request per second, up to Options.Rate (or,
//     without it, until the limit is so high that it is removed).
//   - A pause that the API asks for (Retry-After) applies to all requests. If it is
//     longer than a request may take, they fail at once (budget.go).

const (
	slowest  rate.Limit = 0.5 // requests per second
	freeFrom rate.Limit = 100 // above this a learned limit is dropped
)

type limiter struct {
	slots chan struct{} // one token per running request
	pace  *rate.Limiter
	limit rate.Limit // the configured one, rate.Inf for none
	start rate.Limit // after the first 429

	mu     sync.Mutex
	until  time.Time // nothing is sent before
	slowed time.Time // when the limit was last lowered
}

func newLimiter(perSecond float64, parallelism int) *limiter {
	limit := rate.Inf
	if perSecond > 0 {
		limit = rate.Limit(perSecond)
	}
	return &limiter{
		slots: make(chan struct{}, parallelism),
		pace:  rate.NewLimiter(limit, 1),
		limit: limit,
		start: min(rate.Limit(parallelism), limit),
	}
}

// acquire waits until a request may be sent. The caller calls release when its request
// has ended, unless acquire returned an error.
func (c *Client) acquire(ctx context.Context) (err error) {
	l := c.limiter
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() {
		if err != nil {
			l.release()
		}
	}()
	for {
		l.mu.Lock()
		wait := time.Until(l.until)
		l.mu.Unlock()
		if wait <= 0 {
			break
		}
		if err := c.tooLong(ctx, wait); err != nil {
			return err
		}
		if err := c.pause(ctx, wait, tooMany); err != nil {
			return err
		}
	}
	// Not pace.Wait: it returns early, with its own error, if the context has a
	// deadline.
	delay, why := l.pace.Reserve().Delay(), ""
	if l.pace.Limit() < l.limit { // otherwise it is the limit of --rate
		why = tooMany
	}
	return c.pause(ctx, delay, why)
}

func (l *limiter) release() { <-l.slots }

// throttled slows down: a request that began at started was answered 429 and the API
// asks for a pause (0: not given).
func (l *limiter) throttled(started time.Time, ask time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if until := now.Add(ask); until.After(l.until) {
		l.until = until
	}
	if started.Before(l.slowed) {
		return // that request was running when the limit was lowered
	}
	l.slowed = now
	next := l.start
	if current := l.pace.Limit(); current != rate.Inf {
		next = min(next, current/2)
	}
	l.pace.SetLimit(max(next, slowest))
}

// succeeded speeds up again.
func (l *limiter) succeeded() {
	l.mu.Lock()
	defer l.mu.Unlock()
	current := l.pace.Limit()
	if current == rate.Inf || current >= l.limit {
		return
	}
	// At a rate of n per second n successes a second add n * 1/n.
	next := min(current+1/current, l.limit)
	if l.limit == rate.Inf && next >= freeFrom {
		next = rate.Inf
	}
	l.pace.SetLimit(next)
}
