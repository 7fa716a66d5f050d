// Package remote connects resources with the HTTP client (pkg/api). It reads the
// current state ([Read], [ReadAll]): what to request, in which order, by which list.
// And it turns the calls of a plan into requests ([Caller]): it replaces references by
// ids, and verifies by probes whether a write took effect.
//
// It contains no kind: what to read and how to decode it comes from the descriptors
// that it is given.
package remote

import (
	"context"
	"net/url"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Wanted says what [Read] is to find out.
type Wanted struct {
	// Desired is what the files declare, and Base what an earlier version of them
	// declared, nil for none. What either declares is read.
	Desired, Base *resource.State
	// Prune names the collections ("variables") whose undeclared members the plan
	// deletes, and Removed the other resources that it deletes. These are read although
	// they are not declared, and so is everything below them: it would also be deleted.
	Prune   []string
	Removed []resource.Removed
	// Pending: it must be known which declared resources wait for a deployment. If
	// lists do not contain this, it takes a request for each resource.
	Pending bool
}

// Read returns the current state of what is wanted: the resources of the declared
// collections, undeclared siblings included.
//
// With an error the state contains what could be read, and its Unread names the kinds
// that are not complete. A [ChoiceError] says that the token cannot access the
// organisation in Desired.
func Read(ctx context.Context, client *api.Client, catalog *resource.Catalog, w Wanted) (*resource.State, error) {
	return newReader(client, catalog, extentOf(w, catalog)).run(ctx, w.Desired.Organisation)
}

// ReadAll returns everything under the organisation, for an export. With only, it
// returns the root resources with these keys (application slugs), everything below
// them, and the resources that they refer to. An unknown key is a [ChoiceError].
func ReadAll(ctx context.Context, client *api.Client, catalog *resource.Catalog, organisation resource.Ref, only []string) (*resource.State, error) {
	return newReader(client, catalog, everything(only)).run(ctx, organisation)
}

// Caller is what pkg/apply needs of the API: calls of a plan, and reads with the
// values of resources. It is safe for concurrent use.
type Caller struct{ client *api.Client }

// NewCaller returns a caller that uses client.
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
