package spec

import (
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The files of an export with Split.

// splits reports whether each resource of k can have a file of its own.
func (c catalog) splits(k *resource.Kind) bool {
	return k.Parent == "" && k.Form == resource.Mapping && !c.leaf(k) && k.KeyInAPI()
}

// fileName returns the file of a root resource, different from all others, also
// ignoring case.
func fileName(k *resource.Kind, r *resource.Resource, taken map[string][]byte, base string) string {
	safe := safeName(k, r.Key)
	used := func(name string) bool {
		if strings.EqualFold(name, base) {
			return true
		}
		for other := range taken {
			if strings.EqualFold(name, other) {
				return true
			}
		}
		return false
	}
	name := k.Collection + "/" + safe
	for n, candidate := 2, name+".yaml"; ; n++ {
		if !used(candidate) {
			return candidate
		}
		candidate = fmt.Sprintf("%s-%d.yaml", name, n)
	}
}

// safeName is the key of a root resource as the name of a file.
func safeName(k *resource.Kind, key string) string {
	safe := strings.Map(func(c rune) rune {
		if c < 0x80 && (c == '-' || c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return c
		}
		return '_'
	}, key)
	safe = strings.TrimLeft(safe, ".") // files that begin with a dot are not loaded
	if len(safe) > 100 {
		safe = safe[:100]
	}
	if safe == "" {
		safe = k.Name
	}
	return safe
}
