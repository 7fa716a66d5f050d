package remote

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Which list. By cost, for the children of some parents:
//
//  1. a filter by parent that may be repeated: a request per 50 parents
//  2. for one or two parents a filter by parent: a request each
//  3. the list of an organisation, or of everything, filtered here
//  4. what is left: a request per parent
//
// A Global kind is always read by organisation, since what the files declare may
// sit under a parent that they do not mention. Whatever the API's filter does,
// the parent in each answer decides; a filter that the API ignored does no harm.

// fewParents is up to how many parents a request each costs no more than a list
// of everything.
const fewParents = 2

// row is an object of a list. asked is the one parent that the list was for.
type row struct {
	object map[string]any
	asked  string
	home   string
}

// readRoots reads a root kind.
func (r *reader) readRoots(ctx context.Context, kind *resource.Kind) ([]*item, []resource.CollectionID, error) {
	if !r.scope.root(kind) {
		return nil, nil, nil
	}
	items, err := r.rootsOf(ctx, kind, r.organisation.Handle)
	if err != nil {
		return nil, nil, err
	}
	// What may be taken over from other organisations is looked for there.
	missing := r.scope.takenFrom(kind, items)
	lists := map[string][]*item{}
	for _, key := range resource.SortedKeys(missing) {
		from, err := r.findOrganisation(missing[key])
		if err != nil {
			return nil, nil, err
		}
		if _, read := lists[from.Handle]; !read {
			if lists[from.Handle], err = r.rootsOf(ctx, kind, from.Handle); err != nil {
				return nil, nil, err
			}
		}
		for _, it := range lists[from.Handle] {
			if it.Key == key && from.Handle != r.organisation.Handle {
				it.Fields[kind.TransferFrom] = from
				items = append(items, it)
			}
		}
	}
	return items, []resource.CollectionID{{Kind: kind.Name}}, nil
}

func (r *reader) rootsOf(ctx context.Context, kind *resource.Kind, organisation string) ([]*item, error) {
	rows, err := r.rows(ctx, kind, nil, []string{organisation})
	if err != nil {
		return nil, err
	}
	var items []*item
	for _, row := range rows {
		owner := idOf(row.object[kind.ParentField])
		if kind.ParentField != "" && owner != "" && owner != organisation {
			continue
		}
		it, err := newItem(kind, "", row.object)
		if err != nil {
			return nil, err
		}
		it.home = organisation
		items = append(items, it)
	}
	sortSiblings(items)
	return items, nil
}

// readChildren reads a kind under all parents for which it is wanted.
func (r *reader) readChildren(ctx context.Context, kind *resource.Kind) ([]*item, []resource.CollectionID, error) {
	var parents []*item
	var collections []resource.CollectionID
	byID := map[string]*item{}
	homes := []string{r.organisation.Handle}
	for _, parent := range r.items[kind.Parent] {
		if !r.scope.below(parent, kind) {
			continue
		}
		parents = append(parents, parent)
		byID[parent.Handle] = parent
		collections = append(collections, resource.CollectionID{Parent: parent.Address, Kind: kind.Name})
		if !slices.Contains(homes, parent.home) {
			homes = append(homes, parent.home)
		}
	}
	if len(parents) == 0 && !(kind.Global && r.scope.anywhere(kind)) {
		return nil, nil, nil
	}
	rows, err := r.rows(ctx, kind, parents, homes)
	if err != nil {
		return nil, nil, err
	}
	children := map[string][]*item{}
	var strays []*item
	for _, row := range rows {
		parent, err := parentOf(kind, row)
		if err != nil {
			return nil, nil, err
		}
		if it := byID[parent]; it != nil {
			child, err := newItem(kind, it.Address, row.object)
			if err != nil {
				return nil, nil, err
			}
			child.parent, child.home = parent, it.home
			children[parent] = append(children[parent], child)
			continue
		}
		if !kind.Global || parent == "" {
			continue
		}
		stray, err := newItem(kind, "", row.object)
		if err != nil {
			return nil, nil, err
		}
		stray.parent, stray.home = parent, row.home
		if r.scope.sought(kind, stray.Key) {
			strays = append(strays, stray)
		}
	}
	var items []*item
	for _, parent := range parents {
		sortSiblings(children[parent.Handle])
		items = append(items, children[parent.Handle]...)
	}
	if err := r.placeStrays(ctx, kind, strays); err != nil {
		return nil, nil, err
	}
	return append(items, strays...), collections, nil
}

// rows lists a kind by the cheapest way.
func (r *reader) rows(ctx context.Context, kind *resource.Kind, parents []*item, homes []string) ([]row, error) {
	by := func(scope resource.Scope, repeat bool) (resource.Read, bool) {
		i := slices.IndexFunc(kind.Reads, func(read resource.Read) bool {
			return read.Scope == scope && (read.Repeat || !repeat)
		})
		if i < 0 {
			return resource.Read{}, false
		}
		return kind.Reads[i], true
	}
	byOrganisation, hasOrganisation := by(resource.ByOrganisation, false)
	everything, hasEverything := by(resource.Everything, false)
	byParent, hasParent := by(resource.ByParent, false)
	alone := kind.Parent == "" || kind.Global

	if repeated, ok := by(resource.ByParent, true); ok && !alone {
		var ids []string
		for _, parent := range parents {
			ids = append(ids, parent.Handle)
		}
		objects, err := r.client.listMany(ctx, repeated.Op, repeated.Filter, ids)
		asked := ""
		if len(ids) == 1 {
			asked = ids[0]
		}
		return rowsOf(objects, asked, ""), err
	}
	lists := []func(context.Context) ([]row, error){}
	list := func(read resource.Read, value, asked, home string) {
		lists = append(lists, func(ctx context.Context) ([]row, error) {
			var query url.Values
			if read.Filter != "" {
				query = url.Values{read.Filter: {value}}
			}
			objects, err := r.client.List(ctx, read.Op, nil, query)
			return rowsOf(objects, asked, home), err
		})
	}
	switch {
	case hasParent && !alone && (len(parents) <= fewParents || !hasOrganisation && !hasEverything):
		for _, parent := range parents {
			list(byParent, parent.Handle, parent.Handle, parent.home)
		}
	case hasOrganisation:
		for _, home := range homes {
			list(byOrganisation, home, "", home)
		}
	case hasEverything:
		list(everything, "", "", "")
	default:
		return nil, fmt.Errorf("there is no way to list %s", kind.Plural)
	}
	parts := make([][]row, len(lists))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.client.parallelism)
	for i, list := range lists {
		group.Go(func() (err error) {
			parts[i], err = list(ctx)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(parts...), nil
}

func rowsOf(objects []map[string]any, asked, home string) []row {
	rows := make([]row, len(objects))
	for i, object := range objects {
		rows[i] = row{object, asked, home}
	}
	return rows
}

// parentOf is the id of a row's parent, "" where it has none.
func parentOf(kind *resource.Kind, r row) (string, error) {
	value, said := r.object[kind.ParentField]
	switch {
	case said:
		return idOf(value), nil
	case r.asked != "":
		return r.asked, nil
	}
	return "", fmt.Errorf("an answer does not say its %s", kind.ParentField)
}

// sortSiblings orders siblings by the number that the API gives as their order,
// where all have one; otherwise they stay in the order of the list.
func sortSiblings(items []*item) {
	for _, it := range items {
		if _, ok := it.raw["order"].(int64); !ok {
			return
		}
	}
	slices.SortStableFunc(items, func(a, b *item) int {
		return cmp.Compare(a.raw["order"].(int64), b.raw["order"].(int64))
	})
}
