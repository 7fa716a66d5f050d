package kinds

import (
	"testing"
)

// Every descriptor is whole, and says nothing that contradicts itself.
func TestDescriptors(t *testing.T) {
	for _, k := range Catalog().Kinds() {
		for _, problem := range k.Contradictions() {
			t.Errorf("%s: %s", k.Name, problem)
		}
	}
}
