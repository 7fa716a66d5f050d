package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Raw is a request defined by the user, for "divioctl api". Path begins with a slash.
// Body may be nil.
type Raw struct {
	Method, Path string
	Query        url.Values
	Body         []byte
	// ContentType of the body, "" for JSON.
	ContentType string
}

// RawAnswer is the answer to a [Raw] request.
type RawAnswer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send makes a raw request. Reads are retried like all others; a write is only retried
// if it certainly was not done, and ends as [UnknownError] if that is unclear. A status
// of 300 or above is a [StatusError], and the answer is also returned.
func (c *Client) Send(ctx context.Context, raw Raw) (RawAnswer, error) {
	if !strings.HasPrefix(raw.Path, "/") || strings.ContainsAny(raw.Path, "?#") {
		return RawAnswer{}, errors.New("a path begins with a slash and has neither query nor fragment")
	}
	req := request{
		method: raw.Method, path: raw.Path, query: raw.Query,
		body: raw.Body, contentType: raw.ContentType, anyContent: true,
	}
	if raw.Method == http.MethodGet {
		req.retry = RetryAlways
	}
	r, err := c.send(ctx, req)
	return RawAnswer{Status: r.status, Header: r.header, Body: r.raw}, err
}
