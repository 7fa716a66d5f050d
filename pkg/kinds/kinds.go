// Package kinds describes what divioctl manages, one kind per file. The files of this
// folder are the list of managed kinds; everything else in the program derives from
// these descriptors.
//
// To add a kind, write one file here and add it to [Catalog]. The facts about the API
// that a descriptor states come from the API's reference text (the contract in
// pkg/api/contract) and, if a comment says so, from the observed behaviour of public
// clients.
package kinds

import "github.com/divioctl/divioctl/pkg/resource"

// Catalog returns all kinds.
func Catalog() *resource.Catalog {
	return resource.NewCatalog(
		application(),
		environment(),
		variable(),
		cronjob(),
		domain(),
		service(),
		repository(),
		webhook(),
		registry(),
	)
}

// Slugs of applications and environments. CopyEnvironment is stricter than
// CreateEnvironment; the wider rule is used, since existing resources must be
// manageable.
const (
	slugPattern = `^[-a-zA-Z0-9_]+$`
	slugHint    = "use letters, digits, hyphens and underscores"
)

func limit(n int64) *int64 { return &n }

// maxInt is the API's upper bound of plain whole numbers.
const maxInt = 2147483647

// isFalse reports whether the API returned false for a fact; a missing fact is unknown
// and ignored.
func isFalse(r *resource.Resource, fact string) bool {
	value, known := r.Facts[fact].(bool)
	return known && !value
}
