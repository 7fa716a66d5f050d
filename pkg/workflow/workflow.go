// Package workflow is divioctl as a library. It reads YAML into a desired state,
// reads the API into a current state, makes a plan from the two, and applies it:
//
//	files ──Load──▶ desired ─┐
//	                         ├─Plan──▶ Planned ──Apply──▶ result
//	API ───read──▶ current ──┘
//
// This file is that sentence as code. The other files are its parts: the desired
// state (secrets.go, ledger.go, base.go), the current state (current.go), plans in
// files (saved.go), and what follows an apply (remember.go, verify.go). [Workflow.Export]
// is the same way backwards.
//
// The package has no flags, no streams and no exit codes. Results are values, failures
// are errors with types, and progress comes through the callbacks of [Options] and
// [apply.Options]. A few messages name the options of the command divioctl, as those of
// pkg/plan do.
package workflow

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"slices"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// Options say what a workflow works with. All but Connect may be left out, and
// [Workflow.Load] does without that too.
type Options struct {
	// Files are files, directories, globs, and "-" for Stdin. Without any, divio.yaml
	// or the directory divio/ is loaded.
	Files []string
	Stdin io.Reader
	// Connect makes the client. It is called once for a plan or an export, and only
	// after the files were found to be valid.
	Connect func() (*api.Client, error)
	// Sources say where values are looked up that the files take from elsewhere
	// (value_from). nil looks up none; they are not compared then.
	Sources *spec.Sources
	// LedgerKey is the text that the ledger's key is made of, empty for none: the ledger
	// is not used then. LedgerFile, if not "", is used in place of the file that
	// settings.ledger names; where the files name none, there is no ledger.
	LedgerKey  resource.Secret
	LedgerFile string
	// Catalog holds the kinds that are managed; nil is that of pkg/kinds.
	Catalog *resource.Catalog
	// Log gets a line for each state that was read.
	Log *slog.Logger
	// Note and Warn are told what a person should know although nothing failed, in a
	// sentence without a period.
	Note, Warn func(text string)
}

// Workflow goes from files to a result. It holds nothing but its options, and can be
// used again.
type Workflow struct{ Options }

// New makes a workflow. It neither reads nor connects.
func New(o Options) *Workflow {
	o.Catalog = cmp.Or(o.Catalog, kinds.Catalog())
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	silent := func(string) {}
	if o.Note == nil {
		o.Note = silent
	}
	if o.Warn == nil {
		o.Warn = silent
	}
	return &Workflow{o}
}

// Load reads the files into a desired state. Values from elsewhere (value_from) are
// not looked up. The error is a [diag.List] of all problems.
func (w *Workflow) Load() (*spec.Document, error) {
	doc, problems := spec.Load(spec.Input{Paths: w.Files, Stdin: w.Stdin, Catalog: w.Catalog})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	w.Log.Info("files are read", "files", doc.Files, "resources", len(doc.State.Resources))
	return doc, nil
}

// Request says what a plan is to hold besides what the files ask for. The zero value
// adds nothing.
type Request struct {
	Select plan.Selection
	// Base is an earlier version of the files, to tell drift from what is asked for
	// now: a file, a directory or a git revision.
	Base string
	// Prune adds collections to settings.prune.
	Prune []string
	// AllowDestroy are resources that may be deleted, replaced or changed for good,
	// AllowCreate those that may be created although they may exist.
	AllowDestroy, AllowCreate []resource.Address
	// DeleteCount and DeletePercent, if not nil, replace those of settings.limits.
	DeleteCount, DeletePercent *int
	// Deploy what the plan changes, and what waits for a deployment already.
	Deploy bool
	// WriteSensitive are patterns of addresses whose write-only values are written
	// although they cannot be compared.
	WriteSensitive []string
}

// Planned is a plan together with what it was made from, so that it can be made
// again, saved, applied and verified.
type Planned struct {
	*plan.Plan
	in       plan.Input
	desired  *spec.Document
	client   *api.Client
	ledger   ledgerFile
	workflow *Workflow
}

// Plan goes the whole way from the files to a plan. The error is a [diag.List] for
// problems in the files, a [BaseError], a [plan.SelectionError], a [ReadError], or
// what Connect gave.
func (w *Workflow) Plan(ctx context.Context, r Request) (*Planned, error) {
	desired, err := w.Load()
	if err != nil {
		return nil, err
	}
	p := &Planned{in: r.input(w.Catalog, desired), desired: desired, workflow: w}
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	if p.in.Base, err = w.earlier(ctx, r.Base, p.in); err != nil {
		return nil, err
	}
	if p.client, err = w.Connect(); err != nil {
		return nil, err
	}
	if err := p.make(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// input is what a plan depends on, as far as it is known without the API.
func (r *Request) input(catalog *resource.Catalog, desired *spec.Document) plan.Input {
	prune := slices.Concat(desired.Settings.Prune, r.Prune)
	return plan.Input{
		Catalog:        catalog,
		Desired:        plan.Narrow(desired.State, catalog, r.Select, prune),
		Settings:       r.over(desired.Settings),
		Prune:          r.Prune,
		AllowDestroy:   r.AllowDestroy,
		AllowCreate:    r.AllowCreate,
		Select:         r.Select,
		Deploy:         r.Deploy,
		WriteSensitive: r.WriteSensitive,
	}
}

// over puts the limits of the request over those of the files.
func (r *Request) over(settings resource.Settings) resource.Settings {
	settings.DeleteCount = cmp.Or(r.DeleteCount, settings.DeleteCount)
	settings.DeletePercent = cmp.Or(r.DeletePercent, settings.DeletePercent)
	return settings
}

// prepare adds to the desired state what only this machine knows: the values from
// elsewhere, and what the ledger says about them.
func (p *Planned) prepare(ctx context.Context) (err error) {
	if p.ledger, err = p.workflow.openLedger(p.in.Settings.Ledger); err != nil {
		return err
	}
	if err := p.resolve(ctx); err != nil {
		return err
	}
	p.in.Seals = p.seals()
	return nil
}

// make reads the current state and makes the plan from it and the desired one. Names
// that turn out to mean nothing are problems in the files, with their places.
func (p *Planned) make(ctx context.Context) error {
	if err := p.read(ctx); err != nil {
		return err
	}
	made, err := plan.Make(p.in)
	if err != nil {
		return p.locate(err)
	}
	p.client.Conceal(plannedSecrets(made)...)
	redact := p.client.Redactor()
	for i := range made.Warnings { // they quote the API
		made.Warnings[i].Text = redact(made.Warnings[i].Text)
	}
	p.Plan = made
	return nil
}

// Apply makes the changes and the deployments, and brings the ledger up to date. What
// went wrong is in the result. The client counts the requests for opt, and takes the
// secrets out of the logs of deployments.
func (p *Planned) Apply(ctx context.Context, opt apply.Options) *apply.Result {
	opt.Requests, opt.Redact = p.client.Requests, p.client.Redactor()
	result := apply.Run(ctx, remote.NewCaller(p.client), p.Plan, opt)
	p.remember(ctx, result)
	return result
}

// Requests is how many requests were sent so far.
func (p *Planned) Requests() int { return p.client.Requests() }
