package plan

import (
	"fmt"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Patterns, addresses and collections of a saved plan are texts.

func texts(addresses []resource.Address) []string {
	var out []string
	for _, a := range addresses {
		out = append(out, a.String())
	}
	return out
}

// patternTexts distinguishes an empty list from none: no settings.deploy means everything.
func patternTexts(patterns []resource.Pattern) []string {
	if patterns == nil {
		return nil
	}
	out := []string{}
	for _, p := range patterns {
		out = append(out, p.String())
	}
	return out
}

func collectionTexts(collections []resource.CollectionID) []string {
	var out []string
	for _, id := range collections {
		out = append(out, id.String())
	}
	return out
}

// reopening parses the texts of a saved plan, and keeps the first problem.
type reopening struct {
	catalog *resource.Catalog
	err     error
}

func (r *reopening) address(text string) resource.Address {
	return reopen(r, text, r.catalog.Parse)
}

func (r *reopening) addresses(list []string) []resource.Address {
	return reopenAll(r, list, r.catalog.Parse)
}

func (r *reopening) patterns(list []string) []resource.Pattern {
	return reopenAll(r, list, r.catalog.ParsePattern)
}

func (r *reopening) collections(list []string) []resource.CollectionID {
	return reopenAll(r, list, r.catalog.ParseCollection)
}

func reopenAll[T any](r *reopening, list []string, parse func(string) (T, error)) []T {
	if list == nil {
		return nil
	}
	out := []T{}
	for _, text := range list {
		out = append(out, reopen(r, text, parse))
	}
	return out
}

func reopen[T any](r *reopening, text string, parse func(string) (T, error)) T {
	value, err := parse(text)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%w: it contains %s, which is unknown to this version", ErrNotAPlan, text)
	}
	return value
}
