package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// RoundTripper returns a transport that passes requests to the sandbox in process, without sockets, for any
// host. It respects the request's context and reports dropped connections as transport errors.
func (s *Sandbox) RoundTripper() http.RoundTripper { return transport{s} }

// transport is the sandbox as an http.RoundTripper.
type transport struct{ sandbox *Sandbox }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	out, err := t.sandbox.serve(r)
	if err != nil {
		return nil, err
	}
	body := out.body
	if r.Method == http.MethodHead {
		body = nil
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", out.status, http.StatusText(out.status)),
		StatusCode:    out.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        out.header,
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       r,
	}, nil
}
