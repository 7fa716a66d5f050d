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
	Status              int    // 0 if no answer was sent
	OperationID         string // as in the reference; "" if it is not listed there
}

// Requests returns all requests so far, oldest first, including those that a fault hit.
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

// record writes the log. With the state in a file and several clients, lines are in order of completion.
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
	// A write error of the log must not affect the answer.
	_, _ = fmt.Fprintf(s.options.Log, "%s %s %s\n", line.Method, address.RequestURI(), status)
}
