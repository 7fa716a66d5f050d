// Package api is the HTTP client of the Divio API. It decides where requests and the
// token may be sent, how fast requests are sent, what is retried after a failure, how a
// list is assembled from its pages, and what an error may contain.
//
// It knows operations by their ids (table.go has the method and the path of each) and
// plain Go values. It does not know resources and states; pkg/remote builds those on
// top of it.
//
// [Client.Get] and [Client.List] read, [Client.Do] writes, and [Client.Send] makes a
// request that is not in the table.
//
// Every operation of the API goes through [Client.send], which retries; every request
// goes through [Client.attempt], which decides where the token may be sent.
package api

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Options configure a Client. Only Endpoint is required.
type Options struct {
	// Endpoint is the base URL ("https://api.divio.com"), see [Endpoint].
	Endpoint string
	// Token is sent to the endpoint's host and nowhere else. When it is nil or
	// empty, requests are sent without a token, and the API answers 401.
	Token Secret
	// Transport makes the requests; nil is HTTP/2 with default timeouts.
	Transport http.RoundTripper
	UserAgent string
	// Rate is the maximum number of requests per second; 0 is no limit until the API
	// answers 429 (see limiter.go).
	Rate float64
	// Parallelism is the maximum number of concurrent requests; 0 is 8.
	Parallelism int
	// Deadline bounds one request with all its retries and the pauses between them,
	// without the wait for the limiter; 0 is two minutes.
	Deadline time.Duration
	// Timeout bounds the time that all requests of the client together take, with their
	// pauses and the waits for the limiter (see budget.go); 0 is no limit. TimeUp is
	// called at its end, once; nil does nothing.
	Timeout time.Duration
	TimeUp  func()
	// Backoff is the pause before the first retry; later ones double up to thirty times
	// this. 0 is half a second.
	Backoff time.Duration
	// Log gets a debug line per request: method, path, status, duration and
	// attempt. Nil logs nothing.
	Log *slog.Logger
	// Waiting is called during long waits (see waiting.go) with the rest and the
	// reason. It may be called from several goroutines, but not concurrently.
	Waiting func(d time.Duration, why string)
	// SchemaCache is the file that keeps the API's public schema, "" for
	// memory only (see schema.go).
	SchemaCache string
}

// Client sends requests to one endpoint with one token. It is safe for concurrent use.
type Client struct {
	endpoint    *url.URL
	token       Secret
	http        *http.Client
	userAgent   string
	parallelism int
	deadline    time.Duration
	backoff     time.Duration
	log         *slog.Logger
	limiter     *limiter
	budget      *budget
	waits       *waitNotifier
	schema      schemaSource
	requests    atomic.Int64

	concealing sync.Mutex
	concealed  []string // see Conceal
}

// attemptTimeout bounds a single request. The API's own limit is not known;
// this is longer than usual gateways wait.
const attemptTimeout = 75 * time.Second

// New makes a client. It sends nothing. Errors are about the endpoint and the token,
// and never contain the token.
func New(o Options) (*Client, error) {
	endpoint, err := Endpoint(o.Endpoint, "")
	if err != nil {
		return nil, err
	}
	if o.Token == nil {
		o.Token = newToken("")
	}
	if err := checkToken(o.Token.Reveal()); err != nil {
		return nil, err
	}
	if o.Rate < 0 || o.Parallelism < 0 || o.Deadline < 0 || o.Backoff < 0 || o.Timeout < 0 {
		return nil, errors.New("rate, parallelism, deadline, timeout and backoff cannot be negative")
	}
	if o.Parallelism == 0 {
		o.Parallelism = 8
	}
	if o.Deadline == 0 {
		o.Deadline = 2 * time.Minute
	}
	if o.Backoff == 0 {
		o.Backoff = 500 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = newTransport(o.Parallelism)
	}
	base, _ := url.Parse(endpoint)
	c := &Client{
		endpoint: base, token: o.Token, userAgent: o.UserAgent,
		parallelism: o.Parallelism, deadline: o.Deadline, backoff: o.Backoff,
		log: o.Log, limiter: newLimiter(o.Rate, o.Parallelism), budget: newBudget(o.Timeout, o.TimeUp), waits: &waitNotifier{tell: o.Waiting},
		schema: schemaSource{file: o.SchemaCache, turn: make(chan struct{}, 1)},
	}
	c.http = &http.Client{Transport: o.Transport, CheckRedirect: c.redirect}
	return c, nil
}

// newTransport is net/http's default with enough idle connections for all concurrent
// requests. It uses the standard proxy variables.
func newTransport(parallelism int) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   15 * time.Second,
		MaxIdleConns:          parallelism,
		MaxIdleConnsPerHost:   parallelism,
		IdleConnTimeout:       time.Minute,
		ExpectContinueTimeout: time.Second,
	}
}

// Endpoint returns the base URL, without a slash at the end.
func (c *Client) Endpoint() string { return c.endpoint.String() }

// Requests counts the requests sent so far, including retries and the schema.
func (c *Client) Requests() int { return int(c.requests.Load()) }

// Parallelism is the maximum number of concurrent requests: more goroutines than that
// only wait.
func (c *Client) Parallelism() int { return c.parallelism }

// Close ends idle connections. The client may still be used.
func (c *Client) Close() { c.http.CloseIdleConnections() }
