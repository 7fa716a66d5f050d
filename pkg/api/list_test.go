package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// shelf is a list of the API: ids in order, pages of a size of its own choice.
type shelf struct {
	mu      sync.Mutex
	ids     []string
	maxSize int
	cursor  bool                      // next links that cannot be derived
	uncount bool                      // no count
	before  func(s *shelf, n int)     // called before each answer, n from 1
	change  func(page map[string]any) // last touch to an answer
}

func (s *shelf) handle(r *http.Request, n int) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before != nil {
		s.before(s, n)
	}
	query := r.URL.Query()
	number := func(key string, otherwise int) int {
		if v, err := strconv.Atoi(query.Get(key)); err == nil {
			return v
		}
		return otherwise
	}
	byOffset := query.Has("limit")
	size := min(number("page_size", s.maxSize), s.maxSize)
	start := (number("page", 1) - 1) * size
	if byOffset {
		size = min(number("limit", s.maxSize), s.maxSize)
		start = number("offset", 0)
	}
	if s.cursor {
		start = number("cursor", 0)
	}
	if start > 0 && start >= len(s.ids) {
		if !byOffset {
			return answer(404, `{"detail": "Invalid page."}`), nil
		}
		start = len(s.ids)
	}
	end := min(start+size, len(s.ids))
	results := []any{}
	for _, id := range s.ids[start:end] {
		results = append(results, map[string]any{"uuid": id})
	}
	page := map[string]any{"count": len(s.ids), "next": nil, "previous": nil, "results": results}
	if end < len(s.ids) {
		switch {
		case s.cursor:
			query.Set("cursor", strconv.Itoa(end))
		case byOffset:
			query.Set("offset", strconv.Itoa(end))
		default:
			query.Set("page", strconv.Itoa(number("page", 1)+1))
		}
		page["next"] = "https://api.example.test" + r.URL.Path + "?" + query.Encode()
	}
	if s.uncount {
		delete(page, "count")
	}
	if s.change != nil {
		s.change(page)
	}
	data, err := json.Marshal(page)
	return answer(200, string(data)), err
}

func numbered(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("id%04d", i)
	}
	return ids
}

func idsOf(objects []map[string]any) []string {
	ids := []string{}
	for _, object := range objects {
		ids = append(ids, IDOf(object))
	}
	return ids
}

func TestPaging(t *testing.T) {
	for _, test := range []struct {
		name     string
		op       string
		shelf    *shelf
		requests int
	}{
		{"empty", "ListDomains", &shelf{maxSize: 100}, 1},
		{"one page", "ListDomains", &shelf{ids: numbered(7), maxSize: 100}, 1},
		{"exactly one page", "ListDomains", &shelf{ids: numbered(100), maxSize: 1000}, 1},
		{"pages", "ListDomains", &shelf{ids: numbered(250), maxSize: 1000}, 3},
		{"a page size of the server's own", "ListDomains", &shelf{ids: numbered(95), maxSize: 10}, 10},
		{"limit and offset", "ListCronjobs", &shelf{ids: numbered(250), maxSize: 1000}, 3},
		{"limit and offset, smaller", "ListCronjobs", &shelf{ids: numbered(95), maxSize: 10}, 10},
		{"cursor", "ListDomains", &shelf{ids: numbered(35), maxSize: 10, cursor: true}, 4},
		{"no count", "ListDomains", &shelf{ids: numbered(35), maxSize: 10, uncount: true}, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, f, _ := newFake(t, test.shelf.handle)
			got, err := c.List(context.Background(), test.op, nil, url.Values{"organisation": {"o"}})
			if err != nil || !slices.Equal(idsOf(got), append([]string{}, test.shelf.ids...)) {
				t.Errorf("got %d in the wrong order or number, %v", len(got), err)
			}
			if len(f.Requests()) != test.requests {
				t.Errorf("%d requests, want %d: %v", len(f.Requests()), test.requests, f.Requests())
			}
			for _, request := range f.Requests() {
				if !strings.Contains(request, "organisation=o") {
					t.Errorf("the filter is lost: %s", request)
				}
			}
		})
	}
}

func TestListsThatChange(t *testing.T) {
	remove := func(at int) func(*shelf, int) {
		return func(s *shelf, n int) {
			if n == at {
				s.ids = s.ids[1:]
			}
		}
	}
	for _, test := range []struct {
		name   string
		shelf  *shelf
		want   int
		failed bool
	}{
		{"shrinks once", &shelf{ids: numbered(45), maxSize: 10, before: remove(2)}, 44, false},
		{"the last page goes", &shelf{ids: numbered(41), maxSize: 10, before: remove(2)}, 40, false},
		{"shrinks always", &shelf{ids: numbered(400), maxSize: 10, before: func(s *shelf, n int) {
			if n%3 == 0 {
				s.ids = s.ids[1:]
			}
		}}, 0, true},
		{"grows once", &shelf{ids: numbered(45), maxSize: 10, before: func(s *shelf, n int) {
			if n == 3 {
				s.ids = append([]string{"first"}, s.ids...)
			}
		}}, 46, false},
		{"a count that is never true", &shelf{ids: numbered(5), maxSize: 10, change: func(p map[string]any) { p["count"] = 6 }}, 0, true},
		{"a page with a hole", &shelf{ids: numbered(45), maxSize: 10, change: func(p map[string]any) {
			if results := p["results"].([]any); len(results) == 10 {
				p["results"] = results[:9:9]
			}
		}}, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _, _ := newFake(t, test.shelf.handle, func(o *Options) { o.Parallelism = 1 })
			got, err := c.List(context.Background(), "ListDomains", nil, nil)
			if test.failed != errors.Is(err, ErrListChanged) || len(got) != test.want {
				t.Errorf("got %d, %v; want %d", len(got), err, test.want)
			}
		})
	}
}

func TestOddLists(t *testing.T) {
	for name, body := range map[string]string{
		"not a list":             `{"results": 5}`,
		"an object":              `{"uuid": "x"}`,
		"not objects":            `{"count": 1, "results": ["x"]}`,
		"a circle":               `{"next": "/apps/v3/domains/?page=2", "results": [{"uuid": "x"}]}`,
		"a page of the web":      `<html></html>`,
		"an empty list":          `[]`,
		"a bare list":            `[{"uuid": "x"}]`,
		"a next page of nothing": `{"next": "/apps/v3/domains/?page=2", "results": []}`,
	} {
		c, f, _ := newFake(t, script(body))
		if got, err := c.List(context.Background(), "ListDomains", nil, nil); err == nil || len(f.Requests()) > 3 {
			t.Errorf("%s: got %v after %v", name, got, f.Requests())
		}
	}
	c, _, _ := newFake(t, script("none"))
	if _, err := c.List(context.Background(), "CreateDomain", nil, nil); err == nil {
		t.Error("a write was taken for a list")
	}
}

// A list that does not end fails after few requests if nothing new arrives, else at a
// bound. A wrong count does not cost memory.
func TestEndlessLists(t *testing.T) {
	next := func(r *http.Request, n int) string {
		query := r.URL.Query()
		query.Set("page", strconv.Itoa(n+1))
		return "https://api.example.test" + r.URL.Path + "?" + query.Encode()
	}
	for _, test := range []struct {
		name     string
		page     func(r *http.Request, n int) string
		requests int // at most
		want     error
	}{
		{"the same page, under new addresses", func(r *http.Request, n int) string {
			return fmt.Sprintf(`{"next": %q, "results": [{"uuid": "x"}]}`, next(r, n))
		}, 2, ErrEndlessList},
		{"empty pages", func(r *http.Request, n int) string {
			return fmt.Sprintf(`{"next": %q, "results": []}`, next(r, n))
		}, 1, ErrEndlessList},
		{"always something new", func(r *http.Request, n int) string {
			return fmt.Sprintf(`{"next": %q, "results": [{"uuid": "x%d"}]}`, next(r, n), n)
		}, maxPages + 1, ErrEndlessList},
		{"always something new, without ids", func(r *http.Request, n int) string {
			return fmt.Sprintf(`{"next": %q, "results": [{"no": "id"}]}`, next(r, n))
		}, maxPages + 1, ErrEndlessList},
		{"a count of billions, and one page", func(r *http.Request, n int) string {
			return `{"count": 4000000000000, "next": "/apps/v3/domains/?page=2", "results": [{"uuid": "x"}]}`
		}, 1 + 8 + 2, ErrEndlessList},
		{"a count of billions, and always something new", func(r *http.Request, n int) string {
			return fmt.Sprintf(`{"count": 4000000000000, "next": "/apps/v3/domains/?page=2", "results": [{"uuid": "x%d"}]}`, n)
		}, maxPages + 8, ErrEndlessList},
		{"a count of billions, and no next page", func(r *http.Request, n int) string {
			return `{"count": 4000000000000, "next": null, "results": [{"uuid": "x"}]}`
		}, 2, ErrListChanged},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := New(Options{Endpoint: "https://api.example.test", Transport: &fake{Handle: func(r *http.Request, n int) (*http.Response, error) {
				return answer(200, test.page(r, n)), nil
			}}})
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = c.List(context.Background(), "ListDomains", nil, nil)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v", err)
			}
			if c.Requests() > test.requests {
				t.Errorf("%d requests, want at most %d", c.Requests(), test.requests)
			}
			if perRequest := (after.TotalAlloc - before.TotalAlloc) / uint64(c.Requests()); perRequest > 1<<20 {
				t.Errorf("%d bytes were allocated for each request", perRequest)
			}
		})
	}
}

// A list without an error has everything that was there all the time, and
// nothing twice, in the order of the server.
func TestListIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shelf{
			ids:     numbered(rapid.IntRange(0, 60).Draw(t, "length")),
			maxSize: rapid.IntRange(1, 20).Draw(t, "page size"),
			uncount: rapid.Bool().Draw(t, "no count"),
			cursor:  rapid.Bool().Draw(t, "cursor"),
		}
		stay := map[string]bool{}
		for _, id := range s.ids {
			stay[id] = true
		}
		// An item that goes when a certain request arrives. Without a count
		// nobody can notice.
		if len(s.ids) > 0 && !s.uncount && rapid.Bool().Draw(t, "changes") {
			at, which := rapid.IntRange(1, 12).Draw(t, "at"), rapid.IntRange(0, len(s.ids)-1).Draw(t, "which")
			s.before = func(s *shelf, n int) {
				if n == at {
					delete(stay, s.ids[which])
					s.ids = slices.Delete(slices.Clone(s.ids), which, which+1)
				}
			}
		}
		op := rapid.SampledFrom([]string{"ListDomains", "ListCronjobs"}).Draw(t, "op")
		c, err := New(Options{Endpoint: "https://api.example.test", Transport: &fake{Handle: s.handle}, Parallelism: rapid.IntRange(1, 4).Draw(t, "parallelism")})
		if err != nil {
			t.Fatal(err)
		}
		objects, err := c.List(context.Background(), op, nil, nil)
		if errors.Is(err, ErrListChanged) && s.before != nil {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got := idsOf(objects)
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Fatalf("out of order or twice: %v", got)
		}
		for id := range stay {
			if !slices.Contains(got, id) {
				t.Fatalf("%s is missing in %v", id, got)
			}
		}
	})
}

func TestManyValuesGoInChunks(t *testing.T) {
	c, f, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
		values := r.URL.Query()["environment"]
		if len(values) == 0 || len(values) > chunk {
			t.Errorf("%d values", len(values))
		}
		var results []string
		for _, v := range values {
			results = append(results, `{"uuid": "v`+v+`"}`)
		}
		return step(fmt.Sprintf(`{"count": %d, "next": null, "results": [%s]}`, len(results), strings.Join(results, ",")))
	})
	ids := numbered(120)
	got, err := c.ListMany(context.Background(), "ListEnvironmentVariables", "environment", ids)
	if err != nil || len(got) != 120 || IDOf(got[119]) != "vid0119" || len(f.Requests()) != 3 {
		t.Errorf("%d, %v, %d requests", len(got), err, len(f.Requests()))
	}
}
