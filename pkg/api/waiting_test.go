package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Long waits are told, short ones are not, and those of requests that wait for the
// same thing are told once.
func TestLongWaitsAreTold(t *testing.T) {
	for _, c := range []struct {
		name  string
		first func() (*http.Response, error)
		want  string // "" for nothing
	}{
		{"a short Retry-After", func() (*http.Response, error) { return answer(429, "", "Retry-After: 4"), nil }, ""},
		{"a long one", func() (*http.Response, error) { return answer(429, "", "Retry-After: 30"), nil }, "fewer requests (429)"},
		{"a long one of another kind", func() (*http.Response, error) { return answer(503, "", "Retry-After: 30"), nil }, "then again what failed: GET /apps/v3/domains/d/"},
		{"a short repeat", func() (*http.Response, error) { return answer(503, ""), nil }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var told []string
				var waits []time.Duration
				client, _, _ := newFake(t, func(_ *http.Request, number int) (*http.Response, error) {
					if number == 1 {
						return c.first()
					}
					return step(one)
				}, func(o *Options) {
					o.Parallelism = 3
					o.Waiting = func(d time.Duration, why string) {
						mu.Lock()
						defer mu.Unlock()
						told, waits = append(told, why), append(waits, d)
					}
				})
				getMany(t, client, 3)
				switch {
				case c.want == "" && len(told) == 0:
				case len(told) != 1 || c.want == "" || !strings.Contains(told[0], c.want) || waits[0] < 30*time.Second || waits[0] > 34*time.Second:
					t.Errorf("told %q, %v; want %q", told, waits, c.want)
				}
			})
		})
	}
}
