package api

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"
)

func TestParallelismIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		c, _, _ := newFake(t, func(*http.Request, int) (*http.Response, error) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			now.Add(-1)
			return step(one)
		}, func(o *Options) { o.Parallelism = 3 })
		getMany(t, c, 9)
		if most.Load() != 3 {
			t.Errorf("%d at once, want 3", most.Load())
		}
	})
}

func TestRateIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := newFake(t, script(one), func(o *Options) { o.Rate = 10 })
		began := time.Now()
		getMany(t, c, 21)
		if took := time.Since(began); took < 2*time.Second || took > 2100*time.Millisecond {
			t.Errorf("21 requests at 10 a second took %s", took)
		}
	})
}

// The API allows 20 requests a second and answers 429 to the others. All calls
// must succeed, and the limiter must find the rate instead of repeating at once.
func TestLimiterFindsTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var refused int
		allowed := rate.NewLimiter(20, 20)
		c, f, _ := newFake(t, func(*http.Request, int) (*http.Response, error) {
			time.Sleep(20 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			if !allowed.Allow() {
				refused++
				return answer(429, "", "Retry-After: 1"), nil
			}
			return step(one)
		})
		began := time.Now()
		getMany(t, c, 400)
		took := time.Since(began)
		t.Logf("%d requests in %s, %d refused", len(f.Requests()), took, refused)
		if refused > 40 || took > time.Minute {
			t.Errorf("%d refused, took %s", refused, took)
		}
	})
}

func TestLimiterSlowsOncePerBurstAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(0, 8)
		began := time.Now()
		time.Sleep(time.Second)
		for range 8 {
			l.throttled(began, 0)
		}
		if l.pace.Limit() != 8 {
			t.Errorf("after one burst: %v", l.pace.Limit())
		}
		for range 10 {
			time.Sleep(time.Second)
			l.throttled(time.Now(), 0)
		}
		if l.pace.Limit() != slowest {
			t.Errorf("after many: %v", l.pace.Limit())
		}
		for range 100_000 {
			l.succeeded()
		}
		if l.pace.Limit() != rate.Inf {
			t.Errorf("after success: %v", l.pace.Limit())
		}
		limited := newLimiter(5, 8)
		limited.throttled(time.Now(), 0)
		for range 1000 {
			limited.succeeded()
		}
		if limited.pace.Limit() != 5 {
			t.Errorf("recovered to %v, want the configured 5", limited.pace.Limit())
		}
	})
}

func TestRetryAfterHoldsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var second time.Duration
		c, _, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
			if n == 1 {
				return answer(429, "", "Retry-After: 5"), nil
			}
			if second == 0 {
				second = time.Since(began)
			}
			return step(one)
		}, func(o *Options) { o.Parallelism = 1 })
		getMany(t, c, 3)
		if second < 5*time.Second {
			t.Errorf("another request was sent after %s", second)
		}
	})
}

func getMany(t *testing.T, c *Client, n int) {
	t.Helper()
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if _, err := c.Get(t.Context(), "GetDomain", map[string]string{"uuid": "d"}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
