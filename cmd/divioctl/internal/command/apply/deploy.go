package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// The deployments of an apply (pkg/apply/deploy.go says which, and how). The policy
// of the command: they come last. Where --verify found that what is there is not
// what was asked for, nothing is deployed. What went wrong with the steps or with
// --verify decides about the exit code before what went wrong here does.

// deploy deploys what the plan lists, or says what waits for it. err is what went
// wrong before; what comes back is what went wrong with the whole.
func (o *Options) deploy(ctx context.Context, p *workflow.Planned, result *apply.Result, opt apply.Options, err error) error {
	c := o.Console
	var differs *cli.DiffersError
	if errors.As(err, &differs) {
		opt.Withheld = "--verify found a difference"
	}
	opt.Deploying = render.DeployProgress(c.Err, c.Style(c.Err))
	if p.Plan.Deploy && len(p.Deployments) > 0 {
		c.Say("\nDeploying %s:", cli.Plural(len(p.Deployments), p.Deployments[0].Kind.Title))
	}
	p.Deploy(ctx, result, opt)
	switch {
	case len(result.Deployments) == 0:
	case !p.Plan.Deploy: // no result, but what to do next
		c.Say("")
		c.SayUnprinted(render.DeploymentsText(c.Err, result, c.Style(c.Err)))
	case c.Format == cli.FormatText:
		c.Say("")
		c.SayUnprinted(render.DeploymentsText(c.Out, result, c.Style(c.Out)))
	}
	if err != nil {
		return err
	}
	return judgeDeployments(result)
}

// judgeDeployments says what the deployments mean for the command, nil where all
// went well.
func judgeDeployments(result *apply.Result) error {
	var left []string
	var causes []error
	for _, d := range result.Deployments {
		switch d.Status {
		case apply.Done, apply.Unneeded, apply.Waiting:
			continue
		}
		left = append(left, fmt.Sprintf("%s (%s)", d.Address, d.Status))
		causes = append(causes, d.Error)
	}
	if len(left) == 0 {
		return nil
	}
	err := &cli.UndeployedError{
		Message: "applied, but not everything was deployed: " + cli.List(left), Causes: errors.Join(causes...),
	}
	if result.Interrupted {
		return &cli.PartlyError{Err: err}
	}
	return &cli.DiffersError{Err: err}
}
