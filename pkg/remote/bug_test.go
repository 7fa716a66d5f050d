package remote

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Whichever request breaks down in a goroutine of ours, the program goes on with an
// error that says where. Only the first request is made by the caller itself.
func TestBugsEndInErrors(t *testing.T) {
	catalog := basketCatalog()
	everything := []string{"basket.shop", "basket.blog?region=eu-ch", "fruit.shop/live", "fruit.blog/live?branch=main", "seed.shop/live/A?rare=x", "worm.shop/live/run", "label.shop/live/a.example.org"}
	read := func(handle handler) (*api.Client, error) {
		c, _ := newFake(t, handle)
		_, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, everything...)})
		return c, err
	}
	answers := newOrchard()
	c, err := read(answers.handle)
	if err != nil {
		t.Fatal(err)
	}
	for broken := 2; broken <= c.Requests(); broken++ {
		_, err := read(func(r *http.Request, n int) (*http.Response, error) {
			if n == broken {
				panic("no such thing")
			}
			return answers.handle(r, n)
		})
		var bug interface{ Stack() []byte }
		if !errors.As(err, &bug) || len(bug.Stack()) == 0 {
			t.Errorf("request %d: got %v", broken, err)
		}
	}
}

// An organisation that a field names and the token does not see is a mistake at
// that field.
func TestUnknownOrganisationOfAField(t *testing.T) {
	catalog := basketCatalog()
	c, _ := newFake(t, newOrchard().handle)
	desired := want(catalog, "basket.new")
	desired.Resources[0].Fields["from"] = resource.Ref{Name: "nowhere"}
	_, err := Read(context.Background(), c, catalog, Wanted{Desired: desired})
	var choice *ChoiceError
	if !errors.As(err, &choice) || choice.Address != at("basket.new") || choice.Field != "from" || choice.Name != "nowhere" {
		t.Errorf("got %+v (%v)", choice, err)
	}
}
