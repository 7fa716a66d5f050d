package main

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The process environment that a connection depends on. The token's variable is
// refused as a value_from source.
const (
	envEndpoint = "DIVIO_ENDPOINT"
	envZone     = "DIVIO_ZONE"
	envToken    = "DIVIO_API_TOKEN"
	envLedger   = "DIVIOCTL_LEDGER_KEY"
)

// sandboxEndpoint stands for the sandbox in process, which has no address. The
// name can never lead anywhere (RFC 2606).
const sandboxEndpoint = "https://sandbox.invalid"

// connect makes the client that the flags ask for. It sends nothing.
func (s *session) connect() (*api.Client, error) {
	options := api.Options{
		Parallelism: s.flags.Parallelism,
		Rate:        s.flags.Rate,
		Log:         s.httpLog,
		UserAgent:   "divioctl/" + thisBuild().Version,
		Waiting: func(d time.Duration, why string) {
			s.say("Waiting %s: %s.", d.Round(time.Second), why)
		},
	}
	if s.flags.Sandbox.given {
		box, err := s.openSandbox()
		if err != nil {
			return nil, err
		}
		options.Endpoint = sandboxEndpoint
		options.Token = resource.NewSecret("sandbox")
		options.Transport = box.RoundTripper()
		return api.New(options)
	}
	endpoint, err := s.endpoint()
	if err != nil {
		return nil, err
	}
	token, source, err := api.FindToken(s.io.getenv, s.flags.TokenFile, endpoint)
	if err != nil {
		return nil, err
	}
	s.log.Info("connect", "endpoint", endpoint, "token_from", source)
	options.Endpoint, options.Token = endpoint, token
	options.SchemaCache = schemaCache(endpoint)
	return api.New(options)
}

// endpoint is the API's address. A flag beats the environment, and an address
// beats a zone; the command line refuses both flags at once.
func (s *session) endpoint() (string, error) {
	endpoint, zone := s.flags.Endpoint, s.flags.Zone
	if endpoint == "" && zone == "" {
		endpoint, zone = s.io.getenv(envEndpoint), s.io.getenv(envZone)
	}
	address, err := api.Endpoint(endpoint, zone)
	if err != nil {
		return "", &usageError{message: err.Error(), help: "divioctl"}
	}
	return address, nil
}

// schemaCache is the file that keeps the API's public schema between runs, ""
// where the system has no place for caches. A server on this machine is somebody
// trying things out, and not worth remembering.
func schemaCache(endpoint string) string {
	host, isPublic := strings.CutPrefix(endpoint, "https://")
	dir, err := os.UserCacheDir()
	if err != nil || !isPublic {
		return ""
	}
	return filepath.Join(dir, "divioctl", "schema-"+strings.ReplaceAll(host, ":", "-")+".json")
}
