package cli

import (
	"errors"

	"github.com/alecthomas/kong"
)

// Given is the value of a flag or argument that decides what is applied. It is
// never empty: in CI that is a variable which nobody set, and taking it for no flag
// at all would apply what nobody reviewed.
type Given string

// Decode is called by kong.
func (g *Given) Decode(ctx *kong.DecodeContext) error {
	var text string
	if err := ctx.Scan.PopValueInto("string", &text); err != nil {
		return err
	}
	if text == "" {
		return errors.New("the value is empty; is it a variable that is not set?")
	}
	*g = Given(text)
	return nil
}

// Texts are the values as such.
func Texts(values []Given) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}
