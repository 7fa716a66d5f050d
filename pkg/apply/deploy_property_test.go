package apply_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/remote"
)

// Whatever answers are lost on the way, no environment is deployed twice, what is
// said to be done was deployed, and nothing else was.
func TestLostAnswersDeployNothingTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		r.deploys = true
		p := r.plan()
		client := r.client(&lossy{
			inner: r.box.RoundTripper(), lost: map[string]int{}, only: "/deployments/",
			lose: rapid.SliceOfN(rapid.SampledFrom([]int{0, 0, 1, 2}), 0, 10).Draw(t, "lost"),
		})
		result := apply.Run(context.Background(), remote.NewCaller(client), p, apply.Options{
			Poll: time.Microsecond, Parallelism: rapid.IntRange(1, 4).Draw(t, "parallelism"),
		})

		made := map[string]int{}
		clean := r.client(r.box.RoundTripper())
		all, err := clean.List(context.Background(), "ListDeployments", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			made[d["environment"].(string)]++
		}
		for _, d := range result.Deployments {
			id := result.Handles[d.Address]
			n := made[id]
			delete(made, id)
			switch {
			case n > 1:
				t.Fatalf("%s was deployed %d times: %s", d.Address, n, deploymentsOf(result))
			case n == 0 && d.Status != apply.Unneeded && d.Status != apply.Unknown && d.Status != apply.Waiting:
				t.Fatalf("%s was not deployed: %s", d.Address, deploymentsOf(result))
			case n == 1 && d.Status != apply.Done && d.Status != apply.Unknown:
				t.Fatalf("%s was deployed: %s", d.Address, deploymentsOf(result))
			}
			now, err := clean.Get(context.Background(), "GetEnvironment", map[string]string{"uuid": id}, url.Values{})
			if err != nil {
				t.Fatal(err)
			}
			if d.Status == apply.Done && now["has_pending_changes"] != false {
				t.Fatalf("%s still waits for a deployment", d.Address)
			}
		}
		if len(made) > 0 {
			t.Fatalf("something else was deployed: %v", made)
		}
	})
}
