// Package sandbox emulates the Divio Cloud API: its paths, validation, error bodies, paging, ordering and the
// lifecycle of deployments and services. Anyone can try divioctl, or any other client, without an account.
//
// It is written only from the API's documents (the reference at https://docs.divio.com/api/apps and what public
// clients show) and shares neither code nor tables with divioctl's own client, on purpose: so a mistake on one
// side is detected by the other. Where behaviour is not documented it does what Django REST framework, which
// the API is built on, would do; such places say INFERRED.
//
// The emulator keeps everything that it receives, including the values of sensitive variables and passwords, in
// memory and in its state file. Never give it real secrets.
//
// A request passes through serve.go (faults, log, token), router.go and operations.go (which operation) into
// one function per operation in the file of its collection: application.go, environment.go, variable.go,
// cronjob.go, domain.go, instance.go, deployment.go, repository.go and so on.
package sandbox

import (
	"io"
	"sync"
	"time"
)

// Options configure a Sandbox. The zero value is a demo organisation in memory that accepts any token.
type Options struct {
	// File contains the state between runs; "" keeps it in memory. The file is read if it exists; otherwise it
	// is created with a demo organisation. It has mode 0600, is replaced atomically after every change and may
	// be shared by several processes. It contains sensitive values in clear text.
	File string
	// Empty starts without applications, but with the organisation, regions, plan groups and services.
	Empty bool
	// Token is the only one accepted; "" accepts any.
	Token string
	// Clock returns the time; nil is time.Now.
	Clock func() time.Time
	// Latency is the delay before each answer.
	Latency time.Duration
	// DeploymentTime is how long a deployment takes, and provisioning a service; 0 is one second.
	DeploymentTime time.Duration
	// CheckTime is how long the check of a repository takes; 0 is DeploymentTime.
	CheckTime time.Duration
	// EnvironmentsLag is how long the environments of a new application take to appear.
	EnvironmentsLag time.Duration
	// CodePushed gives every new application a commit, as if code had been pushed at once. Without it an
	// application that Divio hosts has none, and its deployments fail, until a seed pushes one.
	CodePushed bool
	// OmitFromLists are keys that are in the answer of a detail but not of a list. The documents show them in
	// both, but mostly do not show the answers of lists.
	OmitFromLists []string
	// PageSize and MaxPageSize are the default and the limit of results per page; 0 is 100 and 1000.
	PageSize, MaxPageSize int
	// SnakeActions spells every custom action whose path is only inferred with underscores (move_after), and
	// serves only that spelling. Without it both are served, and the schema contains hyphens.
	SnakeActions bool
	// Log gets one line per request: method, path with query, status. Neither bodies nor tokens.
	Log io.Writer
}

// Sandbox is an http.Handler that emulates https://api.divio.com. It is safe for concurrent use.
type Sandbox struct {
	options Options
	routes  *router

	mu       sync.Mutex // guards what follows
	store    store
	faults   []*armedFault
	requests []Request
}

// New makes a sandbox and, with a file, reads or creates the state. It fails if the file cannot be used; the
// error is a [StateError] if the file can be read and is corrupt.
func New(opts Options) (*Sandbox, error) {
	s := prepare(opts)
	// A change that changes nothing: it reads the file, or creates it so that ids are fixed.
	return s, s.locked(func(now timestamp) error {
		if err := s.store.read(now); err != nil {
			return err
		}
		if opts.File == "" || s.store.seen != nil {
			return nil
		}
		return s.store.change(now, func(*state) error { return nil })
	})
}

// Restart resets the state file to the state in which New creates it, with any content of the file.
func Restart(opts Options) error { return prepare(opts).Reset() }

// prepare makes a sandbox that has not read its file yet.
func prepare(opts Options) *Sandbox {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	if opts.DeploymentTime == 0 {
		opts.DeploymentTime = time.Second
	}
	if opts.CheckTime == 0 {
		opts.CheckTime = opts.DeploymentTime
	}
	if opts.PageSize <= 0 {
		opts.PageSize = defaultPageSize
	}
	if opts.MaxPageSize <= 0 {
		opts.MaxPageSize = defaultMaxPageSize
	}
	s := &Sandbox{options: opts, routes: newRouter(opts.SnakeActions)}
	s.store = store{file: opts.File, fresh: func(now timestamp) (*state, error) { return freshState(opts.Empty, now) }}
	return s
}

// Seed adds the objects of a seed document, and applies its pushes of commits and registrations of keys;
// seed.go describes it. Nothing changes if there is an error.
func (s *Sandbox) Seed(r io.Reader) error {
	return s.locked(func(now timestamp) error {
		return s.store.change(now, func(st *state) error {
			st.advance(now) // what people do now changes nothing about what has ended before
			return seed(st, r, now)
		})
	})
}

// Reset resets the state to the one of New without a file. Faults and the request log are kept.
func (s *Sandbox) Reset() error {
	return s.locked(s.store.restart)
}

// Dump writes the state for people and for golden files: no ids, no times, a fixed order. Values of sensitive
// variables and passwords are shown, since tests check whether they arrived.
func (s *Sandbox) Dump(w io.Writer) error {
	var text string
	err := s.locked(func(now timestamp) error {
		if err := s.store.read(now); err != nil {
			return err
		}
		s.store.current.advance(now)
		text = dump(s.store.current)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// Inject adds a fault. Of several that match a request, the first one that applies decides.
func (s *Sandbox) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, arm(f))
}

// locked runs fn exclusively, at the current time.
func (s *Sandbox) locked(fn func(now timestamp) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fn(stamp(s.options.Clock()))
}
