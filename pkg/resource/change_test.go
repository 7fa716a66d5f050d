package resource_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The first reason is the one that a person has to deal with.
func TestBlockKeepsTheFirstReason(t *testing.T) {
	var c resource.Change
	c.Block("protected by %s", "application.*")
	c.Block("it depends on %s, which is blocked", "application.shop")
	if c.Blocked != "protected by application.*" {
		t.Error(c.Blocked)
	}
}

func TestWhatAChangeIsAbout(t *testing.T) {
	live, test := parse(t, "environment.shop/live"), parse(t, "environment.shop/test")
	domain := kind("domain", "environment", "name")
	there := &resource.Resource{Kind: domain, Key: "a.example", Parent: live}
	declared := &resource.Resource{Kind: domain, Key: "a.example", Parent: test}
	for _, c := range []struct {
		name   string
		change resource.Change
		want   *resource.Resource
		parent resource.Address
	}{
		{"a create", resource.Change{Action: resource.Create, After: declared}, declared, test},
		{"a transfer is about where it goes", resource.Change{Action: resource.Transfer, Before: there, After: declared}, declared, test},
		{"a delete is about what goes", resource.Change{Action: resource.Delete, Before: there}, there, live},
	} {
		c.change.Kind = domain
		if got := c.change.Resource(); got != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
		if diff := cmp.Diff(resource.CollectionID{Kind: "domain", Parent: c.parent}, c.change.Collection()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestFieldOfAChange(t *testing.T) {
	c := resource.Change{Fields: []resource.FieldChange{{Name: "colour", After: "red"}, {Name: "size", After: int64(4)}}}
	c.Field("size").Drift = true
	if !c.Fields[1].Drift || c.Field("weight") != nil {
		t.Errorf("%+v", c.Fields)
	}
}
