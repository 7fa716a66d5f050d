package kinds

import "github.com/divioctl/divioctl/pkg/resource"

// The standard calls. Every create, update and delete of every kind uses these; a
// kind's special calls are in its own file.

// post creates c.After with the fields that the create operation takes. The parent's id
// is sent under the kind's ParentField. probe recognises the result if the answer was
// lost.
func post(c *resource.Change, retry resource.Retry, probe *resource.Probe) resource.Call {
	kind := c.Kind
	body := map[string]resource.Value{}
	if kind.KeyField != "" {
		body[kind.KeyField] = c.After.Key
	}
	if kind.ParentField != "" {
		body[kind.ParentField] = parentOf(c.After)
	}
	for name, value := range c.After.Fields {
		if f := kind.Field(name); f != nil && f.InCreates() {
			body[f.APIName()] = bodyValue(f, value)
		}
	}
	return resource.Call{
		Does: "create", Op: kind.Ops.Create, Body: body,
		Retry: retry, Probe: probe, Gives: c.Address,
	}
}

// postOnce is a post of a resource that the API may have twice, so that it is never
// repeated, and not sent if an equal one has appeared since the plan was made.
func postOnce(c *resource.Change, ifAppeared resource.IfAppeared, probe *resource.Probe) resource.Call {
	call := post(c, resource.Once, probe)
	call.IfAppeared = ifAppeared
	return call
}

// patch changes the named fields to their declared values.
func patch(c *resource.Change, does string, names ...string) resource.Call {
	body := map[string]resource.Value{}
	for _, name := range names {
		f := c.Kind.Field(name)
		body[f.APIName()] = bodyValue(f, c.After.Fields[name])
	}
	return resource.Call{
		Does: does, Op: c.Kind.Ops.Update, Params: self(c), Body: body,
	}
}

// destroy deletes c.Before.
func destroy(c *resource.Change) resource.Call {
	return resource.Call{Does: "delete", Op: c.Kind.Ops.Delete, Params: self(c)}
}

// updatable names the fields of c that the update operation takes, in the descriptor's
// order: those that differ, or after a create those that the create operation does not
// take, or, if the resource was created automatically with its parent, all declared
// ones.
func updatable(c *resource.Change) []string {
	var names []string
	for _, f := range c.Kind.Fields {
		if !f.InUpdates() || !c.After.Has(f.Name) {
			continue
		}
		switch {
		case c.Implied, c.Action == resource.Transfer:
		case c.Action == resource.Create:
			if f.Changes != resource.UpdateOnly {
				continue
			}
		case c.Field(f.Name) == nil:
			continue
		}
		names = append(names, f.Name)
	}
	return names
}

// self is the path parameter of calls on c's resource.
func self(c *resource.Change) map[string]resource.Value { return id(c.Address) }

func id(a resource.Address) map[string]resource.Value {
	return map[string]resource.Value{"uuid": resource.HandleOf{Address: a}}
}

// parentOf represents the id of the parent of r.
func parentOf(r *resource.Resource) resource.Value {
	if r.Parent.IsZero() {
		return resource.HandleOf{Address: resource.TheOrganisation}
	}
	return resource.HandleOf{Address: r.Parent}
}

// handleOf represents the id that ref refers to. A managed resource may not exist yet,
// or be changed by this plan, so the call waits for it.
func handleOf(ref resource.Ref) resource.Value {
	if !ref.Address.IsZero() {
		return resource.HandleOf{Address: ref.Address}
	}
	return ref.Handle
}

// bodyValue is a value as in bodies: references as ids.
func bodyValue(f *resource.Field, v resource.Value) resource.Value {
	if ref, ok := v.(resource.Ref); ok {
		return handleOf(ref)
	}
	if len(f.Items) == 0 {
		return v
	}
	list, _ := v.([]any)
	out := make([]any, len(list))
	for i, item := range list {
		object, _ := item.(map[string]any)
		renamed := make(map[string]any, len(object))
		for _, part := range f.Items {
			if value, ok := object[part.Name]; ok {
				renamed[part.APIName()] = value
			}
		}
		out[i] = renamed
	}
	return out
}
