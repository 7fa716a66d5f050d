package api

import (
	"fmt"
	"runtime/debug"
)

// bug is a recovered panic in one of our goroutines.
type bug struct {
	broken any
	stack  []byte
}

func (b *bug) Error() string {
	return fmt.Sprintf("this is a bug in divioctl, please report it: %v", b.broken)
}

// Stack is where it happened, for whoever reports it.
func (b *bug) Stack() []byte { return b.stack }

// Safely wraps work so that a panic becomes an error, whose method Stack says where it
// happened. A panic in a goroutine would end the program with the exit code 2, which a
// pipeline takes for "there are changes"; so every goroutine that makes requests runs
// its work through Safely.
func Safely(work func() error) func() error {
	return func() (err error) {
		defer func() {
			if broken := recover(); broken != nil {
				err = &bug{broken, debug.Stack()}
			}
		}()
		return work()
	}
}
