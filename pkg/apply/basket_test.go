package apply_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The toy world of these tests: baskets that hold fruit.
var (
	basket = &resource.Kind{Name: "basket", Title: "basket", Plural: "baskets"}
	fruit  = &resource.Kind{Name: "fruit", Title: "fruit", Plural: "fruit", Parent: "basket"}
)

// market answers calls as a test says, by what the call does. It keeps what it
// was asked.
type market struct {
	answers map[string]func(ctx context.Context) (resource.Answer, error)
	mu      sync.Mutex
	asked   []resource.Call
}

func (m *market) Do(ctx context.Context, call resource.Call) (resource.Answer, error) {
	m.mu.Lock()
	m.asked = append(m.asked, call)
	m.mu.Unlock()
	if answer := m.answers[call.Does]; answer != nil {
		return answer(ctx)
	}
	return resource.Answer{Handle: "id of " + call.Does}, nil
}

func gives(handle string) func(context.Context) (resource.Answer, error) {
	return func(context.Context) (resource.Answer, error) { return resource.Answer{Handle: handle}, nil }
}

func fails(err error) func(context.Context) (resource.Answer, error) {
	return func(context.Context) (resource.Answer, error) { return resource.Answer{}, err }
}

// fate is an error that says whether it is known what happened.
type fate bool

func (f fate) Error() string { return fmt.Sprintf("no answer (unknown: %t)", bool(f)) }
func (f fate) Unknown() bool { return bool(f) }

// made is a plan of the given steps, whose changes are those of the steps in
// order of first mention.
func made(steps ...plan.Step) *plan.Plan {
	p := &plan.Plan{Steps: steps, Handles: map[resource.Address]string{}}
	seen := map[*resource.Change]bool{}
	for i := range p.Steps {
		p.Steps[i].ID = i
		if c := p.Steps[i].Change; !seen[c] {
			seen[c] = true
			p.Changes = append(p.Changes, c)
		}
	}
	return p
}

func change(kind *resource.Kind, path string) *resource.Change {
	return &resource.Change{
		Address: resource.Address(kind.Name + "." + path), Kind: kind, Action: resource.Create,
	}
}

// step is a step that writes something.
func step(c *resource.Change, does string, needs ...int) plan.Step {
	return plan.Step{Change: c, Call: resource.Call{Does: does, Op: "Op " + does}, Needs: needs}
}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// ticking gives a clock that moves on by a second whenever it is looked at.
func ticking() func() time.Time {
	now := noon.Add(-time.Second)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

func still() time.Time { return noon }
