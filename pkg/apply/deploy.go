package apply

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Deploying what was applied. The policy:
//
//   - Only what the plan lists is deployed, once each, side by side, after all steps
//     have ended.
//   - Only what is whole is deployed. Where a change at, in or above an environment
//     was not made, it is left as it is. (Blocked changes do not count: they
//     were left out of the plan that was agreed to.)
//   - The API says whether a deployment is needed. Where it does not say so, and
//     where the environment itself was created or changed, it is.
//   - One after another: a deployment that is under way already is waited for, and
//     then ours follows, since it may have begun before our last change. So it
//     is where the API refuses ours because another one has begun in between.
//   - One is started once: where it is not clear whether it was, it is looked for
//     and never started again.
//   - It has ended when the API gives a date or a success; its words for states are
//     not documented and mean nothing. It is done when success is true.
//   - After a failure the end of its log is kept, without the secrets of this run.
//   - The first Ctrl-C and the deadline end all waiting, which by itself changes
//     nothing: no deployment is started any more, and one under way goes on at the
//     API ("running"). The second Ctrl-C breaks off the start of one as well.

// The further ends of deployments.
const (
	Waiting  Status = "waiting"  // deploying was not asked for
	Unneeded Status = "unneeded" // nothing waits for a deployment
	Running  Status = "running"  // it goes on, and is not waited for any more
)

// DeploymentResult is what became of a deployment. While it is under way its
// Status is Pending.
type DeploymentResult struct {
	Address resource.Address
	// ID of our deployment, "" where none was started (or nobody knows).
	ID string
	// After is the deployment of somebody else that is waited for, or was last.
	After  string
	Status Status
	// Percent is how far it is, 0 where the API does not say.
	Percent int
	// Error says why it failed, or why it is not known how it went.
	Error error
	// Because says why it was not started (skipped) or not waited for (running).
	Because string
	// Log is the end of the log of one that did not succeed.
	Log       []string
	StartedAt time.Time
	Duration  time.Duration
}

// Deployer is what Deploy needs of the API: calls, and reads.
type Deployer interface {
	API
	Get(ctx context.Context, op string, params map[string]resource.Value, query url.Values) (map[string]any, error)
	List(ctx context.Context, op string, params map[string]resource.Value, query url.Values) ([]map[string]any, error)
}

// Why waiting ended.
var (
	errStopped = errors.New(interrupted)
	errTimeUp  = errors.New("the time for deployments is up")
)

// Deploy deploys what p lists, after [Run] gave result, and adds to result what
// became of it. Where the plan was not made to deploy, it sends nothing and only
// says what waits for a deployment.
func Deploy(ctx context.Context, api Deployer, p *plan.Plan, result *Result, opt Options) {
	opt = opt.complete()
	result.Deployments = nil
	var due []deployment
	waiting, cancel := opt.patience(ctx)
	defer cancel()
	for _, d := range p.Deployments {
		r := DeploymentResult{Address: d.Address}
		switch made, unmade := madeOf(d, result); {
		case !p.Deploy && made:
			r.Status = Waiting
		case !p.Deploy:
			continue
		case unmade != "":
			r.Status, r.Because = Skipped, unmade
		case opt.Withheld != "":
			r.Status, r.Because = Skipped, opt.Withheld
		default:
			due = append(due, deployment{
				DeploymentResult: r, of: d, handle: result.Handles[d.Address],
				api: api, opt: opt, writing: ctx, waiting: waiting, place: len(result.Deployments),
			})
		}
		result.Deployments = append(result.Deployments, r)
	}
	opt.publish(result)
	for n := range sideBySide(due, opt.Parallelism) {
		result.Deployments[n.place] = n.DeploymentResult
		result.Interrupted = result.Interrupted || n.Because == interrupted
		opt.publish(result)
		if opt.Deploying != nil {
			opt.Deploying(n.DeploymentResult)
		}
	}
}

// news is what became of the deployment at a place of the result.
type news struct {
	place int
	DeploymentResult
}

// sideBySide runs deployments, so many at a time, and gives the news of them until
// all have ended.
func sideBySide(due []deployment, parallelism int) <-chan news {
	all := make(chan news)
	go func() {
		defer close(all)
		var group errgroup.Group
		group.SetLimit(parallelism)
		for _, d := range due {
			d.news = all
			group.Go(func() error {
				broken := safely(func() error { d.run(); return nil })()
				if broken != nil {
					d.end(Unknown, broken)
				}
				return nil
			})
		}
		_ = group.Wait() // what went wrong is in the results
	}()
	return all
}

// patience gives a context that ends when there is no more waiting.
func (opt Options) patience(ctx context.Context) (context.Context, context.CancelFunc) {
	waiting, cancel := context.WithCancelCause(ctx)
	select {
	case <-opt.Stop:
		cancel(errStopped)
	default:
	}
	timer := time.AfterFunc(opt.DeployTimeout, func() { cancel(errTimeUp) })
	go func() {
		select {
		case <-opt.Stop:
			cancel(errStopped)
		case <-waiting.Done():
		}
	}()
	return waiting, func() {
		timer.Stop()
		cancel(nil)
	}
}

// madeOf reports whether something of what the deployment rests on was changed,
// and names a change that was not made, "" where all were.
func madeOf(d plan.Deployment, result *Result) (made bool, unmade string) {
	ends := map[*resource.Change]Status{}
	for _, c := range result.Changes {
		ends[c.Change] = c.Status
	}
	for _, c := range d.Changes {
		end := ends[c]
		made = made || end == Done
		if unmade != "" || end == Done {
			continue
		}
		how := "was skipped"
		switch end {
		case Failed:
			how = "failed"
		case Unknown:
			how = "may or may not have been done"
		}
		unmade = fmt.Sprintf("%s of %s %s", c.Action, c.Address, how)
	}
	return made, unmade
}
