// Package workflow is divioctl as a library. It reads YAML into a desired state,
// reads the API into a current state, makes a plan from the two, and applies it:
//
//	files ──Load──▶ desired ─┐
//	                         ├─Plan──▶ Planned ──Apply──▶ result
//	API ───read──▶ current ──┘
//
// This file implements that diagram. The other files are its parts: the desired state
// (secrets.go, ledger.go, base.go), the current state (current.go), plans in files
// (saved.go), and what follows an apply (remember.go, verify.go). [Workflow.Export] is
// the opposite direction.
//
// The package has no flags, no streams and no exit codes. Results are values, failures
// are typed errors, and progress is reported through the callbacks of [Options] and
// [apply.Options]. Some messages name flags of the command divioctl, as those of
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

// Options configure a workflow. Only Connect is required, and [Workflow.Load] does not
// need that either.
type Options struct {
	// Files are files, directories, globs, and "-" for Stdin. Without any, divio.yaml
	// or the directory divio/ is loaded.
	Files []string
	Stdin io.Reader
	// Connect makes the client. It is called once for a plan or an export, and only
	// after the files were found to be valid.
	Connect func() (*api.Client, error)
	// Sources say how value_from is resolved. nil does not resolve value_from; these
	// values are not compared then.
	Sources *spec.Sources
	// LedgerKey is the text that the ledger's key is derived from, empty for none: the
	// ledger is not used then. LedgerFile, if not "", is used instead of the file that
	// settings.ledger names; where the files name none, there is no ledger.
	LedgerKey  resource.Secret
	LedgerFile string
	// Catalog holds the kinds that are managed; nil is that of pkg/kinds.
	Catalog *resource.Catalog
	// Log receives a line for each state that was read.
	Log *slog.Logger
	// Note and Warn receive messages for the user that are not errors, each a sentence
	// without a period.
	Note, Warn func(text string)
}

// Workflow goes from files to a result. It holds nothing but its options, and can be
// reused.
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

// Load reads the files into a desired state. value_from is not resolved. The error is a
// [diag.List] of all problems.
func (w *Workflow) Load() (*spec.Document, error) {
	doc, problems := spec.Load(spec.Input{Paths: w.Files, Stdin: w.Stdin, Catalog: w.Catalog})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	w.Log.Info("files are read", "files", doc.Files, "resources", len(doc.State.Resources))
	return doc, nil
}

// Request says what a plan contains in addition to the files. The zero value adds
// nothing.
type Request struct {
	Select plan.Selection
	// Base is an earlier version of the files, to distinguish drift from requested
	// changes: a file, a directory or a git revision.
	Base string
	// Prune adds collections to settings.prune.
	Prune []string
	// AllowDestroy are resources that may be deleted, replaced or changed irreversibly,
	// AllowCreate those that may be created although they may already exist.
	AllowDestroy, AllowCreate []resource.Address
	AllowEmpty                []resource.CollectionID // all members may be deleted
	// DeleteCount and DeletePercent, if not nil, replace those of settings.limits.
	DeleteCount, DeletePercent *int
	// Deploy the environments that the plan changes, and those that already wait for a
	// deployment.
	Deploy bool
	// WriteSensitive are patterns of addresses whose write-only values are written
	// although they cannot be compared.
	WriteSensitive []resource.Pattern
}

// Planned is a plan together with its input, so that it can be made again, saved,
// applied and verified.
type Planned struct {
	*plan.Plan
	in       plan.Input
	desired  *spec.Document
	client   *api.Client
	ledger   ledgerFile
	workflow *Workflow
	saved    *plan.Saved // what it was opened from, nil for files
}

// Plan loads the files, reads the API and makes a plan. The error is a [diag.List] for
// problems in the files, a [BaseError], a [plan.SelectionError], a [ReadError], or the
// error of Connect.
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
		Declared:       desired.State,
		Settings:       r.override(desired.Settings),
		Prune:          r.Prune,
		AllowDestroy:   r.AllowDestroy,
		AllowCreate:    r.AllowCreate,
		AllowEmpty:     r.AllowEmpty,
		Select:         r.Select,
		Deploy:         r.Deploy,
		WriteSensitive: r.WriteSensitive,
	}
}

// override replaces the limits of the files by those of the request.
func (r *Request) override(settings resource.Settings) resource.Settings {
	settings.DeleteCount = cmp.Or(r.DeleteCount, settings.DeleteCount)
	settings.DeletePercent = cmp.Or(r.DeletePercent, settings.DeletePercent)
	return settings
}

// prepare adds to the desired state what only this machine knows: the resolved values
// of value_from, and their ledger entries.
func (p *Planned) prepare(ctx context.Context) (err error) {
	if p.ledger, err = p.workflow.openLedger(p.in.Settings.Ledger); err != nil {
		return err
	}
	if err := p.resolveSources(ctx); err != nil {
		return err
	}
	p.in.Seals = p.seals()
	return nil
}

// make reads the current state and makes the plan from it and the desired one. Names
// that match nothing are problems in the files, with their positions.
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
	if p.saved != nil { // the rest of a plan is applied under the digest that was reviewed
		made.Digest = p.saved.Digest
	}
	p.Plan = made
	return nil
}

// Apply makes the changes and the deployments, and updates the ledger. Failures are in
// the result. The client counts the requests for opt, and removes secrets from the logs
// of deployments.
func (p *Planned) Apply(ctx context.Context, opt apply.Options) *apply.Result {
	opt.Requests, opt.Redact, opt.Outside = p.client.Requests, p.client.Redactor(), api.Outside
	result := apply.Run(ctx, remote.NewCaller(p.client), p.Plan, opt)
	p.remember(ctx, result)
	return result
}

// Requests is how many requests were sent so far.
func (p *Planned) Requests() int { return p.client.Requests() }
