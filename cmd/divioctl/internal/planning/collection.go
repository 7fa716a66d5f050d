package planning

import (
	"strings"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/kinds"
)

// collectionName is the key of a kind in the files ("variables"). The kind's name, as
// in addresses, is also accepted.
type collectionName string

// Decode is called by kong.
func (c *collectionName) Decode(ctx *kong.DecodeContext) error {
	var text cli.Given
	if err := text.Decode(ctx); err != nil {
		return err
	}
	name := strings.TrimSpace(string(text))
	*c = collectionName(name)
	for _, k := range kinds.Catalog().Kinds() {
		if name == k.Name {
			*c = collectionName(k.Collection)
		}
	}
	return nil
}

func texts(names []collectionName) []string {
	var out []string
	for _, name := range names {
		out = append(out, string(name))
	}
	return out
}

// CollectionNames are the values of --prune, in the order of the kinds.
func CollectionNames() []string {
	var names []string
	for _, k := range kinds.Catalog().Kinds() {
		names = append(names, k.Collection)
	}
	return names
}
