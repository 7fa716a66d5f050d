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

// Two applies at once. Both plan the same create, and the API has neither a lock nor, for
// some kinds, a key that would refuse the second one. So right before such a create is
// sent, its probe looks for an object that equals what it would make and that the plan
// did not know: it has appeared since, and is adopted or the create is refused, as the
// call says. What this apply itself has made meanwhile is known.
//
// The window is the time between the look and the create, one request. It cannot be
// closed from here. What still comes through is a twin, which the next plan names.
//
// A look that fails ends the call: without it, the create could double. A long list that
// changes while it is read is read again first.

// changedLooks is how often such a list is read.
const changedLooks = 3

// AppearedError is a create that was not sent, because an equal object has appeared
// since the plan was made.
type AppearedError struct {
	// Handles are the ids of the equal objects.
	Handles []string
}

// Error says what to do: plan again.
func (e *AppearedError) Error() string {
	return fmt.Sprintf("not sent: an equal one has appeared since the plan was made (%s); plan again, which finds it", strings.Join(e.Handles, ", "))
}

// Unknown tells pkg/apply that the call was not made.
func (e *AppearedError) Unknown() bool { return false }

// lookError is a create that was not sent, because the look before it failed.
type lookError struct{ error }

func (e lookError) Error() string {
	return "not sent: looking whether it exists by now: " + e.error.Error()
}

func (e lookError) Unwrap() error { return e.error }

// Unknown says the same as that of AppearedError.
func (e lookError) Unknown() bool { return false }

// appeared looks for what a create would make. It returns an answer if that is adopted,
// nil if the create must be sent.
func (c *Caller) appeared(ctx context.Context, call resource.Call) (*resource.Answer, error) {
	if call.IfAppeared == resource.Unwatched {
		return nil, nil
	}
	equal, _, err := c.equals(ctx, call)
	for range changedLooks - 1 {
		if !errors.Is(err, api.ErrListChanged) {
			break
		}
		equal, _, err = c.equals(ctx, call)
	}
	if err != nil {
		return nil, lookError{err}
	}
	if len(equal) == 0 {
		return nil, nil
	}
	slices.SortFunc(equal, func(x, y map[string]any) int { return strings.Compare(api.IDOf(x), api.IDOf(y)) })
	if call.IfAppeared == resource.Adopt { // of several, the same one in every apply
		return &resource.Answer{Handle: api.IDOf(equal[0]), Body: equal[0], Adopted: true}, nil
	}
	found := &AppearedError{}
	for _, object := range equal {
		found.Handles = append(found.Handles, api.IDOf(object))
	}
	return nil, found
}

// equals returns the objects that match the probe of a call and do not differ from what
// it sends, as far as that can be read. differs is a field in which one that matches
// does, "" for none.
func (c *Caller) equals(ctx context.Context, call resource.Call) (equal []map[string]any, differs string, err error) {
	objects, err := c.probed(ctx, *call.Probe)
	if err != nil {
		return nil, "", err
	}
	matches, err := matching(*call.Probe, objects)
	if err != nil {
		return nil, "", err
	}
	for _, object := range matches {
		field := contradiction(call.Body, object)
		if field == "" && call.Probe.Detail != "" {
			if field, err = c.differsInDetail(ctx, call.Probe, api.IDOf(object)); err != nil {
				return nil, "", err
			}
		}
		if field != "" {
			differs = field
			continue
		}
		equal = append(equal, object)
	}
	return equal, differs, nil
}

// differsInDetail returns a field in which the detail of an object differs, "" for none.
func (c *Caller) differsInDetail(ctx context.Context, p *resource.Probe, id string) (string, error) {
	object, err := c.Get(ctx, p.Detail, map[string]resource.Value{"uuid": id}, nil)
	if refused(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for _, name := range resource.SortedKeys(p.DetailWhere) {
		if shown := shownIn(object, name); shown != nil && !agrees(p.DetailWhere[name], shown) {
			return name, nil
		}
	}
	return "", nil
}
