package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Whichever request breaks down in a goroutine of ours, the program goes on with an
// error that says where. Only the first request is made by the caller itself.
func TestBugsEndInErrors(t *testing.T) {
	kinds := basketKinds()
	everything := []string{"basket.shop", "basket.blog?region=eu-ch", "fruit.shop/live", "fruit.blog/live?branch=main", "seed.shop/live/A?rare=x", "worm.shop/live/run", "label.shop/live/a.example.org"}
	reads := map[string]func(*Client) error{
		"a read": func(c *Client) error {
			_, err := Read(context.Background(), c, kinds, want(kinds, everything...))
			return err
		},
		"pages": func(c *Client) error {
			_, err := c.List(context.Background(), "ListDomains", nil, nil)
			return err
		},
	}
	answers := map[string]handler{
		"a read": newOrchard().handle,
		"pages":  (&shelf{ids: numbered(95), maxSize: 10}).handle,
	}
	for name, read := range reads {
		c, _, _ := newFake(t, answers[name])
		if err := read(c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for broken := 2; broken <= c.Requests(); broken++ {
			c, _, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
				if n == broken {
					panic("no such thing")
				}
				return answers[name](r, n)
			})
			err := read(c)
			var bug interface{ Stack() []byte }
			if !errors.As(err, &bug) || len(bug.Stack()) == 0 {
				t.Errorf("%s, request %d: got %v", name, broken, err)
			}
		}
	}
}

// What errors say to apply: whether the call may have been carried out.
func TestErrorsSayWhetherItIsKnown(t *testing.T) {
	no := &StatusError{Status: 403}
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"an answer":                    {no, "said false"},
		"an answer, wrapped":           {fmt.Errorf("delete: %w", no), "said false"},
		"never left":                   {&TransportError{Err: context.Canceled}, "said false"},
		"left":                         {&TransportError{Sent: true, Err: context.Canceled}, ""},
		"unknown after an answer":      {unknown(request{}, no), "said true"},
		"unknown, and then never left": {unknown(request{}, &TransportError{Err: context.Canceled}), "said true"},
		"its effect did not show":      {&PendingError{}, ""},
	} {
		got := ""
		var fate interface{ Unknown() bool }
		if errors.As(test.err, &fate) {
			got = fmt.Sprintf("said %t", fate.Unknown())
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
	if !errors.Is(&TransportError{Err: context.Canceled}, context.Canceled) {
		t.Error("the cause of a request that never left is lost")
	}
}

// An organisation that a field names and the token does not see is a mistake at
// that field.
func TestUnknownOrganisationOfAField(t *testing.T) {
	kinds := basketKinds()
	c, _, _ := newFake(t, newOrchard().handle)
	desired := want(kinds, "basket.new")
	desired.Resources[0].Fields["from"] = resource.Ref{Name: "nowhere"}
	_, err := Read(context.Background(), c, kinds, desired)
	var choice *ChoiceError
	if !errors.As(err, &choice) || choice.Address != "basket.new" || choice.Field != "from" || choice.Name != "nowhere" {
		t.Errorf("got %+v (%v)", choice, err)
	}
}
