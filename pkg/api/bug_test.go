package api

import (
	"context"
	"errors"
	"net/http"
	"testing"
)

// Whichever request breaks down in a goroutine of ours, the program goes on with an
// error that says where. Only the first request is made by the caller itself.
func TestBugsEndInErrors(t *testing.T) {
	pages := &shelf{ids: numbered(95), maxSize: 10}
	list := func(handle handler) (*Client, error) {
		c, _, _ := newFake(t, handle)
		_, err := c.List(context.Background(), "ListDomains", nil, nil)
		return c, err
	}
	c, err := list(pages.handle)
	if err != nil {
		t.Fatal(err)
	}
	for broken := 2; broken <= c.Requests(); broken++ {
		_, err := list(func(r *http.Request, n int) (*http.Response, error) {
			if n == broken {
				panic("no such thing")
			}
			return pages.handle(r, n)
		})
		var bug interface{ Stack() []byte }
		if !errors.As(err, &bug) || len(bug.Stack()) == 0 {
			t.Errorf("request %d: got %v", broken, err)
		}
	}
}
