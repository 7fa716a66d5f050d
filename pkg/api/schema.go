package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Inferred paths. The API publishes its own OpenAPI document, and anyone may
// read it (source: the reference, operation schema_retrieve). Policy:
//
//   - Only operations whose path is inferred are looked up, by operation id, when
//     the first of them is needed.
//   - The document is read once per client, without the token, and kept in
//     Options.SchemaCache for a day. If the API does not know a path from the cache
//     (404, 405), the document is read again, once per client; if it has another path
//     now, the request is sent there. It was not carried out before.
//   - If it cannot be read, an older copy from the cache is used, else the table. That
//     is never an error, only a line in the log.
//   - The names of path parameters do not matter, their order does. An entry that has
//     another number of them, or that turns a read into a write, is ignored.

const (
	schemaAge     = 24 * time.Hour
	schemaTimeout = 20 * time.Second
)

// Schema holds the operations of the API's public schema.
type Schema struct {
	Endpoint  string    `json:"endpoint"`
	FetchedAt time.Time `json:"fetched_at"`
	// Version is the API's own version of the document.
	Version string `json:"version"`
	// Routes by operation id.
	Routes map[string]Route `json:"routes"`
}

// Route is the method and the path of an operation.
type Route struct {
	Method string `json:"method"`
	Path   string `json:"path"`
}

// Difference is an operation of the table that the API's schema does not contain
// (Schema is empty) or contains with another route. Believed: calls use the route of
// the schema.
type Difference struct {
	Operation Operation
	Schema    Route
	Believed  bool
}

// Differences compares the table's operations of /apps/v3/ with the schema, in the
// table's order. Names of path parameters are ignored.
func (s *Schema) Differences() []Difference {
	var out []Difference
	for _, op := range table {
		if !strings.HasPrefix(op.Path, "/apps/v3/") {
			continue
		}
		route, known := s.Routes[op.ID]
		if known && route.Method == op.Method && shape(route.Path) == shape(op.Path) {
			continue
		}
		out = append(out, Difference{op, route, known && op.Evidence == Inferred && believable(op, route)})
	}
	return out
}

// shape is a path without the names of its parameters.
func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if _, ok := parameter(part); ok {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

func believable(op Operation, route Route) bool {
	writes := []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	sameSort := op.Method == route.Method || slices.Contains(writes, op.Method) && slices.Contains(writes, route.Method)
	return sameSort && strings.HasPrefix(route.Path, "/apps/v3/") &&
		!strings.Contains(route.Path, "..") && !strings.ContainsAny(route.Path, "?#\\") &&
		strings.Count(shape(route.Path), "{}") == len(op.Parameters())
}

// schemaSource fetches the schema at most once.
type schemaSource struct {
	file   string
	turn   chan struct{} // holds one token while someone fetches
	tried  bool
	schema *Schema // nil after a failure
	cached bool    // it is from the file, and may be outdated
}

// route returns the method and the path template of an operation.
func (c *Client) route(ctx context.Context, op Operation) (method, path string, err error) {
	if op.Evidence != Inferred || op.ID == "schema_retrieve" {
		return op.Method, op.Path, nil
	}
	schema, err := c.knownSchema(ctx)
	if err != nil {
		return "", "", err
	}
	if schema == nil {
		return op.Method, op.Path, nil
	}
	route, ok := schema.Routes[op.ID]
	switch {
	case !ok:
		c.log.DebugContext(ctx, "the API's schema does not contain the operation", "operation", op.ID)
	case !believable(op, route):
		c.log.WarnContext(ctx, "the API's schema has an unexpected path", "operation", op.ID, "method", route.Method, "path", route.Path)
	default:
		return route.Method, route.Path, nil
	}
	return op.Method, op.Path, nil
}

// knownSchema returns the schema, nil if it cannot be read. The error is the context's.
func (c *Client) knownSchema(ctx context.Context) (*Schema, error) {
	select {
	case c.schema.turn <- struct{}{}:
		defer func() { <-c.schema.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.schema.tried {
		return c.schema.schema, nil
	}
	cached := c.cachedSchema(ctx)
	if cached != nil && time.Since(cached.FetchedAt) < schemaAge {
		c.schema.tried, c.schema.schema, c.schema.cached = true, cached, true
		return cached, nil
	}
	fresh, err := c.FetchSchema(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c.schema.tried, c.schema.schema = true, fresh
	if err != nil {
		c.log.WarnContext(ctx, "the API's schema could not be read; using the built-in paths", "error", err)
		c.schema.schema = cached
		return cached, nil
	}
	if err := c.cacheSchema(fresh); err != nil {
		c.log.WarnContext(ctx, "the API's schema could not be cached", "error", err)
	}
	return fresh, nil
}

// sendOperation sends the request of an operation. If the API does not know its path,
// and that was from the cache, the schema is read again.
func (c *Client) sendOperation(ctx context.Context, req request) (reply, error) {
	r, err := c.send(ctx, req)
	op := byID[req.op]
	if op.Evidence != Inferred || !hasStatus(err, http.StatusNotFound) && !hasStatus(err, http.StatusMethodNotAllowed) {
		return r, err
	}
	c.renewSchema(ctx)
	method, template, routeErr := c.route(ctx, op)
	if routeErr != nil {
		return r, err
	}
	path, fillErr := fill(template, op.Parameters(), req.params)
	if fillErr != nil || method == req.method && path == req.path {
		return r, err
	}
	c.log.InfoContext(ctx, "the API's schema has another path now", "operation", req.op, "method", method, "path", path)
	req.method, req.path = method, path
	return c.send(ctx, req)
}

// renewSchema reads the schema again if it is from the cache.
func (c *Client) renewSchema(ctx context.Context) {
	select {
	case c.schema.turn <- struct{}{}:
		defer func() { <-c.schema.turn }()
	case <-ctx.Done():
		return
	}
	if !c.schema.cached {
		return
	}
	c.schema.cached = false
	fresh, err := c.FetchSchema(ctx)
	if err != nil {
		c.log.WarnContext(ctx, "the API's schema could not be read again", "error", err)
		return
	}
	c.schema.schema = fresh
	if err := c.cacheSchema(fresh); err != nil {
		c.log.WarnContext(ctx, "the API's schema could not be cached", "error", err)
	}
}

// FetchSchema reads the API's public schema, without the token and without the
// cache, in one attempt.
func (c *Client) FetchSchema(ctx context.Context) (*Schema, error) {
	defer c.budget.spend(ctx)()
	ctx, cancel := context.WithTimeout(ctx, schemaTimeout)
	defer cancel()
	op := byID["schema_retrieve"]
	r, _, err := c.attempt(ctx, request{
		op: op.ID, method: op.Method, path: op.Path, query: url.Values{"format": {"json"}}, withoutToken: true,
	}, 1)
	if err != nil {
		return nil, err
	}
	var document struct {
		Info  struct{ Version string }
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(r.raw, &document); err != nil {
		return nil, errors.New("the API's schema is not an OpenAPI document")
	}
	schema := &Schema{Endpoint: c.Endpoint(), FetchedAt: time.Now().UTC(), Version: document.Info.Version, Routes: map[string]Route{}}
	for path, methods := range document.Paths {
		for method, raw := range methods {
			var operation struct{ OperationID string }
			// A path also contains keys that are not operations.
			if json.Unmarshal(raw, &operation) == nil && operation.OperationID != "" {
				schema.Routes[operation.OperationID] = Route{strings.ToUpper(method), path}
			}
		}
	}
	if len(schema.Routes) == 0 {
		return nil, errors.New("the API's schema contains no operations")
	}
	return schema, nil
}

// cachedSchema reads the cache, nil if there is none for this endpoint.
func (c *Client) cachedSchema(ctx context.Context) *Schema {
	if c.schema.file == "" {
		return nil
	}
	data, err := os.ReadFile(c.schema.file)
	if err != nil {
		return nil
	}
	var schema Schema
	if err := json.Unmarshal(data, &schema); err != nil || schema.Endpoint != c.Endpoint() {
		c.log.DebugContext(ctx, "the cached schema is invalid or for another endpoint", "file", c.schema.file)
		return nil
	}
	return &schema
}

// cacheSchema replaces the cache atomically.
func (c *Client) cacheSchema(schema *Schema) (err error) {
	if c.schema.file == "" {
		return nil
	}
	data, err := json.Marshal(schema)
	if err != nil {
		return err
	}
	folder := filepath.Dir(c.schema.file)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(folder, ".schema-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temporary.Name())
		}
	}()
	_, err = temporary.Write(data)
	if err := errors.Join(err, temporary.Close()); err != nil {
		return fmt.Errorf("write %s: %w", temporary.Name(), err)
	}
	return os.Rename(temporary.Name(), c.schema.file)
}
