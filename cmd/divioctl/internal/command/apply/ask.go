package apply

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
)

// errDeclined is an apply that the user did not approve.
var errDeclined = errors.New("not applied: nothing was changed")

// ask asks whether to apply. Only "yes" is accepted: a "y" or a return may have been
// typed ahead for another prompt.
func ask(ctx context.Context, c *cli.Console, p *plan.Plan) error {
	if c.Format != cli.FormatText {
		// Standard output is for the JSON document, but the user must see the plan to
		// decide.
		if err := render.PlanText(c.Err, p, c.Style(c.Err)); err != nil {
			return err
		}
	}
	c.Prompt("\nApply these changes to %s? Only \"yes\" is accepted: ", render.Where(p, c.Style(c.Err)))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(c.In).ReadString('\n') // the end of input counts as no
		answer <- strings.TrimSpace(line)
	}()
	select {
	case text := <-answer:
		switch {
		case text == "yes":
			return nil
		case strings.HasPrefix(strings.ToLower(text), "y"):
			return fmt.Errorf("%w. The answer was %q; only \"yes\" is accepted", errDeclined, text)
		}
		return errDeclined
	case <-ctx.Done():
		c.Say("")
		return context.Cause(ctx)
	}
}
