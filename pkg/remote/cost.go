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

// Which list. By cost, for the children of some parents:
//
//  1. a filter by parent that may be repeated: a request per 50 parents
//  2. for one or two parents a filter by parent: a request each
//  3. the list of an organisation, or of everything, filtered here
//  4. otherwise: a request per parent
//
// A Global kind is always read by organisation, since a declared resource may be under
// a parent that the files do not mention. The parent in each answer decides (parent.go);
// if it is unclear in a list of several parents, each parent is read on its own.
//
// It is not documented that an unfiltered list is complete (the one of variables is
// rejected, for example). It is used if it contains a child of one of the parents in
// question; otherwise each parent is read, since treating them as empty would create
// everything a second time.

// fewParents is up to how many parents a request each costs no more than a list
// of everything.
const fewParents = 2

// row is an object of a list, with the operation, the parents that the list was
// filtered by, and the organisation, "" for none.
type row struct {
	object       map[string]any
	op           string
	asked        *asked
	organisation string
}

// rows lists a kind by the cheapest way.
func (r *reader) rows(ctx context.Context, kind *resource.Kind, parents []*item, organisations []string) ([]row, error) {
	byOrganisation, hasOrganisation := readBy(kind, resource.ByOrganisation, false)
	everything, hasEverything := readBy(kind, resource.Everything, false)
	byParent, hasParent := readBy(kind, resource.ByParent, false)
	repeated, canRepeat := readBy(kind, resource.ByParent, true)
	if kind.Parent == "" || kind.Global {
		hasParent, canRepeat = false, false
	}
	perParent := make([]query, len(parents))
	for i, parent := range parents {
		perParent[i] = query{byParent, parent.Handle, askedFor(parent.Handle), parent.organisation}
	}
	var rows []row
	var err error
	switch {
	case canRepeat:
		rows, err = r.repeated(ctx, repeated, parents)
	case hasParent && (len(parents) <= fewParents || !hasOrganisation && !hasEverything):
		return r.ask(ctx, perParent)
	case hasOrganisation:
		var queries []query
		for _, organisation := range organisations {
			q := query{byOrganisation, organisation, nil, organisation}
			if kind.Parent == "" && byOrganisation.Filter != "" {
				q.asked = askedFor(organisation)
			}
			queries = append(queries, q)
		}
		rows, err = r.ask(ctx, queries)
	case hasEverything:
		rows, err = r.ask(ctx, []query{{read: everything}})
		if err == nil && hasParent && !showsAny(kind, rows, parents) {
			return r.ask(ctx, perParent)
		}
	default:
		return nil, fmt.Errorf("there is no way to list %s", kind.Plural)
	}
	if err == nil && hasParent && len(parents) > 1 && r.anyUnclear(kind, rows) {
		return r.ask(ctx, perParent)
	}
	return rows, err
}

func readBy(kind *resource.Kind, scope resource.Scope, repeat bool) (resource.ListOp, bool) {
	for _, read := range kind.Reads {
		if read.Scope == scope && (read.Repeat || !repeat) {
			return read, true
		}
	}
	return resource.ListOp{}, false
}

// showsAny reports whether any row belongs to one of the parents.
func showsAny(kind *resource.Kind, rows []row, parents []*item) bool {
	return slices.ContainsFunc(rows, func(row row) bool {
		id := resource.IDIn(row.object[kind.ParentField])
		return slices.ContainsFunc(parents, func(parent *item) bool { return resource.SameID(parent.Handle, id) })
	})
}

// query is one list to read: the value goes into the filter.
type query struct {
	read         resource.ListOp
	value        string
	asked        *asked
	organisation string
}

// ask reads lists in parallel; the rows are in the order of the queries.
func (r *reader) ask(ctx context.Context, queries []query) ([]row, error) {
	parts := make([][]row, len(queries))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.client.Parallelism())
	for i, q := range queries {
		group.Go(api.Safely(func() error {
			filter := url.Values{}
			if q.read.Filter != "" {
				filter.Set(q.read.Filter, q.value)
			}
			objects, err := r.client.List(ctx, q.read.Op, nil, filter)
			parts[i] = rowsOf(objects, q)
			return err
		}))
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(parts...), nil
}

// repeated reads the children of many parents with one filter that repeats.
func (r *reader) repeated(ctx context.Context, read resource.ListOp, parents []*item) ([]row, error) {
	var ids []string
	for _, parent := range parents {
		ids = append(ids, parent.Handle)
	}
	objects, err := r.client.ListMany(ctx, read.Op, read.Filter, ids)
	return rowsOf(objects, query{read: read, asked: askedFor(ids...)}), err
}

func rowsOf(objects []map[string]any, q query) []row {
	rows := make([]row, len(objects))
	for i, object := range objects {
		rows[i] = row{object, q.read.Op, q.asked, q.organisation}
	}
	return rows
}
