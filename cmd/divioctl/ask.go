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
var errDeclined = errors.New("not applied, as you wish: nothing was changed")

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
	fmt.Fprint(s.io.err, "\nApply these changes? Only yes is a yes: ")
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(s.io.in).ReadString('\n') // the end of input is a no
		answer <- strings.TrimSpace(line)
	}()
	select {
	case text := <-answer:
		if text != "yes" {
			return errDeclined
		}
		return nil
	case <-ctx.Done():
		fmt.Fprintln(s.io.err)
		return context.Cause(ctx)
	}
}
