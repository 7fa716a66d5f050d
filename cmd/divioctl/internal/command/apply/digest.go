package apply

import (
	"errors"
	"regexp"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// digest is the digest of a plan.
type digest string

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// Decode is called by kong.
func (d *digest) Decode(ctx *kong.DecodeContext) error {
	var text cli.Given
	if err := text.Decode(ctx); err != nil {
		return err
	}
	if !digestForm.MatchString(string(text)) {
		return errors.New("a digest is sha256: and 64 hexadecimal digits, as printed by plan")
	}
	*d = digest(text)
	return nil
}
