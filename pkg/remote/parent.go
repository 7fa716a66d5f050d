package remote

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The parent of each row of a list (for a root kind: its organisation). A row whose
// parent is not recognised must not be left out in silence: its resource would be
// created a second time. Policy:
//
//   - The API may write one id in several ways (resource/id.go); UUIDs compare by their
//     bytes, all other ids exactly.
//   - A list that was filtered by parents contains only rows of these. A row without a
//     parent belongs to the one parent that was asked, if it was only one.
//   - In any other list each row needs a parent, whose id has the form of the ids of
//     known parents. Then a row of an unknown parent belongs to somebody else.
//
// Everything else is an [AnswerError]: the kind was not read completely, so the plan
// shows the other kinds, is not saved, and apply does not start. A list of several
// parents is read again before that, each parent on its own (cost.go).

// AnswerError is an answer that cannot be used, because it is unclear what it means.
type AnswerError struct {
	Op, Problem string
}

// Error returns the operation and the problem.
func (e *AnswerError) Error() string { return e.Op + ": the answer cannot be used: " + e.Problem }

// asked are the parents that a list was filtered by, nil for a list without such a
// filter.
type asked struct {
	only string          // the id of the parent if it was only one
	ids  map[string]bool // canonical
}

func askedFor(ids ...string) *asked {
	a := &asked{ids: map[string]bool{}}
	for _, id := range ids {
		a.ids[resource.CanonicalID(id)] = true
	}
	if len(ids) == 1 {
		a.only = ids[0]
	}
	return a
}

// hasNoParent reports whether an answer leaves the parent out.
func hasNoParent(kind *resource.Kind, object map[string]any) bool {
	value := object[kind.ParentField]
	return value == nil || value == ""
}

// parentOf returns the id of a row's parent. known are the forms of the ids of parents.
func parentOf(kind *resource.Kind, r row, known map[resource.IDForm]bool) (string, error) {
	fail := func(format string, a ...any) error {
		name := cmp.Or(api.IDOf(r.object), "unknown")
		return &AnswerError{Op: r.op, Problem: fmt.Sprintf("the %s with id %s "+format, append([]any{kind.Title, name}, a...)...)}
	}
	if hasNoParent(kind, r.object) {
		if r.asked != nil && r.asked.only != "" {
			return r.asked.only, nil
		}
		return "", fail("has no %s", kind.ParentField)
	}
	id := resource.IDIn(r.object[kind.ParentField])
	switch {
	case id == "":
		return "", fail("has an %s without an id", kind.ParentField)
	case r.asked != nil && !r.asked.ids[resource.CanonicalID(id)]:
		return "", fail("belongs to %s %q, which was not asked for", kind.ParentField, id)
	case r.asked == nil && len(known) > 0 && !known[resource.FormOf(id)]:
		return "", fail("belongs to %s %q, which does not have the form of the other ids", kind.ParentField, id)
	}
	return id, nil
}

// formsOf returns the forms of the ids of resources.
func formsOf(items []*item) map[resource.IDForm]bool {
	forms := map[resource.IDForm]bool{}
	for _, it := range items {
		forms[resource.FormOf(it.Handle)] = true
	}
	return forms
}

// formsOfOrganisations returns the forms of the ids of organisations.
func (r *reader) formsOfOrganisations() map[resource.IDForm]bool {
	forms := map[resource.IDForm]bool{}
	for _, choice := range r.choices[organisationTarget] {
		forms[resource.FormOf(choice.Handle)] = true
	}
	return forms
}

// anyUnclear reports whether the parent of a row is unclear.
func (r *reader) anyUnclear(kind *resource.Kind, rows []row) bool {
	known := formsOf(r.listings[kind.Parent].items)
	return slices.ContainsFunc(rows, func(row row) bool {
		_, err := parentOf(kind, row, known)
		return err != nil
	})
}
