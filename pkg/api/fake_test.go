package api

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
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canaryToken and canarySecret must never be seen in an error or a log line.
const (
	canaryToken  = "canary-token-5f2c"
	canarySecret = "canary-secret-91ab"
)

// handler answers one request; n counts from 1.
type handler func(r *http.Request, n int) (*http.Response, error)

// fake is a transport that answers by itself and remembers what it was asked.
type fake struct {
	handle handler

	mu   sync.Mutex
	seen []string // "METHOD path?query"
}

func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	f.seen = append(f.seen, r.Method+" "+r.URL.RequestURI())
	n := len(f.seen)
	f.mu.Unlock()
	response, err := f.handle(r, n)
	if r.Body != nil {
		r.Body.Close()
	}
	if response != nil {
		response.Request = r
	}
	return response, err
}

func (f *fake) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.seen...)
}

// answer makes a response; headers are "Name: value".
func answer(status int, body string, headers ...string) *http.Response {
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

// newFake makes a client in front of handle. Log gets its debug lines.
func newFake(t *testing.T, handle handler, change ...func(*Options)) (*Client, *fake, *bytes.Buffer) {
	t.Helper()
	f := &fake{handle: handle}
	var log bytes.Buffer
	options := Options{
		Endpoint: "https://api.example.test", Token: newToken(canaryToken), Transport: f,
		Backoff: time.Millisecond,
		Log:     slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&options)
	}
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, canary := range []string{canaryToken, canarySecret} {
			if strings.Contains(log.String(), canary) {
				t.Errorf("the log holds %s:\n%s", canary, log.String())
			}
		}
	})
	return c, f, &log
}

// mustNotLeak fails when an error shows a canary, however it is printed.
func mustNotLeak(t *testing.T, err error) {
	t.Helper()
	for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		for _, canary := range []string{canaryToken, canarySecret} {
			if strings.Contains(text, canary) {
				t.Errorf("the error holds %s: %s", canary, text)
			}
		}
	}
}

// script answers with one step after the other; the last one repeats.
func script(steps ...string) handler {
	return func(r *http.Request, n int) (*http.Response, error) {
		return step(steps[min(n, len(steps))-1])
	}
}

func step(s string) (*http.Response, error) {
	switch s {
	case "reset":
		return nil, errReset
	case "dial":
		return nil, errDial
	case "429":
		return answer(429, `{"detail": "Request was throttled."}`, "Retry-After: 7"), nil
	case "500", "502", "503", "504":
		status := map[string]int{"500": 500, "502": 502, "503": 503, "504": 504}[s]
		return answer(status, "<html>"+http.StatusText(status)+"</html>"), nil
	case "400":
		return answer(400, `{"name": ["already in use"]}`), nil
	case "404":
		return answer(404, `{"detail": "Not found."}`), nil
	case "404 page":
		return answer(404, `<html>nginx</html>`), nil
	case "401":
		return answer(401, `{"detail": "Invalid token."}`), nil
	case "cut":
		response := answer(201, `{"uuid": "n`)
		response.Body = io.NopCloser(io.MultiReader(response.Body, brokenReader{}))
		return response, nil
	case "204":
		return answer(204, ""), nil
	case "none":
		return answer(200, `{"count": 0, "next": null, "results": []}`), nil
	}
	return answer(200, s), nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
