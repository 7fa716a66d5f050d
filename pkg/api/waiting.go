package api

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Options.Waiting is called while requests wait for a long time, so that the program
// does not seem to hang. The policy: a single wait of more than five seconds, or many
// short ones one after another for that long; at the beginning and every 30 seconds.
// Parallel requests wait for the same thing, so that they share these messages.

const (
	longWait  = 5 * time.Second
	tellEvery = 30 * time.Second
	// separate is the pause after which a wait has nothing to do with the last one, and
	// shortWait the length of one that does not count.
	separate  = 10 * time.Second
	shortWait = time.Second
)

// waitNotifier calls tell during long waits; a nil one never does.
type waitNotifier struct {
	tell func(d time.Duration, why string) // may be nil

	mu sync.Mutex
	// since and until are the beginning and the end of waits that follow one another;
	// told is the last message about them.
	since, until, told time.Time
}

// notify is called when a wait of d begins or goes on.
func (n *waitNotifier) notify(d time.Duration, why string) {
	if n == nil || n.tell == nil || why == "" || d < shortWait {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if now.Sub(n.until) > separate {
		n.since, n.told = now, time.Time{}
	}
	if end := now.Add(d); end.After(n.until) {
		n.until = end
	}
	if n.until.Sub(n.since) <= longWait || !n.told.IsZero() && now.Sub(n.told) < tellEvery {
		return
	}
	n.told = now
	if waited := now.Sub(n.since); waited >= longWait {
		why += fmt.Sprintf("; waiting for %s so far", waited.Round(time.Second))
	}
	n.tell(d, why)
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
