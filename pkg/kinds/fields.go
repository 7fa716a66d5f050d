package kinds

import "github.com/divioctl/divioctl/pkg/resource"

// What the descriptors of several kinds use.

// Slugs of applications and environments. CopyEnvironment is stricter than
// CreateEnvironment; the wider rule is used, since existing resources must be
// manageable.
const (
	slugPattern = `^[-a-zA-Z0-9_]+$`
	slugHint    = "use letters, digits, hyphens and underscores"
)

// maxInt is the API's upper bound of plain whole numbers.
const maxInt = 2147483647

func limit(n int64) *int64 { return &n }

// isFalse reports whether the API returned false for a fact; a missing fact is unknown
// and ignored.
func isFalse(r *resource.Resource, fact string) bool {
	value, known := r.Facts[fact].(bool)
	return known && !value
}
