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

// Signals tells the first Ctrl-C (or SIGTERM) from the second.
//
// The policy: the first one cancels whatever only reads. An apply that has begun
// to write starts no new step, finishes the running ones and reports. The second
// one breaks off the running ones as well; it still reports, since somebody has
// to know what may have been written. A third one is left to the system. The zero
// Signals are those that never come.
type Signals struct {
	first, second chan struct{}
}

// WatchSignals begins to listen; release ends it.
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

// UntilFirst gives a context that the first signal cancels.
func (s *Signals) UntilFirst(ctx context.Context) (context.Context, context.CancelFunc) {
	return until(ctx, s.first)
}

// UntilSecond gives a context that outlives the first signal and that the second
// one cancels.
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
