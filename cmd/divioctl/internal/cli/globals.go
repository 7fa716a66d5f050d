package cli

import (
	"cmp"
	"fmt"
	"time"

	"github.com/alecthomas/kong"
)

// Globals are the flags of every command.
type Globals struct {
	File        []string      `short:"f" name:"file" sep:"none" placeholder:"PATH" help:"A file, a directory, a glob, or - for standard input. May repeat. Without it: divio.yaml, or the directory divio/."`
	Endpoint    string        `placeholder:"URL" help:"The API's address; also $$DIVIO_ENDPOINT. Default: https://api.divio.com."`
	Zone        string        `placeholder:"ZONE" help:"The zone (divio.com) or the URL of its control panel, instead of an address; also $$DIVIO_ZONE."`
	TokenFile   string        `placeholder:"FILE" help:"A file that contains the API token. Default: $$DIVIO_API_TOKEN or ~/.netrc."`
	Sandbox     OptionalArg   `placeholder:"FILE" help:"Use the built-in emulator of the API instead. Its state is kept in .divioctl/sandbox.json, or in FILE with --sandbox=FILE."`
	Parallelism int           `default:"8" placeholder:"N" help:"Number of parallel requests (default: 8)."`
	Rate        float64       `placeholder:"N" help:"Maximum number of requests per second (default: no limit)."`
	Timeout     time.Duration `default:"30m" placeholder:"TIME" help:"How long all requests of the command may take together (default: 30m). Questions and deployments do not count."`
	LogLevel    string        `enum:"debug,info,warn,error" default:"warn" placeholder:"LEVEL" help:"Log level: debug, info, warn (default) or error."`
	LogFile     string        `placeholder:"FILE" help:"Append the log to FILE (default: standard error)."`
	LogHTTP     bool          `name:"log-http" help:"Log every request: method, path, status and time. No bodies, no headers."`
	Color       string        `enum:"auto,always,never" default:"auto" placeholder:"WHEN" help:"Colour: auto (default), always or never."`
	Format      string        `enum:"text,json,markdown" default:"text" placeholder:"FORMAT" help:"Output format: text (default), json (all but completion and sandbox) or markdown (only plan and show)."`
}

// Validate is called by kong.
func (g *Globals) Validate() error {
	switch {
	case g.Parallelism < 1:
		return fmt.Errorf("--parallelism must be at least 1, it is %d", g.Parallelism)
	case g.Rate < 0:
		return fmt.Errorf("--rate must not be negative, it is %g", g.Rate)
	case g.Timeout <= 0:
		return fmt.Errorf("--timeout must be positive, it is %s", g.Timeout)
	case g.Endpoint != "" && g.Zone != "":
		return fmt.Errorf("--endpoint and --zone cannot be used together: both give the API's address")
	case g.Sandbox.Given && (g.Endpoint != "" || g.Zone != ""):
		return fmt.Errorf("--sandbox cannot be used with --endpoint or --zone: it works without a connection")
	}
	return nil
}

// defaultSandbox is where the sandbox keeps its state by default.
const defaultSandbox = ".divioctl/sandbox.json"

// SandboxFile is the state file that the flags name.
func (g *Globals) SandboxFile() string { return cmp.Or(g.Sandbox.Value, defaultSandbox) }

// The values of --format.
const (
	FormatText     = "text"
	FormatJSON     = "json"
	FormatMarkdown = "markdown" // only for plan and show
)

// OptionalArg is a flag whose value may be left out: --sandbox, --sandbox=FILE.
type OptionalArg struct {
	Given bool
	Value string
}

// IsBool tells kong that the flag takes no value unless one is joined by "=".
func (*OptionalArg) IsBool() bool { return true }

// Decode is called by kong if the flag is given.
func (o *OptionalArg) Decode(ctx *kong.DecodeContext) error {
	o.Given = true
	if token := ctx.Scan.Peek(); token.Type == kong.FlagValueToken {
		o.Value = ctx.Scan.Pop().String()
		if o.Value == "" {
			return fmt.Errorf("the file's name is empty")
		}
	}
	return nil
}
