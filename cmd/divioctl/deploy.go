package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/render"
)

// The deployments of an apply (pkg/apply/deploy.go says which, and how). The policy
// of the command: they come last. Where --verify found that what is there is not
// what was asked for, nothing is deployed. What went wrong with the steps or with
// --verify decides about the exit code before what went wrong here does.

// deploy deploys what the plan lists, or says what waits for it. err is what went
// wrong before; what comes back is what went wrong with the whole.
func (s *session) deploy(ctx context.Context, p *planned, result *apply.Result, opt apply.Options, err error) error {
	if is[*differsError](err) {
		opt.Withheld = "--verify found a difference"
	}
	opt.Redact = p.client.Redactor()
	opt.Deploying = render.DeployProgress(s.io.err, s.style(s.io.err))
	if p.Deploy && len(p.Deployments) > 0 {
		s.say("\nDeploying %s:", plural(len(p.Deployments), p.Deployments[0].Kind.Title))
	}
	apply.Deploy(ctx, remote.NewCaller(p.client), p.Plan, result, opt)
	switch {
	case len(result.Deployments) == 0:
	case !p.Deploy: // no result, but what to do next
		s.say("")
		s.printed(render.DeploymentsText(s.io.err, result, s.style(s.io.err)))
	case s.format == formatText:
		s.say("")
		s.printed(render.DeploymentsText(s.io.out, result, s.style(s.io.out)))
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
	err := &undeployedError{"applied, but not everything was deployed: " + list(left), errors.Join(causes...)}
	if result.Interrupted {
		return &partlyError{err}
	}
	return &differsError{err}
}

// undeployedError is an apply whose changes were made and do not all have an
// effect. The causes have been told one by one.
type undeployedError struct {
	message string
	causes  error
}

func (e *undeployedError) Error() string { return e.message }
func (e *undeployedError) Unwrap() error { return e.causes }
