package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// finding is the result of a probe. handle and body are those of the match, empty if
// nothing had to match.
type finding struct {
	seen   bool
	handle string
	body   map[string]any
}

// errAmbiguous: a probe matched more than one object, so it is unknown which one is
// ours.
var errAmbiguous = errors.New("more than one object matches what was sent")

// look makes a probe once.
func (c *Caller) look(ctx context.Context, p resource.Probe) (finding, error) {
	objects, err := c.probed(ctx, p)
	if err != nil {
		return finding{}, err
	}
	return c.find(p, objects)
}

// find returns the match of a probe among the objects that it requested.
func (c *Caller) find(p resource.Probe, objects []map[string]any) (finding, error) {
	matches, err := matching(p, objects)
	switch {
	case err != nil:
		return finding{}, err
	case p.Gone:
		return finding{seen: len(matches) == 0}, nil
	case len(matches) == 0:
		return finding{}, nil
	}
	return finding{seen: true, handle: api.IDOf(matches[0]), body: matches[0]}, nil
}

// recognise looks for the effect of a call whose outcome is unclear. An object that
// LookUp and Once find must also contain what was sent, as far as it can be read: an
// object with the same natural key and other content was created by another client.
func (c *Caller) recognise(ctx context.Context, call resource.Call) (finding, error) {
	if call.Retry == resource.ReadBack || call.Probe.Gone {
		return c.look(ctx, *call.Probe)
	}
	matches, differs, err := c.equals(ctx, call)
	if err != nil {
		return finding{}, err
	}
	switch {
	case len(matches) > 1:
		return finding{}, errAmbiguous
	case len(matches) == 1:
		return finding{seen: true, handle: api.IDOf(matches[0]), body: matches[0]}, nil
	case differs != "" && call.Retry == resource.LookUp:
		return finding{}, fmt.Errorf("%w (%s differs)", api.ErrConflict, differs)
	}
	return finding{}, nil
}

// matching returns the objects that match a probe's Where and are not in Known. An
// object that has another id than the one that the list was filtered by does not match;
// one that leaves it out does.
func matching(p resource.Probe, objects []map[string]any) ([]map[string]any, error) {
	var found []map[string]any
	conditions := others(p.Where)
	for _, object := range objects {
		if !fits(conditions, object) {
			continue
		}
		id := api.IDOf(object)
		if slices.ContainsFunc(p.Known, func(known string) bool { return resource.SameID(known, id) }) {
			continue
		}
		same, err := sameIDs(p, object)
		if err != nil {
			return nil, err
		}
		if same {
			found = append(found, object)
		}
	}
	return found, nil
}

// others are the conditions that are not ids.
func others(where map[string]resource.Value) map[string]resource.Value {
	rest := map[string]resource.Value{}
	for key, want := range where {
		if uuidIn(want) == "" {
			rest[key] = want
		}
	}
	return rest
}

// sameIDs reports whether an object has the ids of a probe. It fails if the object has
// one of another form.
func sameIDs(p resource.Probe, object map[string]any) (bool, error) {
	for _, part := range []struct {
		conditions map[string]resource.Value
		optional   func(key string) bool
	}{
		{p.Query, func(string) bool { return true }},
		{p.Where, func(key string) bool { return uuidIn(p.Query[key]) != "" }},
	} {
		for _, key := range resource.SortedKeys(part.conditions) {
			want, got := uuidIn(part.conditions[key]), object[key]
			switch {
			case want == "":
			case got == nil, got == "":
				if op, _ := api.FindOperation(p.Op); !part.optional(key) && op.Lists() {
					return false, &AnswerError{Op: p.Op, Problem: fmt.Sprintf("%s has no %s", api.IDOf(object), key)}
				} else if !part.optional(key) {
					return false, nil
				}
			case resource.FormOf(resource.IDIn(got)) != resource.UUID:
				return false, &AnswerError{Op: p.Op, Problem: fmt.Sprintf("it is unclear whether the %s of %s is %s", key, api.IDOf(object), want)}
			case !resource.SameID(resource.IDIn(got), want):
				return false, nil
			}
		}
	}
	return true, nil
}

// uuidIn returns the id in a condition if it is a UUID, else "".
func uuidIn(want resource.Value) string {
	id, _ := want.(string)
	if ref, ok := want.(resource.Ref); ok {
		id = ref.Handle
	}
	if resource.FormOf(id) != resource.UUID {
		return ""
	}
	return id
}

func fits(where map[string]resource.Value, object map[string]any) bool {
	for key, want := range where {
		if !agrees(want, object[key]) {
			return false
		}
	}
	return true
}

// probed returns the objects that a probe requests.
func (c *Caller) probed(ctx context.Context, p resource.Probe) ([]map[string]any, error) {
	query, err := queryOf(p.Query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Op, err)
	}
	if op, _ := api.FindOperation(p.Op); op.Lists() {
		return c.List(ctx, p.Op, p.Params, query)
	}
	object, err := c.Get(ctx, p.Op, p.Params, query)
	if api.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []map[string]any{object}, nil
}

// wanted describes what a probe waits for.
func wanted(p resource.Probe) string {
	if p.Gone {
		return "it to be deleted"
	}
	var parts []string
	for _, name := range resource.SortedKeys(p.Where) {
		parts = append(parts, name+" "+resource.Show(p.Where[name]))
	}
	return strings.Join(parts, ", ")
}

// contradiction returns a field of a sent body that has another value in the object, ""
// if there is none. Fields that are missing in the object, and secrets, are ignored.
func contradiction(sent map[string]resource.Value, object map[string]any) string {
	for _, name := range resource.SortedKeys(sent) {
		got, shown := object[name]
		if _, secret := sent[name].(resource.Secret); secret || !shown || got == nil || sent[name] == nil {
			continue
		}
		if !agrees(sent[name], got) {
			return name
		}
	}
	return ""
}

// agrees compares a value of ours with one of the API, leniently: an id may be a string
// or an object that contains it, in any of its forms, null and absent are equal,
// numbers compare by value, and an object may contain additional keys.
func agrees(want resource.Value, got any) bool {
	switch w := want.(type) {
	case nil:
		return got == nil
	case resource.Ref:
		return w.Handle != "" && resource.SameID(resource.IDIn(got), w.Handle)
	case resource.Secret:
		return got == w.Reveal()
	case string:
		return got == nil && w == "" || got == w || got != nil && resource.SameID(resource.IDIn(got), w)
	case []any:
		list, ok := got.([]any)
		return ok && slices.EqualFunc(w, list, agrees)
	case map[string]any:
		object, ok := got.(map[string]any)
		for key, value := range w {
			ok = ok && agrees(value, object[key])
		}
		return ok
	}
	return fmt.Sprint(want) == fmt.Sprint(got)
}
