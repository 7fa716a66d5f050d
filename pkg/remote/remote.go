// Package remote stands between resources and the HTTP client (pkg/api). It reads
// the current state ([Read], [ReadAll]): what to ask for, in which order, by which
// list. And it turns the calls of a plan into requests ([Caller]): ids in the place
// of references, and probes that find out whether a write took effect.
//
// It knows no kind by name: what to read and how to decode it comes from the
// descriptors that it is handed.
package remote

import (
	"context"
	"net/url"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Wanted says what [Read] is to find out.
type Wanted struct {
	// Desired is what the files declare, and Base what an earlier version of them did,
	// nil for none. What either declares is read.
	Desired, Base *resource.State
	// Prune names the collections ("variables") whose undeclared members the plan is to
	// delete, and Removed what it is to delete besides. That is read, although it is not
	// declared, and so is all that is below: it would be deleted along.
	Prune   []string
	Removed []resource.Removed
	// Pending: it must be known which declared resources wait for a deployment. Where
	// lists do not say so, that costs a request for each.
	Pending bool
}

// Read gives the current state of what is wanted: the resources of the declared
// collections, undeclared siblings included.
//
// With an error the state holds what could be read, and its Unread names the kinds
// that are not whole. A [ChoiceError] says that the organisation in Desired is not
// one that the token sees.
func Read(ctx context.Context, client *api.Client, catalog *resource.Catalog, w Wanted) (*resource.State, error) {
	return newReader(client, catalog, scopeOf(w, catalog)).run(ctx, w.Desired.Organisation)
}

// ReadAll gives everything under the organisation, for an export. With only, it
// gives the root resources with these keys (application slugs), what is below
// them, and what they refer to. An unknown key is a [ChoiceError].
func ReadAll(ctx context.Context, client *api.Client, catalog *resource.Catalog, organisation resource.Ref, only []string) (*resource.State, error) {
	return newReader(client, catalog, everything(only)).run(ctx, organisation)
}

// Caller is what pkg/apply needs of the API: calls of a plan, and reads with the
// values of resources. It is safe for concurrent use.
type Caller struct{ client *api.Client }

// NewCaller gives a caller that uses client.
func NewCaller(client *api.Client) *Caller { return &Caller{client} }

// Get reads one object with a GET operation, see [api.Client.Get].
func (c *Caller) Get(ctx context.Context, op string, params map[string]resource.Value, query url.Values) (map[string]any, error) {
	texts, err := pathTexts(op, params)
	if err != nil {
		return nil, err
	}
	return c.client.Get(ctx, op, texts, query)
}

// List reads all pages of a list operation, see [api.Client.List].
func (c *Caller) List(ctx context.Context, op string, params map[string]resource.Value, query url.Values) ([]map[string]any, error) {
	texts, err := pathTexts(op, params)
	if err != nil {
		return nil, err
	}
	return c.client.List(ctx, op, texts, query)
}
