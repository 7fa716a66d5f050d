package planning

import (
	"errors"
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/suggest"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Request is the request that the flags make to the workflow. Invalid addresses and
// patterns are refused before anything is read: the former lift a limit, and the latter
// say what is left alone.
func (f *Flags) Request() (workflow.Request, error) {
	var failed error
	fail := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	patterns := func(flag string, values []cli.Given) []resource.Pattern {
		var patterns []resource.Pattern
		for _, text := range values {
			p, err := kinds.Catalog().ParsePattern(string(text))
			if err != nil {
				fail(wrongPattern(flag, string(text), err))
			}
			patterns = append(patterns, p)
		}
		return patterns
	}
	addresses := func(flag string, values []string) []resource.Address {
		var addresses []resource.Address
		for _, text := range values {
			a, err := kinds.Catalog().Parse(text)
			if err != nil || strings.Contains(text, "*") {
				fail(wrongAddress(flag, text, "an address such as application.shop", err))
			}
			addresses = append(addresses, a)
		}
		return addresses
	}
	collections := func(flag string, values []string) []resource.CollectionID {
		var collections []resource.CollectionID
		for _, text := range values {
			id, err := kinds.Catalog().ParseCollection(text)
			if err != nil || strings.Contains(text, "*") {
				fail(wrongAddress(flag, text, "a collection such as variable.shop/live", err))
			}
			collections = append(collections, id)
		}
		return collections
	}
	request := workflow.Request{
		Select: plan.Selection{
			Only: patterns("--only", f.Only), Exclude: patterns("--exclude", f.Exclude), WithDependencies: f.WithDependencies,
		},
		Base:           string(f.Base),
		Prune:          texts(f.Prune),
		AllowDestroy:   addresses("--allow-destroy", f.AllowDestroy),
		AllowCreate:    addresses("--allow-create", f.AllowCreate),
		AllowEmpty:     collections("--allow-empty", f.AllowEmpty),
		DeleteCount:    f.DeleteCount,
		DeletePercent:  f.DeletePercent,
		Deploy:         f.Deploy,
		WriteSensitive: patterns("--write-sensitive", f.WriteSensitive),
	}
	return request, failed
}

// wrongAddress reports a value of an --allow-... flag.
func wrongAddress(flag, text, what string, err error) error {
	message := fmt.Sprintf("%s %s: not %s", flag, text, what)
	var wrong *resource.AddressError
	switch {
	case strings.Contains(text, "*"):
		message = fmt.Sprintf("%s %s: globs are not allowed: pass %s", flag, text, what)
	case !errors.As(err, &wrong):
	case wrong.Kind != nil:
		message = fmt.Sprintf("%s: %v", flag, err)
	default:
		message += meant(wrong.Unknown)
	}
	return &cli.UsageError{Message: message, Help: "divioctl plan"}
}

// wrongPattern reports a value of a flag that takes patterns.
func wrongPattern(flag, text string, err error) error {
	message := fmt.Sprintf("%s: %v", flag, err)
	var wrong *resource.AddressError
	if errors.As(err, &wrong) && wrong.Unknown != "" {
		message = fmt.Sprintf("%s %s: %q is not a kind", flag, text, wrong.Unknown)
		if near := meant(wrong.Unknown); near != "" {
			message += near
		} else {
			message += "; the kinds are " + strings.Join(kinds.Catalog().Names(), ", ")
		}
	}
	return &cli.UsageError{Message: message, Hint: cli.PatternHint}
}

// meant suggests a kind in place of a word, or returns "".
func meant(word string) string {
	if near := suggest.Closest(word, kinds.Catalog().Names()); len(near) > 0 {
		return fmt.Sprintf(", did you mean %q?", near[0])
	}
	return ""
}
