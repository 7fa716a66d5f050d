// Package kinds describes what divioctl manages, one kind a file. The listing of
// this folder is the list of what is managed; everything else in the program
// derives from these descriptors.
//
// To add a kind, write one file here and add it to [Catalog]. The facts about the
// API that a descriptor states come from the API's reference text (the contract
// in pkg/api/contract) and, where a comment says so, from what public clients
// were seen to do.
package kinds

import "github.com/divioctl/divioctl/pkg/resource"

// Catalog gives all kinds.
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
// CreateEnvironment; the wider rule is used, since what exists must be
// manageable.
const (
	slugPattern = `^[-a-zA-Z0-9_]+$`
	slugHint    = "use letters, digits, hyphens and underscores"
)

func limit(n int64) *int64 { return &n }

// maxInt is the API's upper bound of plain whole numbers.
const maxInt = 2147483647

// isFalse reports whether the API said that a fact is not so; a fact that it
// left out is unknown and counts as nothing.
func isFalse(r *resource.Resource, fact string) bool {
	value, known := r.Facts[fact].(bool)
	return known && !value
}
