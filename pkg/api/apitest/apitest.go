// Package apitest answers for the API in the tests of the packages that send requests,
// and holds the values that those tests must never find in an error or a log line.
package apitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// CanaryToken and CanarySecret must never be seen in an error or a log line.
const (
	CanaryToken  = "canary-token-5f2c"
	CanarySecret = "canary-secret-91ab"
)

// Endpoint is the address of the API that answers.
const Endpoint = "https://api.example.test"

// Handler answers one request; n counts from 1.
type Handler func(r *http.Request, n int) (*http.Response, error)

// Fake is a transport that answers by itself and remembers what it was asked.
type Fake struct {
	Handle Handler

	mu   sync.Mutex
	seen []string // "METHOD path?query"
}

// RoundTrip has Handle answer.
func (f *Fake) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	f.seen = append(f.seen, r.Method+" "+r.URL.RequestURI())
	n := len(f.seen)
	f.mu.Unlock()
	response, err := f.Handle(r, n)
	if r.Body != nil {
		r.Body.Close()
	}
	if response != nil {
		response.Request = r
	}
	return response, err
}

// Requests are those so far, as "METHOD path?query".
func (f *Fake) Requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.seen...)
}

// Answer makes a response; headers are "Name: value".
func Answer(status int, body string, headers ...string) *http.Response {
	response := &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		response.Header.Set(name, value)
	}
	return response
}

var (
	errReset = errors.New("connection reset by peer")
	errDial  = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
)

// Log is a debug log that the test fails for if it shows a canary.
func Log(t *testing.T) (*slog.Logger, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	t.Cleanup(func() {
		for _, canary := range []string{CanaryToken, CanarySecret} {
			if strings.Contains(log.String(), canary) {
				t.Errorf("the log holds %s:\n%s", canary, log.String())
			}
		}
	})
	return slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), &log
}

// MustNotLeak fails when an error shows a canary, however it is printed.
func MustNotLeak(t *testing.T, err error) {
	t.Helper()
	for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		for _, canary := range []string{CanaryToken, CanarySecret} {
			if strings.Contains(text, canary) {
				t.Errorf("the error holds %s: %s", canary, text)
			}
		}
	}
}

// Script answers with one step after the other; the last one repeats.
func Script(steps ...string) Handler {
	return func(r *http.Request, n int) (*http.Response, error) {
		return Step(steps[min(n, len(steps))-1])
	}
}

// Step is one answer, by a name such as "502" or "reset"; any other text is the body of a
// 200.
func Step(s string) (*http.Response, error) {
	switch s {
	case "reset":
		return nil, errReset
	case "dial":
		return nil, errDial
	case "429":
		return Answer(429, `{"detail": "Request was throttled."}`, "Retry-After: 7"), nil
	case "500", "502", "503", "504":
		status := map[string]int{"500": 500, "502": 502, "503": 503, "504": 504}[s]
		return Answer(status, "<html>"+http.StatusText(status)+"</html>"), nil
	case "400":
		return Answer(400, `{"name": ["already in use"]}`), nil
	case "404":
		return Answer(404, `{"detail": "Not found."}`), nil
	case "404 page":
		return Answer(404, `<html>nginx</html>`), nil
	case "401":
		return Answer(401, `{"detail": "Invalid token."}`), nil
	case "cut":
		response := Answer(201, `{"uuid": "n`)
		response.Body = io.NopCloser(io.MultiReader(response.Body, brokenReader{}))
		return response, nil
	case "204":
		return Answer(204, ""), nil
	case "none":
		return Answer(200, `{"count": 0, "next": null, "results": []}`), nil
	}
	return Answer(200, s), nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
