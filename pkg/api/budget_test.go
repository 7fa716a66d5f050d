package api

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// The time of all requests together is limited, whatever they wait for; that between
// them and that of deployments is not.
func TestTimeout(t *testing.T) {
	domain := map[string]string{"uuid": "d"}
	get := func(ctx context.Context, c *Client) error {
		_, err := c.Get(ctx, "GetDomain", domain, nil)
		return err
	}
	for _, test := range []struct {
		name   string
		answer func(n int) (*http.Response, error)
		do     func(ctx context.Context, c *Client) error
		after  time.Duration // when it ends
		want   error
	}{
		{"it answers 429 for ever", func(int) (*http.Response, error) { return answer(429, ""), nil },
			func(ctx context.Context, c *Client) (err error) {
				for !errors.Is(err, ErrTimeUp) {
					err = get(ctx, c)
				}
				return err
			}, 10 * time.Minute, ErrTimeUp},
		{"it asks for pauses", func(int) (*http.Response, error) { return answer(429, "", "Retry-After: 50"), nil },
			func(ctx context.Context, c *Client) (err error) {
				var wait *LongWaitError
				for !errors.As(err, &wait) {
					err = get(ctx, c)
				}
				if !wait.Total {
					t.Error("a pause that is too long for the request")
				}
				return nil
			}, 10 * time.Minute, nil},
		{"a poll that never ends", func(int) (*http.Response, error) { return step(one) },
			func(ctx context.Context, c *Client) error {
				_, err := c.Poll(ctx, time.Hour, func(ctx context.Context) (bool, error) { return false, get(ctx, c) })
				return err
			}, 10 * time.Minute, ErrTimeUp},
		{"time between requests", func(int) (*http.Response, error) { return step(one) },
			func(ctx context.Context, c *Client) error {
				time.Sleep(time.Hour)
				if err := get(ctx, c); err != nil {
					return err
				}
				time.Sleep(time.Hour)
				return get(ctx, c)
			}, 0, nil},
		{"outside", func(int) (*http.Response, error) { return step(one) },
			func(ctx context.Context, c *Client) error {
				ctx = Outside(ctx)
				_, err := c.Poll(ctx, 11*time.Minute, func(ctx context.Context) (bool, error) { return false, get(ctx, c) })
				return err
			}, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := 0
				c, f, _ := newFake(t, func(_ *http.Request, n int) (*http.Response, error) { return test.answer(n) },
					func(o *Options) { o.Timeout, o.TimeUp = 10*time.Minute, func() { up++ } })
				began := time.Now()
				err := test.do(t.Context(), c)
				took := time.Since(began)
				synctest.Wait()
				if !errors.Is(err, test.want) || (test.want != nil) != (up == 1) {
					t.Errorf("%v, want %v; time was up %d times", err, test.want, up)
				}
				if test.after > 0 && (took > test.after || took < test.after-time.Minute) {
					t.Errorf("took %s, want %s", took, test.after)
				}
				// What needs no wait is sent after that, too.
				sent := len(f.Requests())
				f.Handle = script(one)
				time.Sleep(time.Minute)
				if err := get(t.Context(), c); err != nil || len(f.Requests()) == sent {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

// A wait that goes on is announced again and again, also if it consists of many short
// ones.
func TestWaitsAreAnnouncedAgain(t *testing.T) {
	for name, headers := range map[string][]string{"short": nil, "long": {"Retry-After: 100"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				announced, last := 0, time.Now()
				c, _, _ := newFake(t, func(*http.Request, int) (*http.Response, error) {
					return answer(429, "", headers...), nil
				}, func(o *Options) {
					o.Timeout = 8 * time.Minute
					o.Waiting = func(d time.Duration, why string) {
						if since := time.Since(last); since > 2*tellEvery {
							t.Errorf("nothing was announced for %s", since)
						}
						announced, last = announced+1, time.Now()
					}
				})
				for left, _ := c.budget.left(t.Context()); left > 2*time.Minute; left, _ = c.budget.left(t.Context()) {
					if _, err := c.Get(t.Context(), "GetDomain", map[string]string{"uuid": "d"}, nil); err == nil {
						t.Fatal("no error")
					}
				}
				if announced < 8 || announced > 17 {
					t.Errorf("announced %d times in 8 minutes", announced)
				}
			})
		})
	}
}
