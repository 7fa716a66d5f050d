package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// ErrInterrupted is the cause of a context that Ctrl-C ended.
var ErrInterrupted = errors.New("interrupted")

// Signals distinguishes the first Ctrl-C (or SIGTERM) from the second.
//
// The policy: the first one cancels a command that only reads. An apply that has
// started to write starts no new step, finishes the running ones and reports. The
// second one also aborts the running steps; apply still reports, since the user must
// know what may have been written. A third one has the system's default effect. The
// zero Signals never arrive.
type Signals struct {
	first, second chan struct{}
}

// WatchSignals starts to listen for signals; release stops that.
func WatchSignals() (s *Signals, release func()) {
	s = &Signals{first: make(chan struct{}), second: make(chan struct{})}
	arrived := make(chan os.Signal, 2)
	signal.Notify(arrived, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for _, ended := range []chan struct{}{s.first, s.second} {
			select {
			case <-arrived:
				close(ended)
			case <-done:
				return
			}
		}
		signal.Stop(arrived)
	}()
	var once sync.Once
	return s, func() {
		once.Do(func() {
			signal.Stop(arrived)
			close(done)
		})
	}
}

// First is closed by the first signal.
func (s *Signals) First() <-chan struct{} { return s.first }

// UntilFirst returns a context that the first signal cancels.
func (s *Signals) UntilFirst(ctx context.Context) (context.Context, context.CancelFunc) {
	return until(ctx, s.first)
}

// UntilSecond returns a context that the second signal cancels, not the first.
func (s *Signals) UntilSecond(ctx context.Context) (context.Context, context.CancelFunc) {
	return until(context.WithoutCancel(ctx), s.second)
}

func until(ctx context.Context, ended <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-ended:
			cancel(ErrInterrupted)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}
