package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// Request is a line of the request log.
type Request struct {
	Method, Path, Query string
	Status              int    // 0 when no answer went out
	OperationID         string // as in the reference; "" for what it does not list
}

// Requests returns all requests so far, oldest first, those that a fault hit included.
func (s *Sandbox) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ResetRequests empties the request log.
func (s *Sandbox) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// record writes the log. With the state in a file and several clients, lines stand in order of completion.
func (s *Sandbox) record(line Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, line)
	if s.options.Log == nil {
		return
	}
	address := url.URL{Path: line.Path, RawQuery: line.Query}
	status := strconv.Itoa(line.Status)
	if line.Status == 0 {
		status = "dropped"
	}
	// A log that cannot be written must not disturb the answer.
	_, _ = fmt.Fprintf(s.options.Log, "%s %s %s\n", line.Method, address.RequestURI(), status)
}
