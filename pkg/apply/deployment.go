package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// deployment is one deployment from the first check to its end. It runs in its own
// goroutine and reports through news.
type deployment struct {
	DeploymentResult
	of     *plan.Deployment
	id     int    // of the step
	handle string // of what is deployed
	needed bool   // even if the API says that it is not
	api    API
	opt    Options
	news   chan<- news
	// writing ends when everything must be aborted, waiting when apply stops waiting
	// for deployments.
	writing, waiting context.Context
}

func (d *deployment) about() *resource.Deploy { return d.of.Kind.Deploy }

func (d *deployment) run() {
	d.StartedAt = d.opt.Now()
	switch {
	case d.handle == "":
		d.end(Failed, fmt.Errorf("the id of %s is unknown", d.Address))
	case d.waiting.Err() != nil:
		d.giveUp("", nil)
	default:
		d.tell()
		if d.start() {
			d.tell()
			d.watch()
		}
	}
}

// tell reports the current status.
func (d *deployment) tell() {
	d.Duration = d.opt.Now().Sub(d.StartedAt)
	d.news <- news{d.id, d.DeploymentResult, false}
}

func (d *deployment) end(status Status, err error) {
	d.Status = status
	if err != nil {
		d.Error = fmt.Errorf("deploy %s: %w", d.Address, err)
	}
	d.Duration = d.opt.Now().Sub(d.StartedAt)
}

// giveUp ends a deployment that cannot continue and was not started: apply has stopped
// waiting, or the API does not answer.
func (d *deployment) giveUp(doing string, err error) {
	if d.waiting.Err() == nil {
		d.end(Failed, fmt.Errorf("%s: %w", doing, err))
		return
	}
	d.Because = d.whyStopped()
	d.end(Skipped, nil)
}

// whyStopped says why apply stopped waiting.
func (d *deployment) whyStopped() string {
	if errors.Is(context.Cause(d.waiting), errTimeUp) {
		return fmt.Sprintf("%v (%s)", errTimeUp, d.opt.DeployTimeout)
	}
	return interrupted
}

// start starts our deployment, after any other one that is running, and reports whether
// there is one now.
func (d *deployment) start() bool {
	var (
		needed  = d.needed
		over    = map[string]bool{} // deployments that have been waited for
		refused error               // without a running deployment that explains it
	)
	for {
		needs, other, nothing, err := d.look()
		if err != nil {
			d.giveUp("check whether it needs a deployment", err)
			return false
		}
		needed = d.needed || needs || needed && len(d.of.Changes) > 0
		if other != "" && !over[other] {
			over[other], refused = true, nil
			d.After = other
			d.tell()
			if _, err := d.ended(other, func(int) {}); err != nil {
				d.giveUp("wait for deployment "+other, err)
				return false
			}
			continue
		}
		switch {
		case !needed:
			d.end(Unneeded, nil)
			return false
		case nothing && !d.of.Named:
			d.Because = plan.NothingToDeploy
			d.end(Waiting, nil)
			return false
		case errors.Is(refused, errNoID):
			d.end(Unknown, refused)
			return false
		}
		known, err := d.list()
		if err != nil {
			d.giveUp("list the existing deployments", err)
			return false
		}
		second := refused != nil
		if d.ID, refused = d.create(known); refused == nil {
			return true
		}
		switch {
		case unclear(refused, d.writing.Err() != nil), errors.Is(refused, errNoID) && d.waiting.Err() != nil:
			d.end(Unknown, refused)
			return false
		case cancelled(d.writing, refused):
			d.giveUp("", nil) // it was not sent
			return false
		case second || !mayRetry(refused):
			d.end(Failed, refused)
			return false
		case pause(d.waiting, d.opt.Poll) != nil:
			d.giveUp("", nil)
			return false
		}
	}
}

// look asks the API whether a deployment is needed, which one is running, and whether
// there is nothing that could be deployed.
func (d *deployment) look() (needed bool, running string, nothing bool, err error) {
	now, err := d.api.Get(d.waiting, d.of.Kind.Ops.Get, byID(d.handle), nil)
	if err != nil {
		return false, "", false, err
	}
	needed, running, err = d.readStatus(now)
	return needed, running, d.about().NeverDeployed(now), err
}

// readStatus reads the deployment fields of the environment.
func (d *deployment) readStatus(now map[string]any) (needed bool, running string, err error) {
	pending, told := now[d.about().HasChanges].(bool)
	needed = pending || !told
	current, told := now[d.about().Running]
	if !told {
		all, err := d.list()
		if err != nil || len(all) == 0 {
			return needed, "", err
		}
		// The newest is the first of the list.
		_, hasEnd := all[0][d.about().Ended]
		_, hasSuccess := all[0][d.about().Success]
		if !hasEnd && !hasSuccess {
			return needed, "", nil // a list without status
		}
		current = all[0]
	}
	if object, ok := current.(map[string]any); ok && d.hasEnded(object) {
		return needed, "", nil
	}
	return needed, resource.IDIn(current), nil
}

// list returns the deployments of the environment, newest first. A deployment of
// another environment is an error: its end would be taken for that of ours.
func (d *deployment) list() ([]map[string]any, error) {
	all, err := d.api.List(d.waiting, d.about().List, nil, url.Values{d.about().Of: {d.handle}})
	for _, one := range all {
		of := one[d.about().Of]
		if of != nil && of != "" && !resource.SameID(resource.IDIn(of), d.handle) {
			return nil, fmt.Errorf("%s: the answer cannot be used: deployment %s belongs to another %s, %q",
				d.about().List, resource.IDIn(one), d.about().Of, resource.IDIn(of))
		}
	}
	return all, err
}

// errNoID is a start that the API neither rejected nor confirmed.
var errNoID = errors.New("the answer has no id, and there is no new deployment")

// create starts a deployment and returns its id. known are the deployments that existed
// before.
func (d *deployment) create(known []map[string]any) (string, error) {
	call := resource.Call{
		Does: "deploy", Op: d.about().Create, Retry: resource.Once,
		Body: map[string]resource.Value{d.about().Of: d.handle},
		Probe: &resource.Probe{
			Op: d.about().List, Query: map[string]resource.Value{d.about().Of: d.handle}, Known: handlesOf(known),
		},
	}
	if d.of.Rebuild {
		maps.Copy(call.Body, d.about().RebuildBody)
	}
	answer, err := d.api.Do(d.writing, call)
	if err != nil || answer.Handle != "" {
		return answer.Handle, err
	}
	now, err := d.list()
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoID, err)
	}
	for _, id := range handlesOf(now) {
		if !slices.Contains(call.Probe.Known, id) {
			return id, nil
		}
	}
	return "", errNoID
}

// mayRetry reports whether a rejected start may be retried: another deployment may have
// been running.
func mayRetry(err error) bool {
	var refusal interface{ Refused() bool }
	return errors.Is(err, errNoID) || errors.As(err, &refusal) && refusal.Refused()
}
