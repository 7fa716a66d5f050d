package apply

import (
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// fill returns a copy of call in which every [resource.HandleOf], at any depth, is
// replaced by the id. It fails if an id is not known.
func fill(call resource.Call, handles map[resource.Address]string) (resource.Call, error) {
	f := filler{handles: handles}
	call.Params = f.object(call.Params)
	call.Body = f.object(call.Body)
	if call.Probe != nil {
		probe := f.probe(*call.Probe)
		call.Probe = &probe
	}
	if call.Until != nil {
		until := *call.Until
		until.Probe = f.probe(until.Probe)
		call.Until = &until
	}
	if !f.missing.IsZero() {
		return resource.Call{}, fmt.Errorf("the id of %s is unknown", f.missing)
	}
	return call, nil
}

// filler copies values and remembers the first id that is missing.
type filler struct {
	handles map[resource.Address]string
	missing resource.Address
}

func (f *filler) probe(p resource.Probe) resource.Probe {
	p.Params, p.Query, p.Where, p.DetailWhere = f.object(p.Params), f.object(p.Query), f.object(p.Where), f.object(p.DetailWhere)
	p.Known = slices.Clone(p.Known)
	return p
}

func (f *filler) object(in map[string]resource.Value) map[string]resource.Value {
	if in == nil {
		return nil
	}
	out := make(map[string]resource.Value, len(in))
	for _, key := range resource.SortedKeys(in) {
		out[key] = f.value(in[key])
	}
	return out
}

func (f *filler) value(v resource.Value) resource.Value {
	switch x := v.(type) {
	case resource.HandleOf:
		handle := f.handles[x.Address]
		if handle == "" && f.missing.IsZero() {
			f.missing = x.Address
		}
		return handle
	case map[string]any:
		return f.object(x)
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = f.value(item)
		}
		return out
	}
	return v
}

// learn records the id that a call was made for: the one in the answer, or, where the
// answer has none, the one in the call itself.
func learn(handles map[resource.Address]string, call resource.Call, answer resource.Answer) {
	if call.Gives.IsZero() {
		return
	}
	handle := answer.Handle
	if handle == "" {
		handle, _ = call.Params["uuid"].(string)
	}
	if handle != "" {
		handles[call.Gives] = handle
	}
}

// collectionOf is the collection of the resource that a call gives.
func collectionOf(call resource.Call) resource.CollectionID {
	return resource.CollectionID{Parent: call.Gives.Parent(), Kind: call.Gives.Kind()}
}

// tells returns the messages that the user must see after a call.
func tells(call resource.Call, answer resource.Answer) []string {
	var out []string
	for _, t := range call.Tells {
		value := answer.Handle
		if t.Field != "" {
			value, _ = answer.Body[t.Field].(string)
		}
		switch {
		case value != "":
			out = append(out, fmt.Sprintf(t.Text, value))
		case t.Else != "":
			out = append(out, t.Else)
		}
	}
	return out
}
