package main

import (
	"errors"
	"regexp"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/pkg/kinds"
)

// given is the value of a flag or argument that decides what is applied. It is
// never empty: in CI that is a variable which nobody set, and taking it for no flag
// at all would apply what nobody reviewed.
type given string

// Decode is called by kong.
func (g *given) Decode(ctx *kong.DecodeContext) error {
	var text string
	if err := ctx.Scan.PopValueInto("string", &text); err != nil {
		return err
	}
	if text == "" {
		return errors.New("the value is empty; is it a variable that is not set?")
	}
	*g = given(text)
	return nil
}

// collectionName is the key of a kind in the files ("variables"). The kind's own name,
// which is in every address, is understood as well.
type collectionName string

// Decode is called by kong.
func (c *collectionName) Decode(ctx *kong.DecodeContext) error {
	var text given
	if err := text.Decode(ctx); err != nil {
		return err
	}
	*c = collectionName(text)
	for _, k := range kinds.All() {
		if string(text) == k.Name {
			*c = collectionName(k.Collection)
		}
	}
	return nil
}

// planDigest is the digest of a plan.
type planDigest string

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// Decode is called by kong.
func (d *planDigest) Decode(ctx *kong.DecodeContext) error {
	var text given
	if err := text.Decode(ctx); err != nil {
		return err
	}
	if !digestForm.MatchString(string(text)) {
		return errors.New("a digest is sha256: and 64 hexadecimal digits, as plan prints it")
	}
	*d = planDigest(text)
	return nil
}

// texts are the values as such.
func texts(values []given) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}
