package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"golang.org/x/sync/errgroup"
)

// Lists. The API returns them in pages: {"count", "next", "previous", "results"}. Its
// allowed page sizes are unknown, so 100 is requested and the length of the first page
// is taken as the page size. If "count" is known, the further pages are read in
// parallel, at addresses derived from the first "next"; otherwise "next" is followed.
//
// A list may change while it is read. Then pages overlap or miss results, and an
// incomplete list must never lead to a deletion; so all pages must have the same count,
// and the number of different results must equal it. If not, the list is read again,
// page after page, and if that also fails it is an error. (Without a count, this is not
// checked.)

const askedPageSize = 100

// chunk is the maximum number of values of a repeated filter in one request: 50 ids are
// far below the usual limits of a URL's length.
const chunk = 50

// ErrListChanged is a list that changed each time it was read.
var ErrListChanged = errors.New("the list changed while it was being read: re-run the command")

// List reads a list operation, all its pages, in their order. Whole numbers in the
// objects are int64. It fails with [ErrListChanged] rather than return an incomplete
// list.
func (c *Client) List(ctx context.Context, op string, params map[string]string, query url.Values) ([]map[string]any, error) {
	req, err := c.readRequest(ctx, op, params, withPageSize(op, query))
	if err != nil {
		return nil, err
	}
	objects, whole, err := c.pagesAtOnce(ctx, req)
	if err == nil && !whole {
		objects, whole, err = c.pagesInTurn(ctx, req)
	}
	if err == nil && !whole {
		err = fmt.Errorf("%s %s: %w", req.method, req.path, ErrListChanged)
	}
	if err != nil {
		return nil, err
	}
	return objects, nil
}

// ListMany reads a list by a filter that may be repeated, for any number of values: up
// to 50 of them per request, the requests in parallel. The results are in the order of
// the requests; duplicates are dropped.
func (c *Client) ListMany(ctx context.Context, op, filter string, values []string) ([]map[string]any, error) {
	parts := make([][]map[string]any, (len(values)+chunk-1)/chunk)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.parallelism)
	for i := range parts {
		group.Go(Safely(func() (err error) {
			some := values[i*chunk : min((i+1)*chunk, len(values))]
			parts[i], err = c.List(ctx, op, nil, url.Values{filter: some})
			return err
		}))
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var l listing
	for _, part := range parts {
		l.add(part)
	}
	return l.objects, nil
}

func withPageSize(op string, query url.Values) url.Values {
	known, _ := FindOperation(op)
	sized := url.Values{}
	for key, values := range query {
		sized[key] = values
	}
	if !sized.Has(known.pageSize()) {
		sized.Set(known.pageSize(), strconv.Itoa(askedPageSize))
	}
	return sized
}

// page is one page of a list. count is -1 if the API does not return it.
type page struct {
	objects []map[string]any
	next    string
	count   int
}

func (c *Client) page(ctx context.Context, req request) (page, error) {
	r, err := c.send(ctx, req)
	if err != nil {
		return page{}, err
	}
	odd := func(what string) (page, error) {
		return page{}, &StatusError{Op: req.op, Method: req.method, Path: req.path, Status: r.status, Detail: what}
	}
	p := page{count: -1}
	results, ok := r.body.([]any) // a list without pages
	if envelope, paged := r.body.(map[string]any); paged {
		results, ok = envelope["results"].([]any)
		p.next, _ = envelope["next"].(string)
		if count, known := envelope["count"].(int64); known {
			p.count = int(count)
		}
	}
	if !ok {
		return odd("the answer is not a list")
	}
	for _, result := range results {
		object, ok := result.(map[string]any)
		if !ok {
			return odd("the list contains a value that is not an object")
		}
		p.objects = append(p.objects, object)
	}
	return p, nil
}

// listing collects results; the same id counts once.
type listing struct {
	objects []map[string]any
	seen    map[string]bool
}

func (l *listing) add(objects []map[string]any) {
	for _, object := range objects {
		id := IDOf(object)
		if id != "" && l.seen[id] {
			continue
		}
		if l.seen == nil {
			l.seen = map[string]bool{}
		}
		l.seen[id] = true
		l.objects = append(l.objects, object)
	}
}

// pagesAtOnce reads the first page and then the others in parallel. It reports whether
// the list is complete.
func (c *Client) pagesAtOnce(ctx context.Context, req request) (objects []map[string]any, whole bool, err error) {
	first, err := c.page(ctx, req)
	if err != nil {
		return nil, false, err
	}
	rest, ok := c.derive(req, first)
	if !ok {
		return c.followAll(ctx, req, first)
	}
	pages := make([]page, len(rest))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(c.parallelism)
	for i := range rest {
		group.Go(Safely(func() (err error) {
			pages[i], err = c.page(groupCtx, rest[i])
			return err
		}))
	}
	if err := group.Wait(); IsNotFound(err) { // fewer pages than count says
		return nil, false, nil
	} else if err != nil {
		return nil, false, err
	}
	var l listing
	l.add(first.objects)
	steady := true
	for _, p := range pages {
		l.add(p.objects)
		steady = steady && p.count == first.count
	}
	return l.objects, steady && len(l.objects) == first.count, nil
}

// derive returns the requests of all pages after the first. It fails if they cannot be
// derived.
func (c *Client) derive(req request, first page) ([]request, bool) {
	size := len(first.objects)
	if first.next == "" || size == 0 || first.count <= size {
		return nil, false
	}
	path, query, err := c.follow(first.next, req.path)
	if err != nil {
		return nil, false // following it will fail with this error
	}
	// The second page is page 2, or begins after the first one's results.
	key, start, step := "page", 2, 1
	if query.Has("offset") {
		key, start, step = "offset", size, size
	}
	if query.Get(key) != strconv.Itoa(start) {
		return nil, false
	}
	var rest []request
	for i := 0; size*(i+1) < first.count; i++ {
		next := req
		next.path, next.query = path, url.Values{}
		for k, v := range query {
			next.query[k] = v
		}
		next.query.Set(key, strconv.Itoa(start+i*step))
		rest = append(rest, next)
	}
	return rest, true
}

// pagesInTurn reads page after page.
func (c *Client) pagesInTurn(ctx context.Context, req request) ([]map[string]any, bool, error) {
	first, err := c.page(ctx, req)
	if err != nil {
		return nil, false, err
	}
	return c.followAll(ctx, req, first)
}

func (c *Client) followAll(ctx context.Context, req request, first page) ([]map[string]any, bool, error) {
	var l listing
	been := map[string]bool{}
	current, steady := first, true
	for {
		l.add(current.objects)
		steady = steady && current.count == first.count
		if current.next == "" {
			break
		}
		path, query, err := c.follow(current.next, req.path)
		if err != nil {
			return nil, false, fmt.Errorf("%s %s: %w", req.method, req.path, err)
		}
		req.path, req.query = path, query
		if at := path + "?" + query.Encode(); been[at] {
			return nil, false, fmt.Errorf("%s %s: the links to the next page form a loop", req.method, req.path)
		} else {
			been[at] = true
		}
		next, err := c.page(ctx, req)
		if IsNotFound(err) { // the list became shorter
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		current = next
	}
	return l.objects, steady && (first.count < 0 || len(l.objects) == first.count), nil
}
