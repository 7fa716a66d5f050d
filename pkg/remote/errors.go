package remote

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// PendingError is an effect that was not seen in time. The write itself was made.
type PendingError struct {
	// Wants is what the call's Until waits for.
	Wants string
	After time.Duration
}

// Error returns "timed out after 2m0s waiting for status ATTACHED".
func (e *PendingError) Error() string {
	return fmt.Sprintf("timed out after %s waiting for %s", e.After, cmp.Or(e.Wants, "its effect"))
}

// FailedError is an effect that will not occur: the API says that it failed. The write
// itself was made.
type FailedError struct {
	// State is what the API shows, Why its words about it, if any.
	State, Why string
}

// Error returns "it ended with state \"INVALID\"", and why.
func (e *FailedError) Error() string {
	text := "it ended with " + e.State
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}

// ChoiceError is a name in the user's input that is not found or ambiguous. What is the
// type of the choice, Name is the given name ("" for none). Address and Field say where
// it was given; they are empty if it applies to the whole state.
type ChoiceError struct {
	What, Name string
	Candidates []string
	Address    resource.Address
	Field      string
}

// Error lists the choices.
func (e *ChoiceError) Error() string {
	choices := "there are none"
	if len(e.Candidates) > 0 {
		choices = "choose one of " + strings.Join(e.Candidates, ", ")
	}
	if e.Name == "" {
		return fmt.Sprintf("no %s given: %s", e.What, choices)
	}
	return fmt.Sprintf("%s %q: not found, or ambiguous: %s", e.What, e.Name, choices)
}
