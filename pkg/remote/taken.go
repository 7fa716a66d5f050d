package remote

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Keys that are taken in another organisation (Kind.Unique). Policy:
//
//   - Only declared resources that were not found are looked up, and only if the token
//     sees another organisation.
//   - A few keys are looked up one by one, in all organisations at once; usually nothing
//     is found, and that is all. Otherwise, and to find out which organisation it is,
//     the lists of the other organisations are read.
//   - What the API refuses is left out. Then a create fails that the plan could have
//     blocked.

// readTaken finds the declared resources of a kind whose keys are taken elsewhere.
func (r *reader) readTaken(ctx context.Context, kind *resource.Kind) error {
	missing := r.missingKeys(kind)
	others := r.otherOrganisations()
	if len(missing) == 0 || len(others) == 0 {
		return nil
	}
	if len(missing) <= len(others) {
		var err error
		if missing, err = r.lookUp(ctx, kind, missing); err != nil || len(missing) == 0 {
			return err
		}
	}
	found := make([][]map[string]any, len(others))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(r.client.Parallelism())
	for i, other := range others {
		group.Go(api.Safely(func() (err error) {
			query := url.Values{kind.Unique.Organisation: {other.Handle}}
			if len(missing) == 1 {
				query.Set(kind.Unique.Filter, missing[0].Key)
			}
			found[i], err = r.listed(groupCtx, kind, query)
			return err
		}))
	}
	if err := group.Wait(); err != nil {
		return err
	}
	r.takenLock.Lock()
	defer r.takenLock.Unlock()
	for _, d := range missing {
		for i, other := range others {
			if holdsKey(kind, found[i], d.Key) {
				name := r.choices.Name(organisationTarget, other.Handle)
				r.taken[d.Address] = fmt.Sprintf("its %s is taken in another organisation, %s: ", kind.Key, name) + fmt.Sprintf(kind.Unique.Hint, name)
				break
			}
		}
	}
	return nil
}

// missingKeys returns the declared resources of a kind that do not exist here, one for
// each key.
func (r *reader) missingKeys(kind *resource.Kind) []*resource.Resource {
	l := r.listings[kind.Name]
	if kind.Unique == nil || r.extent.Desired == nil || l.failed {
		return nil
	}
	here := map[string]bool{}
	for _, it := range l.items {
		here[it.Key] = true
	}
	var missing []*resource.Resource
	for _, d := range r.extent.now.byKind[kind.Name] {
		if !here[d.Key] {
			missing = append(missing, d)
		}
	}
	return missing
}

func (r *reader) otherOrganisations() []resource.Choice {
	return slices.DeleteFunc(slices.Clone(r.choices[organisationTarget]), func(c resource.Choice) bool {
		return resource.SameID(c.Handle, r.organisation.Handle)
	})
}

// lookUp returns the resources whose keys exist in any organisation.
func (r *reader) lookUp(ctx context.Context, kind *resource.Kind, missing []*resource.Resource) ([]*resource.Resource, error) {
	exists := make([]bool, len(missing))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.client.Parallelism())
	for i, d := range missing {
		group.Go(api.Safely(func() error {
			rows, err := r.listed(ctx, kind, url.Values{kind.Unique.Filter: {d.Key}})
			exists[i] = holdsKey(kind, rows, d.Key)
			return err
		}))
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var found []*resource.Resource
	for i, d := range missing {
		if exists[i] {
			found = append(found, d)
		}
	}
	return found, nil
}

// listed reads a list; one that the API refuses is empty.
func (r *reader) listed(ctx context.Context, kind *resource.Kind, query url.Values) ([]map[string]any, error) {
	rows, err := r.client.List(ctx, kind.Unique.Op, nil, query)
	if refused(err) {
		return nil, nil
	}
	return rows, err
}

// holdsKey reports whether a list contains a key.
func holdsKey(kind *resource.Kind, rows []map[string]any, key string) bool {
	return slices.ContainsFunc(rows, func(row map[string]any) bool {
		text, _ := row[kind.KeyField].(string)
		if kind.Normal != nil {
			if normal, err := kind.Normal(text); err == nil {
				text = normal
			}
		}
		return text == key
	})
}
