package api

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// The time that a client may spend (Options.Timeout), for all its requests together.
// Policy:
//
//   - Time counts while a request of the client is being carried out, with its pauses,
//     its waits for the limiter and its polls. Between requests it does not count, for
//     example while a person is asked.
//   - Requests of a context from [Outside] do not count: deployments have their own
//     limit.
//   - At its end Options.TimeUp is called, once. Waits end with [ErrTimeUp] and no
//     longer begin; what can be sent without a wait is still sent, so that the caller
//     can find out what was done, and report it.
//   - A wait that is longer than what a request, or the client, may still take is not
//     begun: it ends at once, with a [LongWaitError].

// ErrTimeUp is the end of the time that a client may spend.
var ErrTimeUp = errors.New("the time for reading and writing is up")

// LongWaitError is a pause that the API asks for (Retry-After) and that is too long.
type LongWaitError struct {
	// Wait is the pause, Limit the time that is left for it.
	Wait, Limit time.Duration
	// Total: Limit is what is left of Options.Timeout, not of Options.Deadline.
	Total bool
}

// Error returns both times.
func (e *LongWaitError) Error() string {
	of := "a request may take"
	if e.Total {
		of = "is left for reading and writing"
	}
	return fmt.Sprintf("the API asks to wait %s (Retry-After), which is longer than the %s that %s",
		e.Wait.Round(time.Second), e.Limit.Round(time.Second), of)
}

// budget is the time that is left. A nil one is unlimited.
type budget struct {
	total  time.Duration
	timeUp func() // may be nil
	up     chan struct{}

	mu     sync.Mutex
	active int // requests that are being carried out
	spent  time.Duration
	since  time.Time // of the first of them
	timer  *time.Timer
}

func newBudget(total time.Duration, timeUp func()) *budget {
	if total <= 0 {
		return nil
	}
	return &budget{total: total, timeUp: timeUp, up: make(chan struct{})}
}

type outsideKey struct{}

// Outside returns a context whose requests do not count for Options.Timeout.
func Outside(ctx context.Context) context.Context {
	return context.WithValue(ctx, outsideKey{}, true)
}

// spend counts the time until the returned function is called.
func (b *budget) spend(ctx context.Context) (end func()) {
	if b == nil || ctx.Value(outsideKey{}) != nil {
		return func() {}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.active++; b.active == 1 {
		b.since = time.Now()
		if b.timer == nil {
			b.timer = time.AfterFunc(b.total, b.expire)
		} else {
			b.timer.Reset(max(0, b.total-b.spent))
		}
	}
	return b.stop
}

func (b *budget) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.active--; b.active == 0 {
		b.spent += time.Since(b.since)
		b.timer.Stop()
	}
}

func (b *budget) expire() {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.up:
	default:
		close(b.up)
		if b.timeUp != nil {
			b.timeUp()
		}
	}
}

// left returns the time that is left, and whether it is limited.
func (b *budget) left(ctx context.Context) (time.Duration, bool) {
	if b == nil || ctx.Value(outsideKey{}) != nil {
		return 0, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	left := b.total - b.spent
	if b.active > 0 {
		left -= time.Since(b.since)
	}
	return left, true
}

// expired returns a channel that is closed when the time is up.
func (b *budget) expired(ctx context.Context) <-chan struct{} {
	if b == nil || ctx.Value(outsideKey{}) != nil {
		return nil
	}
	return b.up
}

// tooLong returns an error if the API asks for a pause (0: it does not) that is longer
// than a request may take, or than the time that is left.
func (c *Client) tooLong(ctx context.Context, asks time.Duration) error {
	if asks > c.deadline {
		return &LongWaitError{Wait: asks, Limit: c.deadline}
	}
	if left, limited := c.budget.left(ctx); limited && asks > max(left, 0) {
		return &LongWaitError{Wait: asks, Limit: max(left, 0), Total: true}
	}
	return nil
}

// pause waits for d, and says why if that is long. It ends early, with an error, when
// ctx ends or when the time is up.
func (c *Client) pause(ctx context.Context, d time.Duration, why string) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	c.waits.notify(d, why)
	for end := time.Now().Add(d); ; {
		rest := time.Until(end)
		if rest <= 0 {
			return context.Cause(ctx)
		}
		if rest < d && rest > longWait {
			c.waits.notify(rest, why)
		}
		timer := time.NewTimer(min(rest, tellEvery))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-c.budget.expired(ctx):
			timer.Stop()
			return ErrTimeUp
		}
	}
}
