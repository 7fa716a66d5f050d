package remote

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// finding is what a probe saw. handle and body are of the one match, empty where
// nothing had to match.
type finding struct {
	seen   bool
	handle string
	body   map[string]any
}

// errAmbiguous: a probe matched more than one object, so that none can be said to
// be ours.
var errAmbiguous = errors.New("more than one object matches what was sent")

// look carries out a probe once.
func (c *Caller) look(ctx context.Context, p resource.Probe) (finding, error) {
	matches, err := c.matches(ctx, p)
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

// recognise looks for the effect of a call whose outcome is unclear. What LookUp and
// Once find must also hold what was sent, as far as it can be read: a thing under the
// natural key with other content is somebody else's.
func (c *Caller) recognise(ctx context.Context, call resource.Call) (finding, error) {
	if call.Retry == resource.ReadBack || call.Probe.Gone {
		return c.look(ctx, *call.Probe)
	}
	matches, err := c.matches(ctx, *call.Probe)
	if err != nil {
		return finding{}, err
	}
	var differs string
	matches = slices.DeleteFunc(matches, func(m map[string]any) bool {
		field := contradiction(call.Body, m)
		if field != "" {
			differs = field
		}
		return field != ""
	})
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

// matches gives what a probe's Where fits and Known does not name.
func (c *Caller) matches(ctx context.Context, p resource.Probe) ([]map[string]any, error) {
	op, _ := api.FindOperation(p.Op)
	query, err := queryOf(p.Query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Op, err)
	}
	objects, err := c.objects(ctx, op, p, query)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(objects, func(object map[string]any) bool {
		if slices.Contains(p.Known, api.IDOf(object)) {
			return true
		}
		for key, want := range p.Where {
			if !agrees(want, object[key]) {
				return true
			}
		}
		return false
	}), nil
}

func (c *Caller) objects(ctx context.Context, op api.Operation, p resource.Probe, query url.Values) ([]map[string]any, error) {
	if op.Lists() {
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

// wanted says for people what a probe waits for.
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

// contradiction names a field of a sent body that the object shows with another
// value, "" where there is none. What the object does not show, and what was
// sent as a secret, says nothing.
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

// agrees compares a value of ours with one of the API, leniently: an id may be
// text or an object that holds it, null and absent are alike, numbers compare by
// value, and an object may hold more than was asked for.
func agrees(want resource.Value, got any) bool {
	switch w := want.(type) {
	case nil:
		return got == nil
	case resource.Ref:
		return w.Handle != "" && idOf(got) == w.Handle
	case resource.Secret:
		return got == w.Reveal()
	case string:
		if text, ok := got.(string); ok || got == nil {
			return text == w
		}
		return idOf(got) == w
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

// idOf is the id that a reference in an answer holds: text, a number, or an
// object with the id in it.
func idOf(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case int64:
		return fmt.Sprint(x)
	case map[string]any:
		return api.IDOf(x)
	}
	return ""
}
