package api

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Options.Waiting is called before long waits, so that the program does not seem to
// hang. The policy: a wait of more than five seconds, and at most one message in ten
// seconds, since parallel requests wait for the same thing.

const (
	longWait = 5 * time.Second
	quietFor = 10 * time.Second
)

// waitNotifier calls tell before long waits; a nil one never does.
type waitNotifier struct {
	tell func(d time.Duration, why string) // may be nil

	mu   sync.Mutex
	last time.Time
}

func (n *waitNotifier) notify(d time.Duration, why string) {
	if n == nil || n.tell == nil || d <= longWait {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if now := time.Now(); n.last.IsZero() || now.Sub(n.last) >= quietFor {
		n.last = now
		n.tell(d, why)
	}
}

// whyRetry says why a request is sent again after a pause.
func whyRetry(err error) string {
	var status *StatusError
	if errors.As(err, &status) && status.Status == http.StatusTooManyRequests {
		return tooMany
	}
	return fmt.Sprintf("retrying after an error: %v", err)
}

const tooMany = "the API asks for fewer requests (429)"
