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
	// Does is what the call does, Wants is what its Until waits for.
	Does, Wants string
	After       time.Duration
}

// Error returns "attach: timed out after 2m0s waiting for status ATTACHED".
func (e *PendingError) Error() string {
	return fmt.Sprintf("%s: timed out after %s waiting for %s", cmp.Or(e.Does, "wait"), e.After, cmp.Or(e.Wants, "its effect"))
}

// FailedError is an effect that will not occur: the API says that it failed. The write
// itself was made.
type FailedError struct {
	// Does is what the call does, State is the state at the API.
	Does, State string
}

// Error returns "provision: it ended with service_status \"PROVISIONING_FAILED\"".
func (e *FailedError) Error() string {
	return fmt.Sprintf("%s: it ended with %s", cmp.Or(e.Does, "wait"), e.State)
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
