// Package connect makes a client of the API from the global flags: it finds the
// endpoint and the token, makes the client, and sets up the workflow with it.
package connect

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/build"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Connector holds the dependencies of a connection.
type Connector struct {
	Flags   *cli.Globals
	Console *cli.Console
	Log     *cli.Log
	Signals *cli.Signals
}

// Workflow is the workflow that the flags ask for. Sources may be nil.
func (c *Connector) Workflow(sources *spec.Sources) *workflow.Workflow {
	o := workflow.Options{
		Files:     c.Flags.File,
		Stdin:     c.Console.In,
		Connect:   c.Client,
		Sources:   sources,
		LedgerKey: resource.NewSecret(c.Console.Getenv(cli.EnvLedgerKey)),
		Log:       c.Log.Main,
		Note:      c.Console.Note,
		Warn:      c.Console.Warn,
	}
	if c.Flags.Sandbox.Given {
		// The ledger in the repository is about the real API.
		o.LedgerFile = c.Flags.SandboxFile() + ".ledger"
	}
	return workflow.New(o)
}

// Sources say how value_from is resolved. The token and the ledger's key are refused as
// sources: anyone who can change a file could send them anywhere.
func (c *Connector) Sources(allowExec bool) *spec.Sources {
	return &spec.Sources{
		Env:           c.Console.Env,
		Refused:       []string{cli.EnvToken, cli.EnvLedgerKey},
		RefusedFile:   c.Flags.TokenFile,
		RefusedValues: c.ownSecrets(),
		AllowExec:     allowExec,
	}
}

// ownSecrets returns the tokens for the endpoint, also those that are not in use, and the
// ledger's key, as far as they exist: errors about them are reported where they are
// needed.
func (c *Connector) ownSecrets() []string {
	secrets := []string{c.Console.Getenv(cli.EnvToken), c.Console.Getenv(cli.EnvLedgerKey)}
	for _, password := range api.NetrcPasswords(c.Console.Getenv) { // also of other hosts
		secrets = append(secrets, password.Reveal())
	}
	if endpoint, err := c.endpoint(); err == nil && c.Flags.TokenFile != "" {
		withoutVariable := func(name string) string {
			if name == cli.EnvToken {
				return ""
			}
			return c.Console.Getenv(name)
		}
		if token, _, err := api.FindToken(withoutVariable, c.Flags.TokenFile, endpoint); err == nil {
			secrets = append(secrets, token.Reveal())
		}
	}
	for i, secret := range secrets {
		secrets[i] = strings.TrimSpace(secret)
	}
	return slices.DeleteFunc(secrets, func(secret string) bool { return secret == "" })
}

// SandboxEndpoint is the endpoint of the sandbox in process, which has no address. The
// name can never resolve (RFC 2606).
const SandboxEndpoint = "https://sandbox.invalid"

// Client makes the client that the flags ask for. It sends nothing.
func (c *Connector) Client() (*api.Client, error) {
	options := api.Options{
		Parallelism: c.Flags.Parallelism,
		Rate:        c.Flags.Rate,
		Log:         c.Log.HTTP,
		UserAgent:   "divioctl/" + build.This().Version,
		Timeout:     c.Flags.Timeout,
		TimeUp: func() {
			c.Signals.Expire(fmt.Errorf("%w (--timeout %s)", api.ErrTimeUp, c.Flags.Timeout))
		},
		Waiting: func(d time.Duration, why string) {
			c.Console.Say("Waiting %s: %s.", d.Round(time.Second), why)
		},
	}
	if c.Flags.Sandbox.Given {
		box, err := sandbox.New(sandbox.Options{File: c.Flags.SandboxFile()})
		if err != nil {
			return nil, err
		}
		options.Endpoint = SandboxEndpoint
		options.Token = resource.NewSecret("sandbox")
		options.Transport = box.RoundTripper()
		return api.New(options)
	}
	endpoint, err := c.endpoint()
	if err != nil {
		return nil, err
	}
	token, source, err := api.FindToken(c.Console.Getenv, c.Flags.TokenFile, endpoint)
	if err != nil {
		return nil, err
	}
	c.Log.Main.Info("connect", "endpoint", endpoint, "token_from", source)
	options.Endpoint, options.Token = endpoint, token
	options.SchemaCache = schemaCache(endpoint)
	return api.New(options)
}

// endpoint is the API's address. A flag takes precedence over the environment, and an
// address over a zone; the command line refuses both flags at once.
func (c *Connector) endpoint() (string, error) {
	endpoint, zone := c.Flags.Endpoint, c.Flags.Zone
	if endpoint == "" && zone == "" {
		endpoint, zone = c.Console.Getenv(cli.EnvEndpoint), c.Console.Getenv(cli.EnvZone)
	}
	address, err := api.Endpoint(endpoint, zone)
	if err != nil {
		return "", &cli.UsageError{Message: err.Error(), Help: "divioctl"}
	}
	return address, nil
}

// schemaCache is the file that keeps the API's public schema between runs, "" where the
// system has no place for caches. The schema of a server on this machine is not cached.
func schemaCache(endpoint string) string {
	host, isPublic := strings.CutPrefix(endpoint, "https://")
	dir, err := os.UserCacheDir()
	if err != nil || !isPublic {
		return ""
	}
	return filepath.Join(dir, "divioctl", "schema-"+strings.ReplaceAll(host, ":", "-")+".json")
}
