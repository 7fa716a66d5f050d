package kinds

import (
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// compileService turns a change of a service instance into calls.
//
//	create    create · provision · [deployment] · wait until it is attached
//	update    rename · provision or attach · [deployment] · wait until it is attached
//	delete    detach · [deployment] · delete; without the first two if no running
//	          application uses it
//	replace   give the old one a temporary prefix · create · provision the new one ·
//	          detach the old one · [deployment] · wait until the new one is attached ·
//	          delete the old one
//
// After any of these calls the next run finds one of these states, and continues from
// there:
//
//	only the old one, under its prefix             nothing happened: start
//	only the old one, under the temporary prefix   create the new one, and so on; if
//	                                               the files were changed back to the old
//	                                               service, its prefix is restored
//	the new one, and the old one under the         provision the new one if that is
//	temporary prefix                               missing, detach and delete the old one
//
// The status says which calls of a part remain. Deleting the old one needs the same
// permission again, since it is not recorded that it was given before.
func compileService(c *resource.Change) []resource.Call {
	switch {
	case c.Action == resource.Create:
		return createService(c)
	case c.Action == resource.Delete:
		return removeService(c.Address, c.Before)
	case returns(c):
		back := renameService(c.Leftover.Address, c.Address, c.After.Text("prefix"))
		back.Does = "give its prefix back to"
		return append([]resource.Call{back}, settleService(c, c.Leftover)...)
	case c.Action == resource.Replace:
		return replaceService(c)
	}
	var calls []resource.Call
	if c.Field("prefix") != nil {
		calls = append(calls, renameService(c.Address, c.Address, c.After.Text("prefix")))
	}
	calls = append(calls, settleService(c, c.Before)...)
	if c.Leftover != nil {
		calls = append(calls, removeReplaced(c.Leftover.Address, c.Leftover)...)
	}
	return deploymentLast(calls)
}

// replaceService replaces an instance by one of another service.
func replaceService(c *resource.Change) []resource.Call {
	old, temporary := c.Leftover, temporaryService(c)
	var calls []resource.Call
	if c.Before != nil {
		old = c.Before
		away := renameService(c.Address, temporary, c.After.Text("prefix")+temporaryPrefix)
		away.Does = "give a temporary prefix to"
		calls = append(calls, away)
	}
	calls = append(calls, createService(c)...)
	return deploymentLast(append(calls, removeReplaced(temporary, old)...))
}

// temporaryService is the address of the old instance while it is replaced.
func temporaryService(c *resource.Change) resource.Address {
	return resource.NewAddress(c.Kind.Name, c.After.Parent, strings.ToLower(c.After.Text("type"))+"/"+c.After.Text("prefix")+temporaryPrefix)
}

// deploymentLast puts calls after a deployment at the end, in the same order, so that
// one deployment is enough for all of them.
func deploymentLast(calls []resource.Call) []resource.Call {
	var before, after []resource.Call
	for _, call := range calls {
		if call.AfterDeployment {
			after = append(after, call)
		} else {
			before = append(before, call)
		}
	}
	return append(before, after...)
}

func createService(c *resource.Change) []resource.Call {
	create := postOnce(c, resource.Refuse, &resource.Probe{ // its status says which calls remain
		Op:    "ListServiceInstances",
		Query: map[string]resource.Value{"environment": parentOf(c.After)},
		Where: map[string]resource.Value{"prefix": c.After.Text("prefix")},
		Known: c.Known,
	})
	create.Phase = phaseBegin
	return []resource.Call{create, provision(c.Address, statusNew), waitAttached(c.Address)}
}

// settleService provisions and attaches an existing instance.
func settleService(c *resource.Change, current *resource.Resource) []resource.Call {
	switch statusOf(current) {
	case statusNew, statusFailed:
		return []resource.Call{provision(c.Address, statusOf(current)), waitAttached(c.Address)}
	case statusProvisioning:
		return []resource.Call{waitProvisioned(c.Address), waitAttached(c.Address)}
	case statusDetached:
		return []resource.Call{attach(c.Address, statusDetached), waitAttached(c.Address)}
	case statusDetaching:
		// Nothing was detached yet: no call is needed.
		return []resource.Call{attach(c.Address, statusDetaching)}
	}
	return nil
}

// removeService deletes an instance, after a deployment if a running application may
// use it.
func removeService(at resource.Address, current *resource.Resource) []resource.Call {
	remove := resource.Call{Does: "delete", Op: "DestroyServiceInstance", Params: id(at), Phase: phaseFinish}
	switch statusOf(current) {
	case statusAttached:
		remove.AfterDeployment = true
		return []resource.Call{detach(at, statusAttached), remove}
	case statusAttaching:
		return []resource.Call{detach(at, statusAttaching), remove}
	case statusDetaching:
		remove.AfterDeployment = true
	}
	return []resource.Call{remove}
}

// removeReplaced deletes the old instance of a replacement. Its steps have the address
// of the new one, so their text says that they mean the old one.
func removeReplaced(at resource.Address, current *resource.Resource) []resource.Call {
	calls := removeService(at, current)
	for i := range calls {
		calls[i].Does += " the replaced"
	}
	return calls
}

// renameService changes the prefix of an instance, and so its address.
func renameService(from, to resource.Address, prefix string) resource.Call {
	return resource.Call{
		Does: "rename", Op: "PartialUpdateServiceInstance", Params: id(from),
		Body:  map[string]resource.Value{"prefix": prefix},
		Gives: to, Phase: phaseRename,
	}
}

// provision is only valid from NEW and PROVISIONING_FAILED (reference).
func provision(at resource.Address, from string) resource.Call {
	return resource.Call{
		Does: "provision", Op: "ProvisionServiceInstance", Params: id(at),
		Retry: resource.ReadBack, Probe: leaves(at, from),
		Until: provisioned(at), Phase: phaseBegin,
	}
}

// waitProvisioned waits for a running provisioning.
func waitProvisioned(at resource.Address) resource.Call {
	return resource.Call{Does: "wait for the provisioning of", Until: provisioned(at), Phase: phaseBegin}
}

func provisioned(at resource.Address) *resource.Until {
	return &resource.Until{
		Probe: *leaves(at, statusProvisioning), For: "the end of provisioning",
		Failed:   []map[string]resource.Value{{"service_status": statusFailed}},
		Deadline: provisionDeadline,
	}
}

func attach(at resource.Address, from string) resource.Call {
	return resource.Call{
		Does: "attach", Op: "AttachServiceInstance", Params: id(at),
		Retry: resource.ReadBack, Probe: leaves(at, from), Phase: phaseBegin,
	}
}

func detach(at resource.Address, from string) resource.Call {
	return resource.Call{
		Does: "detach", Op: "DetachServiceInstance", Params: id(at),
		Retry: resource.ReadBack, Probe: leaves(at, from), Phase: phaseBegin,
	}
}

// waitAttached waits for the effect of a deployment.
func waitAttached(at resource.Address) resource.Call {
	return resource.Call{
		Does: "wait for the attachment of",
		Until: &resource.Until{
			Probe: resource.Probe{
				Op: "GetServiceInstance", Params: id(at), Where: map[string]resource.Value{"service_status": statusAttached},
			},
			For:      statusAttached,
			Failed:   []map[string]resource.Value{{"service_status": statusFailed}},
			Deadline: attachDeadline,
		},
		Phase: phaseFinish, AfterDeployment: true,
	}
}

// leaves recognises that an instance no longer has a status.
func leaves(at resource.Address, status string) *resource.Probe {
	return &resource.Probe{
		Op: "GetServiceInstance", Params: id(at),
		Where: map[string]resource.Value{"service_status": status}, Gone: true,
	}
}
