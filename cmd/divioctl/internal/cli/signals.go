package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// ErrInterrupted is the cause of a context that a signal ended.
var ErrInterrupted = errors.New("interrupted")

// Signals distinguishes the first signal from the second. The zero Signals never
// arrive. The policy:
//
//   - SIGINT (Ctrl-C), SIGTERM and SIGHUP act alike as the first: it cancels a command
//     that only reads. An apply that has started to write starts no new step, finishes
//     the running ones and reports.
//   - A second SIGINT or SIGTERM also aborts the running steps. Apply still reports,
//     since the user must know what may have been written. A further SIGHUP does
//     nothing: a terminal that closes may send several.
//   - A third SIGINT or SIGTERM has the system's default effect.
//   - A SIGHUP that is ignored when the program starts (nohup) stays ignored.
//   - SIGPIPE does nothing: a write to a pipe without a reader is an error, and the
//     program decides whether that matters. The system would end the program in the
//     middle of an apply.
//   - The end of --timeout acts as the first signal.
type Signals struct {
	first, second chan struct{}
	expired       chan error
	cause         error // of first, set before that is closed
}

// WatchSignals starts to listen for signals; release stops that.
func WatchSignals() (s *Signals, release func()) {
	s = &Signals{first: make(chan struct{}), second: make(chan struct{}), expired: make(chan error, 1), cause: ErrInterrupted}
	arrived, hungUp, pipes := make(chan os.Signal, 2), make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(arrived, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(hungUp, syscall.SIGHUP)
	}
	signal.Notify(pipes, syscall.SIGPIPE) // nobody reads it: it is enough that it is caught
	done := make(chan struct{})
	go func() {
		select {
		case <-arrived:
		case <-hungUp:
		case s.cause = <-s.expired:
		case <-done:
			return
		}
		close(s.first)
		select {
		case <-arrived:
		case <-done:
			return
		}
		close(s.second)
		signal.Stop(arrived)
	}()
	var once sync.Once
	return s, func() {
		once.Do(func() {
			signal.Stop(arrived)
			signal.Stop(hungUp)
			signal.Stop(pipes)
			close(done)
		})
	}
}

// Expire acts as the first signal, with another cause.
func (s *Signals) Expire(cause error) {
	select {
	case s.expired <- cause:
	default:
	}
}

// First is closed by the first signal.
func (s *Signals) First() <-chan struct{} { return s.first }

// UntilFirst returns a context that the first signal cancels.
func (s *Signals) UntilFirst(ctx context.Context) (context.Context, context.CancelFunc) {
	return until(ctx, s.first, func() error { return s.cause })
}

// UntilSecond returns a context that the second signal cancels, not the first.
func (s *Signals) UntilSecond(ctx context.Context) (context.Context, context.CancelFunc) {
	return until(context.WithoutCancel(ctx), s.second, func() error { return ErrInterrupted })
}

func until(ctx context.Context, ended <-chan struct{}, cause func() error) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-ended:
			cancel(cause())
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}
