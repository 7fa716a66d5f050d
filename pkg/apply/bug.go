package apply

import (
	"fmt"
	"runtime/debug"
)

// bug is a panic in one of this package's goroutines. Not recovered, it would end the
// program with the exit code 2, which a pipeline takes for "there are changes"; so
// every goroutine of this package runs its work through safely.
type bug struct {
	broken any
	stack  []byte
}

// Unknown: a call that panicked before it returned may have been made.
func (b *bug) Unknown() bool { return true }

func (b *bug) Error() string {
	return fmt.Sprintf("this is a bug in divioctl, please report it: %v", b.broken)
}

// Stack is where it happened, for the bug report.
func (b *bug) Stack() []byte { return b.stack }

// safely wraps work so that a panic becomes an error.
func safely(work func() error) func() error {
	return func() (err error) {
		defer func() {
			if broken := recover(); broken != nil {
				err = &bug{broken, debug.Stack()}
			}
		}()
		return work()
	}
}
