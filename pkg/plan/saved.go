package plan

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// A saved plan is a file that contains what was requested, what it was compared with,
// and the result, so that exactly this can be applied later, on another machine,
// without the YAML:
//
//   - the declared state as far as the plan touches it. A masked value is saved as its
//     source (value_from), with a keyed hash if there is a ledger key; a secret that is
//     written in the files themselves cannot be saved;
//   - every change with what it was compared with (saved_changes.go);
//   - the plan as JSON, for readers.
//
// To apply it, the sources are resolved again, the resources that it touches are read
// again, and the plan is made again from the saved declarations. It is applied only if
// that is the rest of the saved plan (resume.go). The checksum covers the whole file, so
// that an edited or truncated one is detected.

// SavedVersion is the version of the format of saved plans. Another major version
// is refused.
const SavedVersion = "3.0"

// Saved is a plan in a file.
type Saved struct {
	FormatVersion string          `json:"format_version"`
	Checksum      string          `json:"checksum"`
	Digest        string          `json:"digest"`
	Endpoint      string          `json:"endpoint"`
	Organisation  SavedRef        `json:"organisation"`
	Declared      SavedState      `json:"declared"`
	Settings      SavedSettings   `json:"settings"`
	Changes       []SavedChange   `json:"changes"`
	Siblings      []SavedSiblings `json:"siblings"`
	Deployments   []string        `json:"deployments,omitempty"`
	NotDeployed   []string        `json:"not_deployed,omitempty"`
	Rewrites      []SavedRewrite  `json:"rewrites,omitempty"`
	MayWrite      []SavedRewrite  `json:"may_write,omitempty"`
	Existing      map[string]int  `json:"existing,omitempty"`
	Plan          json.RawMessage `json:"plan"`
}

// SavedRef is a name and an id.
type SavedRef struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// SavedSettings are the input of the plan besides the declarations.
type SavedSettings struct {
	Prune         []string       `json:"prune,omitempty"`
	Protect       []string       `json:"protect,omitempty"`
	Moved         []SavedMove    `json:"moved,omitempty"`
	DeletePercent *int           `json:"delete_percent,omitempty"`
	DeleteCount   *int           `json:"delete_count,omitempty"`
	Ledger        string         `json:"ledger,omitempty"`
	AllowDestroy  []string       `json:"allow_destroy,omitempty"`
	AllowCreate   []string       `json:"allow_create,omitempty"`
	AllowEmpty    []string       `json:"allow_empty,omitempty"`
	Removed       []SavedRemoved `json:"removed,omitempty"`
	Deploy        bool           `json:"deploy,omitempty"`
	DeployOnly    []string       `json:"deploy_only,omitzero"`
}

// SavedMove is a moved entry.
type SavedMove struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// SavedRemoved is an entry under removed.
type SavedRemoved struct {
	Address string `json:"address"`
	ID      string `json:"id,omitempty"`
}

// SavedState is a declared state.
type SavedState struct {
	Collections []SavedCollection `json:"collections"`
	Resources   []SavedResource   `json:"resources"`
}

// SavedCollection is a declared collection.
type SavedCollection struct {
	Kind    string `json:"kind"`
	Parent  string `json:"parent,omitempty"`
	Ordered bool   `json:"ordered,omitempty"`
}

// SavedResource is a declared resource. Values of references are names.
type SavedResource struct {
	Address string                 `json:"address"`
	Fields  map[string]any         `json:"fields"`
	Sources map[string]SavedSource `json:"sources,omitempty"`
	Source  *diag.Position         `json:"source,omitempty"`
	// Withheld are fields with a secret value that the plan does not write.
	Withheld []string `json:"withheld,omitempty"`
}

// SavedSource is the source of a masked value. Dir is the folder that a file or program
// is relative to; HMAC is the keyed hash of the value, if there was a key.
type SavedSource struct {
	resource.Source
	Dir  string `json:"dir,omitempty"`
	HMAC string `json:"hmac,omitempty"`
}

// Save makes the saved form of a plan from its input. seal returns the keyed hash of a
// masked value, or "". rendered is the plan as JSON.
func Save(in Input, p *Plan, seal func(resource.FieldID, resource.Secret) string, rendered []byte) ([]byte, error) {
	s := Saved{
		FormatVersion: SavedVersion, Digest: p.Digest, Endpoint: p.Endpoint,
		Organisation: SavedRef{p.Organisation.Name, p.Organisation.Handle},
		Settings: SavedSettings{
			Prune:         slices.Concat(in.Settings.Prune, in.Prune),
			DeletePercent: in.Settings.DeletePercent, DeleteCount: in.Settings.DeleteCount,
			Ledger:       in.Settings.Ledger,
			AllowDestroy: texts(in.AllowDestroy), AllowCreate: texts(in.AllowCreate), AllowEmpty: collectionTexts(in.AllowEmpty), Deploy: in.Deploy, DeployOnly: patternTexts(in.Settings.Deploy),
		},
		Changes: []SavedChange{}, Siblings: p.savedSiblings(), Rewrites: savedRewrites(in, p),
		Existing: map[string]int{}, Plan: bytes.TrimSpace(rendered),
	}
	for _, pattern := range in.Settings.Protect {
		s.Settings.Protect = append(s.Settings.Protect, pattern.Pattern.String())
	}
	for _, entry := range in.Settings.Removed {
		s.Settings.Removed = append(s.Settings.Removed, SavedRemoved{entry.Address.String(), entry.ID})
	}
	for _, m := range in.Settings.Moved {
		s.Settings.Moved = append(s.Settings.Moved, SavedMove{m.From.String(), m.To.String()})
	}
	for _, c := range p.Changes {
		s.Changes = append(s.Changes, saveChange(c))
		if c.Action == resource.Delete {
			s.Existing[c.Kind.Name] = declaredMembers(in.Desired, in.Current, c.Kind)
		}
	}
	for _, d := range p.Deployments {
		if d.Waits != "" && p.Deploy {
			s.NotDeployed = append(s.NotDeployed, d.Address.String())
		} else {
			s.Deployments = append(s.Deployments, d.Address.String())
		}
	}
	for _, a := range deployedForMayWrite(in.Catalog, p) {
		if !slices.Contains(s.NotDeployed, a) && !slices.Contains(s.Deployments, a) {
			s.Deployments = append(s.Deployments, a)
		}
	}
	for _, f := range p.MayWrite {
		s.MayWrite = append(s.MayWrite, SavedRewrite{Address: f.Address.String(), Field: f.Name})
	}
	var err error
	if s.Declared, err = saveState(in, p, seal); err != nil {
		return nil, err
	}
	if s.Checksum, err = s.sum(); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

func saveState(in Input, p *Plan, seal func(resource.FieldID, resource.Secret) string) (SavedState, error) {
	desired := in.Desired
	out := SavedState{Collections: []SavedCollection{}, Resources: []SavedResource{}}
	for id, c := range desired.Collections {
		out.Collections = append(out.Collections, SavedCollection{Kind: id.Kind, Parent: id.Parent.String(), Ordered: c.Ordered})
	}
	slices.SortFunc(out.Collections, func(a, b SavedCollection) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Parent, b.Parent))
	})
	// A value that is masked on either side of a pair is not saved.
	changed, masked := map[resource.FieldID]bool{}, map[resource.FieldID]bool{}
	for _, c := range p.Changes {
		for _, f := range c.Fields {
			changed[resource.FieldID{Address: c.Address, Name: f.Name}] = c.Blocked == ""
			masked[resource.FieldID{Address: c.Address, Name: f.Name}] = f.Masked
		}
	}
	for _, r := range in.Current.Resources {
		for _, f := range r.Kind.Fields {
			if r.IsMasked(f.Name) {
				masked[resource.FieldID{Address: r.Address, Name: f.Name}] = true
			}
		}
	}
	for _, m := range in.Settings.Moved {
		for _, r := range in.Current.Resources {
			for _, f := range r.Kind.Fields {
				if r.Address == m.From && r.IsMasked(f.Name) {
					masked[resource.FieldID{Address: m.To, Name: f.Name}] = true
				}
			}
		}
	}
	var problems diag.List
	for _, r := range desired.Resources {
		saved := SavedResource{Address: r.Address.String(), Fields: map[string]any{}, Sources: map[string]SavedSource{}}
		if !r.At.IsZero() {
			at := r.At
			saved.Source = &at
		}
		for name, value := range r.Fields {
			source, sourced := r.Sources[name]
			unresolved, raw := value.(resource.Source)
			switch {
			case raw:
				saved.Sources[name] = SavedSource{Source: unresolved, Dir: unresolved.Dir}
			case sourced:
				hidden := SavedSource{Source: source, Dir: source.Dir}
				if secret, ok := value.(resource.Secret); ok {
					hidden.HMAC = seal(resource.FieldID{Address: r.Address, Name: name}, secret)
				}
				saved.Sources[name] = hidden
			case r.IsMasked(name) || masked[resource.FieldID{Address: r.Address, Name: name}]:
				switch writes, planned := changed[resource.FieldID{Address: r.Address, Name: name}]; {
				case planned && !writes: // it is blocked, and must be blocked again
					saved.Withheld = append(saved.Withheld, name)
				case writes:
					problems = append(problems, diag.Diagnostic{
						At:      fieldAt(r, name),
						Message: fmt.Sprintf("%s of %s is written in the file, but a saved plan must not contain secrets", name, r.Address),
						Hint:    "use value_from, or apply without a saved plan",
					})
				}
			default:
				saved.Fields[name] = plain(value)
			}
		}
		slices.Sort(saved.Withheld)
		out.Resources = append(out.Resources, saved)
	}
	problems.Sort()
	return out, problems.Err()
}

func plain(v resource.Value) any {
	if ref, ok := v.(resource.Ref); ok {
		return ref.Name
	}
	return v
}

// sum is the checksum over everything else.
func (s Saved) sum() (string, error) {
	s.Checksum = ""
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("save the plan: %w", err)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// ErrNotAPlan is a file that is not a saved plan, or incomplete, or of a newer format.
var ErrNotAPlan = errors.New("not a saved plan of this version of divioctl")

// ParseSaved parses a saved plan.
func ParseSaved(text []byte) (*Saved, error) {
	var version struct {
		Format *string `json:"format_version"`
	}
	switch err := json.Unmarshal(text, &version); {
	case err != nil:
		return nil, fmt.Errorf("%w: invalid or truncated JSON", ErrNotAPlan)
	case version.Format == nil:
		return nil, fmt.Errorf("%w: another JSON document", ErrNotAPlan)
	case *version.Format != SavedVersion:
		return nil, fmt.Errorf("%w: it has the format version %q, expected %s", ErrNotAPlan, *version.Format, SavedVersion)
	}
	var s Saved
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&s)
	sum, sumErr := s.sum()
	if err != nil || sumErr != nil || sum != s.Checksum {
		return nil, fmt.Errorf("%w: it was modified after it was written", ErrNotAPlan)
	}
	return &s, nil
}

// Input returns the input for making the plan again; Current and the handles of a
// client are missing.
func (s *Saved) Input(catalog *resource.Catalog) (Input, error) {
	r := reopening{catalog: catalog}
	state := &resource.State{
		Organisation: resource.Ref{Name: s.Organisation.ID},
		Collections:  map[resource.CollectionID]resource.Collection{},
	}
	for _, c := range s.Declared.Collections {
		id := resource.CollectionID{Kind: c.Kind}
		if c.Parent != "" {
			id.Parent = r.address(c.Parent)
		}
		state.Collections[id] = resource.Collection{Ordered: c.Ordered}
	}
	for _, saved := range s.Declared.Resources {
		if a := r.address(saved.Address); !a.IsZero() {
			state.Resources = append(state.Resources, saved.resource(catalog.Kind(a.Kind()), a))
		}
	}
	in := Input{
		Catalog: catalog, Desired: state, Endpoint: s.Endpoint, Deploy: s.Settings.Deploy, Existing: s.Existing,
		Prune: s.Settings.Prune, AllowDestroy: r.addresses(s.Settings.AllowDestroy), AllowCreate: r.addresses(s.Settings.AllowCreate), AllowEmpty: r.collections(s.Settings.AllowEmpty),
		Settings: resource.Settings{DeletePercent: s.Settings.DeletePercent, DeleteCount: s.Settings.DeleteCount, Ledger: s.Settings.Ledger, Deploy: r.patterns(s.Settings.DeployOnly)},
		Select:   r.selection(s), Rewrites: &Rewrites{Planned: map[resource.FieldID]Seal{}, Maybe: map[resource.FieldID]bool{}},
	}
	for _, rewrite := range s.Rewrites {
		id := resource.FieldID{Address: r.address(rewrite.Address), Name: rewrite.Field}
		in.Rewrites.Planned[id] = Seal{Known: rewrite.Known, Same: rewrite.Known, Modified: rewrite.Modified}
	}
	for _, may := range s.MayWrite {
		in.Rewrites.Maybe[resource.FieldID{Address: r.address(may.Address), Name: may.Field}] = true
	}
	for _, pattern := range r.patterns(s.Settings.Protect) {
		in.Settings.Protect = append(in.Settings.Protect, resource.Protect{Pattern: pattern})
	}
	for _, entry := range s.Settings.Removed {
		in.Settings.Removed = append(in.Settings.Removed, resource.Removed{Address: r.address(entry.Address), ID: entry.ID})
	}
	for _, m := range s.Settings.Moved {
		in.Settings.Moved = append(in.Settings.Moved, resource.Moved{From: r.address(m.From), To: r.address(m.To)})
	}
	return in, r.err
}

// selection is exactly what the plan changes, deploys and may write. An empty one must
// not mean everything: the list is never nil.
func (r *reopening) selection(s *Saved) Selection {
	out := Selection{Exactly: []resource.Address{}, Deployed: r.addresses(s.Deployments), NotDeployed: r.addresses(s.NotDeployed)}
	for _, c := range s.Changes {
		a := r.address(c.Address)
		out.Exactly = append(out.Exactly, a)
		if !c.Blocked && slices.Contains(out.Deployed, a) {
			out.Changed = append(out.Changed, a)
		}
		switch id := (resource.CollectionID{Kind: a.Kind(), Parent: a.Parent()}); {
		case c.Blocked:
		case c.Action == resource.Delete:
			out.Deleted = append(out.Deleted, c.ID)
		case c.Action == resource.Move && !slices.Contains(out.Ordered, id):
			out.Ordered = append(out.Ordered, id)
		}
	}
	for _, may := range s.MayWrite {
		if a := r.address(may.Address); !slices.Contains(out.Exactly, a) {
			out.Exactly = append(out.Exactly, a)
		}
	}
	return out
}

func (s *SavedResource) resource(kind *resource.Kind, a resource.Address) *resource.Resource {
	r := &resource.Resource{Kind: kind, Address: a, Parent: a.Parent(), Key: a.Key(),
		Fields: map[string]resource.Value{}, FieldAt: map[string]diag.Position{}}
	if s.Source != nil {
		r.At = *s.Source
	}
	for name, value := range s.Fields {
		f := kind.Field(name)
		if f == nil {
			continue
		}
		if name, text := value.(string); text && f.Type == resource.Reference {
			r.Fields[f.Name] = resource.Ref{Name: name}
			continue
		}
		r.Fields[name] = f.Normal(value)
	}
	for _, name := range s.Withheld {
		r.Fields[name], r.FieldAt[name] = resource.NewSecret(""), r.At
	}
	for name, source := range s.Sources {
		source.Source.Dir = source.Dir
		r.Fields[name] = source.Source
		r.FieldAt[name] = r.At
	}
	return r
}
