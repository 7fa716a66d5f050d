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

// fileName returns the file of a root resource, different from those that are taken (in
// small letters), also ignoring case.
func fileName(k *resource.Kind, key string, taken map[string]bool) string {
	name := k.Collection + "/" + safeName(k, key)
	candidate := name + ".yaml"
	for n := 2; taken[strings.ToLower(candidate)]; n++ {
		candidate = fmt.Sprintf("%s-%d.yaml", name, n)
	}
	taken[strings.ToLower(candidate)] = true
	return candidate
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
