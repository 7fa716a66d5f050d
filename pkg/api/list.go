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
//
// What the API promises is never trusted. The pages of a long list are requested a few
// at a time, so that memory follows what has arrived, not "count". A page that contains
// nothing new although there is a next one ends the list with an error, and so do too
// many pages. A list without the envelope above is an error, too: whether it is complete
// is unknown.

const askedPageSize = 100

// maxPages and maxListBytes bound one list.
const (
	maxPages     = 5000
	maxListBytes = 256 << 20
)

// ErrEndlessList is a list that does not end.
var ErrEndlessList = errors.New("the list does not end")

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
	bytes   int // of the answer
}

func (c *Client) page(ctx context.Context, req request) (page, error) {
	r, err := c.send(ctx, req)
	if err != nil {
		return page{}, err
	}
	odd := func(what string) (page, error) {
		return page{}, &StatusError{Op: req.op, Method: req.method, Path: req.path, Status: r.status, Detail: what}
	}
	envelope, _ := r.body.(map[string]any)
	results, ok := envelope["results"].([]any)
	if !ok {
		return odd("the answer is not a page of a list")
	}
	p := page{count: -1, bytes: len(r.raw)}
	p.next, _ = envelope["next"].(string)
	if count, known := envelope["count"].(int64); known {
		p.count = int(count)
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
	objects      []map[string]any
	seen         map[string]bool
	pages, bytes int
}

// add adds the results of a page and returns how many of them are new.
func (l *listing) add(objects []map[string]any) int {
	before := len(l.objects)
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
	return len(l.objects) - before
}

// addPage adds a page and returns how many of its results are new. It fails when the
// list is too long.
func (l *listing) addPage(p page) (int, error) {
	l.pages++
	l.bytes += p.bytes
	if l.pages > maxPages || l.bytes > maxListBytes {
		return 0, fmt.Errorf("%w: stopped after %d pages, %d objects", ErrEndlessList, l.pages, len(l.objects))
	}
	return l.add(p.objects), nil
}

// pagesAtOnce reads the first page and then the others, several at a time. It reports
// whether the list is complete.
func (c *Client) pagesAtOnce(ctx context.Context, req request) (objects []map[string]any, whole bool, err error) {
	first, err := c.page(ctx, req)
	if err != nil {
		return nil, false, err
	}
	pageAt, ok := c.derive(req, first)
	if !ok {
		return c.followAll(ctx, req, first)
	}
	var l listing
	if _, err := l.addPage(first); err != nil {
		return nil, false, fmt.Errorf("%s %s: %w", req.method, req.path, err)
	}
	// Pages 1 to last-1 remain to be read; the first is page 0.
	size := len(first.objects)
	last := (first.count + size - 1) / size
	for from := 1; from < last; from += c.parallelism {
		pages, err := c.pagesBetween(ctx, pageAt, from, min(from+c.parallelism, last))
		if IsNotFound(err) { // fewer pages than count says
			return nil, false, nil
		} else if err != nil {
			return nil, false, err
		}
		for _, p := range pages {
			added, err := l.addPage(p)
			if err != nil {
				return nil, false, fmt.Errorf("%s %s: %w", req.method, req.path, err)
			}
			if added == 0 || p.count != first.count {
				return nil, false, nil
			}
		}
	}
	return l.objects, len(l.objects) == first.count, nil
}

// pagesBetween reads pages in parallel.
func (c *Client) pagesBetween(ctx context.Context, pageAt func(int) request, from, to int) ([]page, error) {
	pages := make([]page, to-from)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.parallelism)
	for i := range pages {
		group.Go(Safely(func() (err error) {
			pages[i], err = c.page(ctx, pageAt(from+i))
			return err
		}))
	}
	return pages, group.Wait()
}

// derive returns the requests of the pages after the first, which is page 0. It fails if
// they cannot be derived.
func (c *Client) derive(req request, first page) (pageAt func(int) request, ok bool) {
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
	return func(i int) request {
		next := req
		next.path, next.query = path, url.Values{}
		for k, v := range query {
			next.query[k] = v
		}
		next.query.Set(key, strconv.Itoa(start+(i-1)*step))
		return next
	}, true
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
	fail := func(err error) ([]map[string]any, bool, error) {
		return nil, false, fmt.Errorf("%s %s: %w", req.method, req.path, err)
	}
	var l listing
	current := first
	for {
		added, err := l.addPage(current)
		switch {
		case err != nil:
			return fail(err)
		case current.count != first.count:
			return nil, false, nil
		case current.next == "":
			return l.objects, first.count < 0 || len(l.objects) == first.count, nil
		case added == 0:
			return fail(fmt.Errorf("%w: page %d contains nothing new, and names a next page", ErrEndlessList, l.pages))
		}
		path, query, err := c.follow(current.next, req.path)
		if err != nil {
			return fail(err)
		}
		req.path, req.query = path, query
		current, err = c.page(ctx, req)
		if IsNotFound(err) { // the list became shorter
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
}
