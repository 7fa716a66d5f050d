package api

import (
	"bytes"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/divioctl/divioctl/pkg/api/apitest"
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

// newFake makes a client in front of handle. Log gets its debug lines.
func newFake(t *testing.T, handle handler, change ...func(*Options)) (*Client, *fake, *bytes.Buffer) {
	t.Helper()
	f := &fake{Handle: handle}
	logger, log := apitest.Log(t)
	options := Options{
		Endpoint: apitest.Endpoint, Token: newToken(canaryToken), Transport: f,
		Backoff: time.Millisecond, Log: logger,
	}
	for _, c := range change {
		c(&options)
	}
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return c, f, log
}
