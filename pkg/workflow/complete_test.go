package workflow

import (
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// TestComplete: a state in which any collection is missing is not exported.
func TestComplete(t *testing.T) {
	w := New(Options{})
	app := &resource.Resource{Kind: kinds.Catalog().Kind("application"), Key: "shop", Address: resource.NewAddress("application", resource.Address{}, "shop")}
	all := []resource.CollectionID{{Kind: "application"}, {Kind: "repository"}, {Kind: "registry"}, {Parent: app.Address, Kind: "environment"}}
	state := func(without int) *resource.State {
		s := &resource.State{Resources: []*resource.Resource{app}, Collections: map[resource.CollectionID]resource.Collection{}}
		for i, id := range all {
			s.Collections[id] = resource.Collection{Complete: i != without}
		}
		return s
	}
	if err := w.complete(state(-1), true); err != nil {
		t.Error(err)
	}
	for i, id := range all {
		err := w.complete(state(i), true)
		if err == nil || !strings.Contains(err.Error(), w.Catalog.Kind(id.Kind).Plural) {
			t.Errorf("without %v: %v", id, err)
		}
		// With only some applications the roots are not complete.
		if err := w.complete(state(i), false); (err != nil) != (id.Kind == "environment") {
			t.Errorf("some applications, without %v: %v", id, err)
		}
	}
	unread := state(-1)
	unread.Unread = []string{"variable"}
	if err := w.complete(unread, true); err == nil {
		t.Error("variables were not read")
	}
}
