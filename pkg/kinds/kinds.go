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
