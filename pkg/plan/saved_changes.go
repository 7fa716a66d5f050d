package plan

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What a saved plan holds of its changes: enough to tell later which of them have been
// made, and whether anything else has happened to what they touch (resume.go).

// SavedChange is a change in a file. ID and Parent are those of the existing resource,
// Leftover is the id of what an interrupted replacement left behind.
type SavedChange struct {
	Address  string          `json:"address"`
	Action   resource.Action `json:"action"`
	ID       string          `json:"id,omitempty"`
	Parent   string          `json:"parent,omitempty"`
	Leftover string          `json:"leftover,omitempty"`
	Implied  bool            `json:"implied,omitempty"`
	Blocked  bool            `json:"blocked,omitempty"`
	Waiting  bool            `json:"waiting,omitempty"`
	Keyed    bool            `json:"keyed,omitempty"` // its kind has a key
	// Fields that differ, by name.
	Fields map[string]SavedField `json:"fields,omitempty"`
	// Hash of all fields, if the resource is deleted, replaced or transferred: their
	// values are not part of the plan, and need not be in the file.
	Hash string `json:"hash,omitempty"`
	// Before or After is the address that a move goes beside.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// SavedField is the value of a field before the change, absent if it is secret or cannot
// be read. After is the new value if it has a source and is not secret; other new values
// are part of the declarations.
type SavedField struct {
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// SavedRewrite is a value that is written although it cannot be compared. Known: when the
// plan was made the ledger had an entry that may be of this value (without the key or the
// value that is unknown), with the API's date Modified.
type SavedRewrite struct {
	Address string `json:"address"`
	Field   string `json:"field"`
	Known   bool   `json:"known,omitempty"`
	// Modified is the API's date in that entry.
	Modified string `json:"modified,omitempty"`
}

// SavedSiblings are the members of a collection of which the plan deletes, moves or
// assigns some, in the order of the API if the kind has one.
type SavedSiblings struct {
	Kind    string         `json:"kind"`
	Parent  string         `json:"parent,omitempty"`
	Members []SavedSibling `json:"members"`
}

// SavedSibling is an existing resource.
type SavedSibling struct {
	Address    string `json:"address"`
	ID         string `json:"id"`
	LeftoverOf string `json:"leftover_of,omitempty"` // see [Sibling]
}

func saveChange(c *resource.Change) SavedChange {
	s := SavedChange{Address: c.Address.String(), Action: c.Action, Implied: c.Implied, Blocked: c.Blocked != "", Waiting: c.Waiting, Keyed: c.Kind.Keyed()}
	if c.Before != nil {
		s.ID, s.Parent = c.Before.Handle, c.Before.Parent.String()
	}
	if c.Leftover != nil {
		s.Leftover = c.Leftover.Handle
	}
	if c.Position != nil {
		s.Before, s.After = c.Position.Before.String(), c.Position.After.String()
	}
	for _, f := range c.Fields {
		if s.Fields == nil {
			s.Fields = map[string]SavedField{}
		}
		s.Fields[f.Name] = SavedField{Before: shownBefore(f), After: shownAfter(c, f)}
	}
	s.Hash = wholeHash(c)
	return s
}

// shownBefore is the value before a change, nil if it is secret or unknown.
func shownBefore(f resource.FieldChange) json.RawMessage {
	if f.Masked || !f.HasBefore {
		return nil
	}
	return jsonOf(f.Before)
}

// shownAfter is the new value of a field that has a source and is not secret, else nil.
func shownAfter(c *resource.Change, f resource.FieldChange) json.RawMessage {
	if c.After == nil || f.Masked {
		return nil
	}
	if _, sourced := c.After.SourceOf(f.Name); !sourced {
		return nil
	}
	return jsonOf(f.After)
}

// wholeHash is a hash of everything that can be read of a resource that is deleted,
// replaced or transferred, "" for other changes. Fields with a call of their own are
// excluded: a call for a sibling can change them, as when another domain is made
// primary.
func wholeHash(c *resource.Change) string {
	gone := c.Action == resource.Delete || c.Action == resource.Replace || c.Action == resource.Transfer
	if !gone || c.Before == nil {
		return ""
	}
	fields := map[string]any{}
	for name, value := range c.Before.Fields {
		if c.Kind.Field(name) != nil && !hasOwnCall(c, name) && !c.Before.IsMasked(name) {
			fields[name] = value
		}
	}
	return hash(fields)
}

// hasOwnCall reports whether a field is changed by a call of its own.
func hasOwnCall(c *resource.Change, name string) bool {
	f := c.Kind.Field(name)
	return f != nil && f.Changes == resource.OwnCall
}

// isDerived reports whether a field follows from facts of the API.
func isDerived(c *resource.Change, name string) bool {
	f := c.Kind.Field(name)
	return f != nil && f.Need == resource.Derived
}

func (p *Plan) savedSiblings() []SavedSiblings {
	out := []SavedSiblings{}
	for id, members := range p.Siblings {
		saved := SavedSiblings{Kind: id.Kind, Parent: id.Parent.String(), Members: []SavedSibling{}}
		for _, m := range members {
			saved.Members = append(saved.Members, SavedSibling{m.Address.String(), m.Handle, m.LeftoverOf.String()})
		}
		out = append(out, saved)
	}
	slices.SortFunc(out, func(a, b SavedSiblings) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Parent, b.Parent))
	})
	return out
}

// savedRewrites are the values that the plan writes although they cannot be compared,
// and those that --write-sensitive forces and that are not available here.
func savedRewrites(in Input, p *Plan) []SavedRewrite {
	out := []SavedRewrite{}
	add := func(id resource.FieldID) {
		seal, found := in.Seals[id]
		rewrite := SavedRewrite{Address: id.Address.String(), Field: id.Name}
		if found && !(seal.Known && !seal.Same) {
			rewrite.Known, rewrite.Modified = true, seal.Modified
		}
		out = append(out, rewrite)
	}
	for _, c := range p.Changes {
		if c.Blocked != "" || c.Action != resource.Update {
			continue
		}
		for _, f := range c.Fields {
			if hidesField(c, f) && !f.HasBefore {
				add(resource.FieldID{Address: c.Address, Name: f.Name})
			}
		}
	}
	for _, f := range p.MayWrite {
		if slices.ContainsFunc(in.WriteSensitive, f.Address.Match) {
			add(f.FieldID)
		}
	}
	return out
}

// deployedForMayWrite are what has to be deployed if a value that may be written is: where
// the deployment fails, applying the plan again must make it.
func deployedForMayWrite(catalog *resource.Catalog, p *Plan) []string {
	var out []string
	for _, f := range p.MayWrite {
		for a := f.Address; p.Deploy && !a.IsZero(); a = a.Parent() {
			if kind := catalog.Kind(a.Kind()); kind != nil && kind.Deploy != nil {
				out = append(out, a.String())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Rewrites are the values that cannot be compared and that a saved plan may write: those
// that it writes, with what the ledger knew of them when it was made, and those that it
// may write, because they were not available.
type Rewrites struct {
	Planned map[resource.FieldID]Seal
	Maybe   map[resource.FieldID]bool
}
