package workflow_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// countdown ends a context when the last of some answers has arrived.
type countdown struct {
	http.RoundTripper
	left int
	end  func()
}

func (c *countdown) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.RoundTripper.RoundTrip(r)
	if c.left--; c.left == 0 {
		c.end()
	}
	return answer, err
}

// TestInterruptedRead: a read that is interrupted, also between two requests, is an
// error, and never a plan of what was read so far.
func TestInterruptedRead(t *testing.T) {
	w := newWorld(t)
	file := w.write("divio.yaml", oneVariable)
	for n := 1; ; n++ {
		ctx, end := context.WithCancel(t.Context())
		counter := &countdown{w.box.RoundTripper(), n, end}
		p, err := workflow.New(workflow.Options{
			Files: []string{file},
			Connect: func() (*api.Client, error) {
				return api.New(api.Options{Endpoint: w.endpoint, Token: resource.NewSecret("any"), Transport: counter, Parallelism: 1})
			},
		}).Plan(ctx, workflow.Request{})
		interrupted := ctx.Err() != nil
		end()
		if !interrupted {
			if n < 3 || err != nil {
				t.Errorf("a plan takes %d requests: %v", n-1, err)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted after request %d: %v, %+v", n, err, p)
		}
	}
}
