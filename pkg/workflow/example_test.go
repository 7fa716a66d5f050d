package workflow_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Load a YAML file, plan against the sandbox in process, apply, and see that nothing
// is left to do.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "divio.yaml")
	text := `version: 1
applications:
  shop:
    environments:
      live:
        variables: { WORKERS: 8, GREETING: hello }
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		log.Fatal(err)
	}
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		log.Fatal(err)
	}

	divioctl := workflow.New(workflow.Options{
		Files: []string{file},
		Connect: func() (*api.Client, error) {
			return api.New(api.Options{
				Endpoint: "https://sandbox.invalid", Token: resource.NewSecret("any"), Transport: box.RoundTripper(),
			})
		},
	})
	ctx := context.Background()
	planned, err := divioctl.Plan(ctx, workflow.Request{})
	if err != nil {
		log.Fatal(err)
	}
	for _, change := range planned.Changes {
		fmt.Println(change.Action, change.Address)
	}
	result := planned.Apply(ctx, apply.Options{})
	fmt.Println("complete:", result.Complete())

	again, err := divioctl.Plan(ctx, workflow.Request{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("empty:", again.Empty())
	// Output:
	// update variable.shop/live/WORKERS
	// create variable.shop/live/GREETING
	// complete: true
	// empty: true
}
