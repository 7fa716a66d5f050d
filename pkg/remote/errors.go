package remote

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// PendingError is an effect that did not show in time. The write itself was
// made.
type PendingError struct {
	// Wants is what the call's Until waits for.
	Wants string
	After time.Duration
}

// Error gives "timed out after 2m0s waiting for status ATTACHED".
func (e *PendingError) Error() string {
	return fmt.Sprintf("timed out after %s waiting for %s", e.After, cmp.Or(e.Wants, "its effect"))
}

// FailedError is an effect that will never show: the API says that it failed. The
// write itself was made.
type FailedError struct {
	// State is what the API shows, Why its words about it, if any.
	State, Why string
}

// Error gives "it ended with state \"INVALID\"", and why.
func (e *FailedError) Error() string {
	text := "it ended with " + e.State
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}

// ChoiceError is a name in the user's input that means nothing, or more than one
// thing. What is the sort of thing, Name what was asked for ("" for nothing).
// Address and Field say where it was asked for; they are empty for what the whole
// state is about.
type ChoiceError struct {
	What, Name string
	Choices    []string
	Address    resource.Address
	Field      string
}

// Error lists the choices.
func (e *ChoiceError) Error() string {
	choices := "there are none"
	if len(e.Choices) > 0 {
		choices = "choose one of " + strings.Join(e.Choices, ", ")
	}
	if e.Name == "" {
		return fmt.Sprintf("no %s is given: %s", e.What, choices)
	}
	return fmt.Sprintf("no single %s is called %q: %s", e.What, e.Name, choices)
}
