package api

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Long waits are told (Options.Waiting), so that nobody takes silence for a hang. The
// policy: a wait of more than five seconds, and at most one in ten seconds, since
// requests that run side by side wait for the same thing.

const (
	longWait = 5 * time.Second
	quietFor = 10 * time.Second
)

// announcer tells long waits; nil tells none.
type announcer struct {
	tell func(d time.Duration, why string) // nil: nobody listens

	mu   sync.Mutex
	last time.Time
}

func (a *announcer) wait(d time.Duration, why string) {
	if a == nil || a.tell == nil || d <= longWait {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := time.Now(); a.last.IsZero() || now.Sub(a.last) >= quietFor {
		a.last = now
		a.tell(d, why)
	}
}

// whyAgain says why a request is repeated after a while.
func whyAgain(err error) string {
	var status *StatusError
	if errors.As(err, &status) && status.Status == http.StatusTooManyRequests {
		return tooMany
	}
	return fmt.Sprintf("then again what failed: %v", err)
}

const tooMany = "the API asks for fewer requests (429)"
