package main

import (
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

func (s *session) seal(resource.Address, resource.Secret) string { return "" }

func (s *session) movedSources(*plan.Saved, *resource.State) []string { return nil }
