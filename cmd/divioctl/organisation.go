package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// atOrganisation turns an organisation that the API does not know, or that is not
// said although there are several, into a problem in the files.
func atOrganisation(err error, doc *spec.Document) error {
	var choice *remote.ChoiceError
	if !errors.As(err, &choice) || choice.What != "organisation" {
		return err
	}
	problem := diag.Diagnostic{At: placeOf(choice, doc.State), Hint: "choose from: " + strings.Join(choice.Choices, ", ")}
	switch {
	case len(choice.Choices) == 0:
		problem.Message = "the token sees no organisation"
		problem.Hint = "does it belong to this zone?"
	case choice.Name == "":
		problem.Message = "the files name no organisation, and the token sees several"
		problem.Hint = "add organisation: NAME; " + problem.Hint
	default:
		problem.Message = fmt.Sprintf("no single organisation is called %q", choice.Name)
	}
	return doc.Locate(diag.List{problem}).Err()
}

// placeOf is where the files ask for what is to be chosen.
func placeOf(choice *remote.ChoiceError, desired *resource.State) diag.Position {
	for _, r := range desired.Resources {
		if r.Address == choice.Address {
			return r.FieldAt[choice.Field]
		}
	}
	return desired.OrganisationAt
}
