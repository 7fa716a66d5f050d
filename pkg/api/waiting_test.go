package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Long waits are announced, short ones are not, and those of requests that wait for the
// same thing are announced once.
func TestLongWaitsAreAnnounced(t *testing.T) {
	for _, c := range []struct {
		name  string
		first func() (*http.Response, error)
		want  string // "" for nothing
	}{
		{"a short Retry-After", func() (*http.Response, error) { return answer(429, "", "Retry-After: 4"), nil }, ""},
		{"a long one", func() (*http.Response, error) { return answer(429, "", "Retry-After: 30"), nil }, "fewer requests (429)"},
		{"a long one of another kind", func() (*http.Response, error) { return answer(503, "", "Retry-After: 30"), nil }, "retrying after an error: GET /apps/v3/domains/d/"},
		{"a short repeat", func() (*http.Response, error) { return answer(503, ""), nil }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var announced []string
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
						announced, waits = append(announced, why), append(waits, d)
					}
				})
				getMany(t, client, 3)
				switch {
				case c.want == "" && len(announced) == 0:
				case len(announced) != 1 || c.want == "" || !strings.Contains(announced[0], c.want) || waits[0] < 30*time.Second || waits[0] > 34*time.Second:
					t.Errorf("announced %q, %v; want %q", announced, waits, c.want)
				}
			})
		})
	}
}
