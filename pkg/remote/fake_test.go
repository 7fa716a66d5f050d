package remote

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/api/apitest"
	"github.com/divioctl/divioctl/pkg/resource"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The names under which the tests of this package use apitest.
const (
	canaryToken  = apitest.CanaryToken
	canarySecret = apitest.CanarySecret
)

type (
	handler = apitest.Handler
	fake    = apitest.Fake
)

var (
	answer, script, step = apitest.Answer, apitest.Script, apitest.Step
	mustNotLeak          = apitest.MustNotLeak
)

// newFake makes a client in front of handle.
func newFake(t *testing.T, handle handler) (*api.Client, *fake) {
	t.Helper()
	f := &fake{Handle: handle}
	logger, _ := apitest.Log(t)
	c, err := api.New(api.Options{
		Endpoint: apitest.Endpoint, Token: resource.NewSecret(canaryToken), Transport: f,
		Backoff: time.Millisecond, Log: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, f
}
