package sandbox

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// ServeHTTP answers a request. When a fault drops the connection, it is closed without an answer.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	out, err := s.serve(r)
	if err != nil {
		abort(w)
		return
	}
	for name, values := range out.header {
		w.Header()[name] = values
	}
	w.WriteHeader(out.status)
	// The client may have disconnected, so the error is ignored.
	_, _ = w.Write(out.body)
}

// abort closes the connection during an answer. If that is impossible (HTTP/2, a recorder), the client gets an
// incomplete answer.
func abort(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = conn.Close()
}

// reply is an encoded answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// serve processes a request. An error means that no answer is sent: the client cancelled, or a fault broke the
// connection.
func (s *Sandbox) serve(r *http.Request) (reply, error) {
	fault := s.strike(r)
	routes, params := s.routes.find(r.URL.Path)
	var id string
	if found := routes[asGet(r.Method)]; found != nil && strings.HasSuffix(r.URL.Path, "/") {
		id = found.id
	}
	out, err := s.attempt(r, fault, routes, params)
	if err != nil {
		out.status = 0
	}
	s.record(Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Status: out.status, OperationID: id})
	return out, err
}

// asGet is the method whose route answers.
func asGet(method string) string {
	if method == http.MethodHead {
		return http.MethodGet
	}
	return method
}

func (s *Sandbox) strike(r *http.Request) *armedFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fault := range s.faults {
		if fault.hits(r) {
			return fault
		}
	}
	return nil
}

// attempt waits, applies the fault, and otherwise processes the request.
func (s *Sandbox) attempt(r *http.Request, fault *armedFault, routes map[string]*route, params map[string]string) (reply, error) {
	ctx := r.Context()
	delay := s.options.Latency
	if fault != nil {
		delay += fault.Delay
	}
	if err := wait(ctx, delay); err != nil {
		return reply{}, err
	}
	switch {
	case fault == nil:
	case fault.Drop == DropBefore:
		return reply{}, errDropped
	case fault.Drop == DropAfter:
		if _, err := s.carryOut(r, routes, params); err != nil {
			return reply{}, err
		}
		return reply{}, errDropped
	case fault.Status != 0:
		return pack(fault.answer())
	}
	return s.carryOut(r, routes, params)
}

// carryOut processes a request without faults, from the URL to the bytes of the answer.
func (s *Sandbox) carryOut(r *http.Request, routes map[string]*route, params map[string]string) (reply, error) {
	var data []byte
	if r.Body != nil && !reads(r.Method) { // bodies of GETs are ignored: the official client sends "{}" with each
		var err error
		if data, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
			return reply{}, fmt.Errorf("sandbox: read the request: %w", err)
		}
	}
	if err := r.Context().Err(); err != nil {
		return reply{}, err
	}
	found, err := s.admit(r, routes)
	if err != nil {
		return pack(refused(err))
	}
	var out reply
	perform := func(st *state, now timestamp) error {
		st.advance(now)
		c := &call{state: st, options: s.options, now: now, request: r, base: base(r), path: params, query: r.URL.Query(), routes: s.routes}
		var err error
		if c.body, err = readBody(r, data); err != nil {
			return err
		}
		done, err := found.run(c)
		if err != nil {
			return err
		}
		out, err = pack(done) // before the lock is released: the answer may share memory with the state
		return err
	}
	err = s.locked(func(now timestamp) error {
		if !reads(r.Method) {
			return s.store.change(now, func(st *state) error { return perform(st, now) })
		}
		if err := s.store.read(now); err != nil {
			return err
		}
		return perform(s.store.current, now)
	})
	if err != nil {
		return pack(refused(err))
	}
	return out, nil
}

// refused turns an error into its answer. An error that is not a refusal is an error of the sandbox itself,
// such as a full disk.
func refused(err error) answer {
	var r *refusal
	if errors.As(err, &r) {
		return answer(*r)
	}
	return answer{status: http.StatusInternalServerError, body: object{"detail": "Sandbox: " + err.Error()}}
}

// pack encodes an answer.
func pack(a answer) (reply, error) {
	out := reply{status: a.status, header: a.header}
	if out.header == nil {
		out.header = http.Header{}
	}
	contentType := "application/json"
	if raw, isRaw := a.body.(rawBody); isRaw {
		contentType, out.body = raw.contentType, []byte(raw.text)
	} else {
		var err error
		if out.body, err = encodeBody(a.body); err != nil {
			return reply{}, fmt.Errorf("sandbox: encode the answer: %w", err)
		}
	}
	if out.body != nil {
		out.header.Set("Content-Type", contentType)
	}
	return out, nil
}

// base is the scheme and host that the client used.
func base(r *http.Request) string {
	scheme, host := r.URL.Scheme, r.Host
	if host == "" {
		host = r.URL.Host
	}
	if scheme == "" {
		scheme = "http"
		if r.TLS != nil {
			scheme = "https"
		}
	}
	return scheme + "://" + host
}
