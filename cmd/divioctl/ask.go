package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
)

// errDeclined is an apply that somebody did not want after all.
var errDeclined = errors.New("not applied: nothing was changed")

// confirm asks whether to apply, and gives the plan to apply. A question may wait
// for hours: so the plan is made again after it, and what moved meanwhile makes the
// one that was shown stale.
func (s *session) confirm(ctx context.Context, p *planned) (*planned, error) {
	if err := s.ask(ctx, p.Plan); err != nil {
		return nil, err
	}
	in := p.in
	again, err := s.makePlan(ctx, p.client, p.doc, &in)
	if err := p.Check(again, err); err != nil {
		var moved *plan.StaleError
		if errors.As(err, &moved) {
			moved.When = "while you were asked"
		}
		return nil, stale("not applied", err)
	}
	return &planned{Plan: again, in: in, doc: p.doc, client: p.client}, nil
}

// ask asks whether to apply. Only "yes" is a yes: a "y" or a return may have been
// typed ahead for something else.
func (s *session) ask(ctx context.Context, p *plan.Plan) error {
	if s.format != formatText {
		// Standard output is for the JSON document; whoever has to decide still
		// needs to see what about.
		if err := render.PlanText(s.io.err, p, s.style(s.io.err)); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.io.err, "\nApply these changes to %s? Only yes is a yes: ", render.Where(p, s.style(s.io.err)))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(s.io.in).ReadString('\n') // the end of input is a no
		answer <- strings.TrimSpace(line)
	}()
	select {
	case text := <-answer:
		switch {
		case text == "yes":
			return nil
		case strings.HasPrefix(strings.ToLower(text), "y"):
			return fmt.Errorf("%w. The answer was %q, and only yes in full applies", errDeclined, text)
		}
		return errDeclined
	case <-ctx.Done():
		fmt.Fprintln(s.io.err)
		return context.Cause(ctx)
	}
}
