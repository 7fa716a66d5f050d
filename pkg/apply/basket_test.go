package apply_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
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

// Get and List are for deployments, of which the market has none.
func (m *market) Get(context.Context, string, map[string]resource.Value, url.Values) (map[string]any, error) {
	return nil, errors.New("the market deploys nothing")
}

func (m *market) List(context.Context, string, map[string]resource.Value, url.Values) ([]map[string]any, error) {
	return nil, errors.New("the market deploys nothing")
}

func gives(handle string) func(context.Context) (resource.Answer, error) {
	return func(context.Context) (resource.Answer, error) { return resource.Answer{Handle: handle}, nil }
}

func fails(err error) func(context.Context) (resource.Answer, error) {
	return func(context.Context) (resource.Answer, error) { return resource.Answer{}, err }
}

// outcome is an error that says whether it is known what happened.
type outcome bool

func (f outcome) Error() string { return fmt.Sprintf("no answer (unknown: %t)", bool(f)) }
func (f outcome) Unknown() bool { return bool(f) }

// made is a plan of the given steps, whose changes are those of the steps in
// order of first mention.
func made(steps ...plan.Step) *plan.Plan {
	p := &plan.Plan{Steps: steps, Handles: map[resource.Address]string{}}
	seen := map[*resource.Change]bool{}
	for i := range p.Steps {
		p.Steps[i].ID = i
		if c := p.Steps[i].Change; c != nil && !seen[c] {
			seen[c] = true
			p.Changes = append(p.Changes, c)
		}
	}
	return p
}

// at reads an address of the toy world.
func at(text string) resource.Address {
	kind, path, _ := strings.Cut(text, ".")
	var a resource.Address
	keys := strings.SplitN(path, "/", 2)
	if len(keys) == 2 {
		a = resource.NewAddress("basket", a, keys[0])
	}
	return resource.NewAddress(kind, a, keys[len(keys)-1])
}

func change(kind *resource.Kind, path string) *resource.Change {
	return &resource.Change{Address: at(kind.Name + "." + path), Kind: kind, Action: resource.Create}
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
