package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
)

// judge says what a result means for the command: nil where everything that the
// plan wanted was done. The policy: once something was written the command has
// partly applied, whatever went wrong; before, what went wrong counts.
func judge(result *apply.Result) error {
	if result.Complete() {
		return nil
	}
	err := unfinished(result)
	if result.Wrote {
		return &partlyError{err}
	}
	return err
}

func unfinished(result *apply.Result) error {
	sum := result.Summary
	var errs []error
	for _, step := range result.Steps {
		if step.Error != nil {
			errs = append(errs, step.Error)
		}
	}
	if sum.Blocked > 0 {
		errs = append(errs, &stoppedError{
			message: "blocked",
			hint:    "The plan says why a change is blocked.",
		})
	}
	if result.Interrupted {
		errs = append(errs, errInterrupted)
	}
	return &unfinishedError{message: "not everything was applied: " + counts(sum), causes: errs}
}

// counts names how many there were of what there was.
func counts(sum apply.Summary) string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{sum.Done, "done"}, {sum.Failed, "failed"}, {sum.Skipped, "skipped"},
		{sum.Unknown, "unknown"}, {sum.Blocked, "blocked"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return strings.Join(parts, ", ")
}

// unfinishedError is an apply that did not do everything. The causes have been
// told one by one; here they only decide about the exit code and the hint.
type unfinishedError struct {
	message string
	causes  []error
}

func (e *unfinishedError) Error() string   { return e.message }
func (e *unfinishedError) Unwrap() []error { return e.causes }

// verify plans again and fails where something still differs in the collections
// that the apply touched. What else moved meanwhile is not ours. A sensitive value
// that was to be written whatever it was has been; what was selected by a pattern
// may be gone now.
func (s *session) verify(ctx context.Context, p *planned, result *apply.Result) error {
	before := p.client.Requests()
	err := s.findsNothing(ctx, p)
	result.Requests = p.client.Requests()
	verified := err == nil
	result.Verified = &verified
	if verified && s.format == formatText {
		fmt.Fprintf(s.io.out, "Verified: nothing that was touched differs (%s more).\n", plural(p.client.Requests()-before, "request"))
	}
	return err
}

func (s *session) findsNothing(ctx context.Context, p *planned) error {
	in := p.in
	in.WriteSensitive = nil // written by now
	if len(in.Select.Only)+len(in.Select.Exclude) > 0 {
		in.Select.Exactly = []resource.Address{}
		for _, c := range p.Changes {
			in.Select.Exactly = append(in.Select.Exactly, c.Address)
		}
	}
	again, err := s.makePlan(ctx, p.client, p.doc, &in)
	if err != nil {
		return &differsError{fmt.Errorf("applied, but it could not be verified: %w", err)}
	}
	touched := map[resource.CollectionID]bool{}
	for _, c := range p.Changes {
		touched[c.Collection()] = true
	}
	var left []string
	for _, c := range again.Changes {
		if touched[c.Collection()] && c.Blocked == "" {
			left = append(left, fmt.Sprintf("%s (%s)", c.Address, c.Action))
		}
	}
	if len(left) == 0 {
		return nil
	}
	if s.format == formatText {
		s.printed(render.PlanText(s.io.out, again, s.style(s.io.out)))
	}
	return &differsError{fmt.Errorf("applied, but --verify still finds a difference: %s", list(left))}
}
