package cli

import (
	"errors"

	"github.com/alecthomas/kong"
)

// Given is the value of a flag or argument that decides what is applied. It is never
// empty: an empty value usually comes from an unset variable in CI, and ignoring the
// flag would apply changes that were not reviewed.
type Given string

// Decode is called by kong.
func (g *Given) Decode(ctx *kong.DecodeContext) error {
	var text string
	if err := ctx.Scan.PopValueInto("string", &text); err != nil {
		return err
	}
	if text == "" {
		return errors.New("the value is empty: check that the variable is set")
	}
	*g = Given(text)
	return nil
}

// Texts are the values as strings.
func Texts(values []Given) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}
