package cli

import (
	"errors"
	"fmt"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/remote"
)

// TestClassify: of several causes the first in the order of the table counts.
func TestClassify(t *testing.T) {
	denied := &api.StatusError{Status: 403}
	invalid := diag.List{{Message: "wrong"}}
	for _, c := range []struct {
		err  error
		want ExitCode
	}{
		{errors.New("anything"), ExitFailed},
		{&api.StatusError{Status: 500}, ExitFailed},
		{ErrInterrupted, ExitInterrupted},
		{fmt.Errorf("read: %w", denied), ExitDenied},
		{api.ErrNoToken, ExitDenied},
		{&remote.ChoiceError{What: "organisation"}, ExitInvalid},
		{errors.Join(ErrInterrupted, &StoppedError{}), ExitStopped},
		{errors.Join(&StoppedError{}, denied), ExitDenied},
		{errors.Join(denied, invalid), ExitInvalid},
		{errors.Join(invalid, &UsageError{}), ExitUsage},
		{&PartlyError{errors.Join(denied, ErrInterrupted)}, ExitPartly},
		{&DiffersError{denied}, ExitDiffers},
	} {
		if got := Classify(c.err); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.want)
		}
	}
}
