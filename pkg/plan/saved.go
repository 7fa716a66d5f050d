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

// A saved plan is a file that holds what was asked for, what it was compared with,
// and what came out, so that exactly this can be applied later, elsewhere, without
// the YAML:
//
//   - the declared state as far as the plan touches it. A masked value is held as
//     its source (value_from), with a keyed hash where there is a ledger key; a
//     secret that stands in the files themselves cannot be saved;
//   - a fingerprint of every remote resource that the plan touches;
//   - the plan as JSON, for readers.
//
// To apply it, the sources are resolved again, what it touches is read again, and
// the plan is made again from the saved declarations. Only when that is the same
// plan (the same digest), against the same resources (the same fingerprints), is
// it applied; else it is stale, and what moved is named (stale.go). The checksum is
// over the whole file, so that an edited or cut one is noticed.

// SavedVersion is the version of the format of saved plans. Another major version
// is refused.
const SavedVersion = "1.0"

// Saved is a plan in a file.
type Saved struct {
	FormatVersion string             `json:"format_version"`
	Checksum      string             `json:"checksum"`
	Digest        string             `json:"digest"`
	Endpoint      string             `json:"endpoint"`
	Organisation  SavedRef           `json:"organisation"`
	Declared      SavedState         `json:"declared"`
	Settings      SavedSettings      `json:"settings"`
	Selected      []resource.Address `json:"selected"`
	Touches       []Fingerprint      `json:"touches"`
	Rewrites      []string           `json:"rewrites,omitempty"`
	MayWrite      []resource.Address `json:"may_write,omitempty"`
	Existing      map[string]int     `json:"existing,omitempty"`
	Plan          json.RawMessage    `json:"plan"`
}

// SavedRef names something by name and id.
type SavedRef struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// SavedSettings are what decided about the plan besides the declarations.
type SavedSettings struct {
	Prune         []string           `json:"prune,omitempty"`
	Protect       []string           `json:"protect,omitempty"`
	Moved         []SavedMove        `json:"moved,omitempty"`
	DeletePercent *int               `json:"delete_percent,omitempty"`
	DeleteCount   *int               `json:"delete_count,omitempty"`
	Ledger        string             `json:"ledger,omitempty"`
	AllowDestroy  []resource.Address `json:"allow_destroy,omitempty"`
	Deploy        bool               `json:"deploy,omitempty"`
}

// SavedMove is a moved entry.
type SavedMove struct {
	From resource.Address `json:"from"`
	To   resource.Address `json:"to"`
}

// SavedState is a declared state.
type SavedState struct {
	Collections []SavedCollection `json:"collections"`
	Resources   []SavedResource   `json:"resources"`
}

// SavedCollection is a declared collection.
type SavedCollection struct {
	Kind    string           `json:"kind"`
	Parent  resource.Address `json:"parent,omitempty"`
	Ordered bool             `json:"ordered,omitempty"`
}

// SavedResource is a declared resource. Values of references are names.
type SavedResource struct {
	Address resource.Address       `json:"address"`
	Parent  resource.Address       `json:"parent,omitempty"`
	Key     string                 `json:"key"`
	Fields  map[string]any         `json:"fields"`
	Sources map[string]SavedSource `json:"sources,omitempty"`
	Source  *diag.Position         `json:"source,omitempty"`
}

// SavedSource is where a masked value comes from. Dir is the folder that a file or
// program is relative to; HMAC is the keyed hash of the value, if there was a key.
type SavedSource struct {
	resource.Source
	Dir  string `json:"dir,omitempty"`
	HMAC string `json:"hmac,omitempty"`
}

// Save makes the saved form of a plan from what it was made of. seal gives the
// keyed hash of a masked value, or "". rendered is the plan as JSON.
func Save(in Input, p *Plan, seal func(resource.Address, resource.Secret) string, rendered []byte) ([]byte, error) {
	s := Saved{
		FormatVersion: SavedVersion, Digest: p.Digest, Endpoint: p.Endpoint,
		Organisation: SavedRef{p.Organisation.Name, p.Organisation.Handle},
		Settings: SavedSettings{
			Prune:         slices.Concat(in.Settings.Prune, in.Prune),
			DeletePercent: in.Settings.DeletePercent, DeleteCount: in.Settings.DeleteCount,
			Ledger:       in.Settings.Ledger,
			AllowDestroy: in.AllowDestroy, Deploy: in.Deploy,
		},
		Selected: []resource.Address{}, Touches: append([]Fingerprint{}, p.Fingerprints...),
		Existing: map[string]int{}, Plan: bytes.TrimSpace(rendered),
	}
	for _, pattern := range in.Settings.Protect {
		s.Settings.Protect = append(s.Settings.Protect, pattern.Pattern)
	}
	for _, m := range in.Settings.Moved {
		s.Settings.Moved = append(s.Settings.Moved, SavedMove{m.From, m.To})
	}
	for _, c := range p.Changes {
		if !slices.Contains(s.Selected, c.Address) {
			s.Selected = append(s.Selected, c.Address)
		}
		if writesUncompared(c) && c.Blocked == "" {
			s.Rewrites = append(s.Rewrites, string(c.Address))
		}
		if c.Action == resource.Delete {
			s.Existing[c.Kind.Name] = declaredMembers(in.Desired, in.Current, c.Kind)
		}
	}
	for _, f := range p.MayWrite {
		if slices.ContainsFunc(in.WriteSensitive, f.Address.Match) {
			s.Rewrites = append(s.Rewrites, string(f.Address))
		}
		if !slices.Contains(s.MayWrite, f.Address) {
			s.MayWrite = append(s.MayWrite, f.Address)
		}
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

func saveState(in Input, p *Plan, seal func(resource.Address, resource.Secret) string) (SavedState, error) {
	desired := in.Desired
	out := SavedState{Collections: []SavedCollection{}, Resources: []SavedResource{}}
	for id, c := range desired.Collections {
		out.Collections = append(out.Collections, SavedCollection{Kind: id.Kind, Parent: id.Parent, Ordered: c.Ordered})
	}
	slices.SortFunc(out.Collections, func(a, b SavedCollection) int { return cmp.Compare(a.Kind+string(a.Parent), b.Kind+string(b.Parent)) })
	// A value that is masked on either side of a pair is no value to save.
	changed, masked := map[Field]bool{}, map[Field]bool{}
	for _, c := range p.Changes {
		for _, f := range c.Fields {
			changed[Field{Address: c.Address, Name: f.Name}] = c.Blocked == ""
			masked[Field{Address: c.Address, Name: f.Name}] = f.Sensitive
		}
	}
	for _, r := range in.Current.Resources {
		for _, f := range r.Kind.Fields {
			if r.Secretive(f.Name) {
				masked[Field{Address: r.Address, Name: f.Name}] = true
			}
		}
	}
	var problems diag.List
	for _, r := range desired.Resources {
		saved := SavedResource{Address: r.Address, Parent: r.Parent, Key: r.Key, Fields: map[string]any{}, Sources: map[string]SavedSource{}}
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
					hidden.HMAC = seal(r.Address, secret)
				}
				saved.Sources[name] = hidden
			case r.Secretive(name) || masked[Field{Address: r.Address, Name: name}]:
				if changed[Field{Address: r.Address, Name: name}] {
					problems = append(problems, diag.Diagnostic{
						At:      fieldAt(r, name),
						Message: fmt.Sprintf("%s of %s stands in the file, and a saved plan holds no secret", name, r.Address),
						Hint:    "take it from elsewhere with value_from, or apply without a saved plan",
					})
				}
			default:
				saved.Fields[name] = plain(value)
			}
		}
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

// ErrNotAPlan is a file that is no saved plan, or no whole one, or of a newer
// format.
var ErrNotAPlan = errors.New("not a saved plan of this version of divioctl")

// Open reads a saved plan.
func Open(text []byte) (*Saved, error) {
	var version struct {
		Format *string `json:"format_version"`
	}
	switch err := json.Unmarshal(text, &version); {
	case err != nil:
		return nil, fmt.Errorf("%w: it is cut off or no JSON", ErrNotAPlan)
	case version.Format == nil:
		return nil, fmt.Errorf("%w: it is some other JSON", ErrNotAPlan)
	case *version.Format != SavedVersion:
		return nil, fmt.Errorf("%w: it has the format version %q, and this is %s", ErrNotAPlan, *version.Format, SavedVersion)
	}
	var s Saved
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&s)
	sum, sumErr := s.sum()
	if err != nil || sumErr != nil || sum != s.Checksum {
		return nil, fmt.Errorf("%w: it was changed after it was written", ErrNotAPlan)
	}
	return &s, nil
}

// Input gives what to make the plan from again; Current and the handles of a
// client are missing.
func (s *Saved) Input(kinds []*resource.Kind) (Input, error) {
	byName := map[string]*resource.Kind{}
	for _, k := range kinds {
		byName[k.Name] = k
	}
	state := &resource.State{
		Organisation: resource.Ref{Name: s.Organisation.ID},
		Collections:  map[resource.CollectionID]resource.Collection{},
	}
	for _, c := range s.Declared.Collections {
		state.Collections[resource.CollectionID{Parent: c.Parent, Kind: c.Kind}] = resource.Collection{Ordered: c.Ordered}
	}
	for _, saved := range s.Declared.Resources {
		kind := byName[saved.Address.Kind()]
		if kind == nil {
			return Input{}, fmt.Errorf("%w: it declares %s, which this version does not know", ErrNotAPlan, saved.Address)
		}
		state.Resources = append(state.Resources, saved.resource(kind))
	}
	in := Input{
		Kinds: kinds, Desired: state, Endpoint: s.Endpoint, Deploy: s.Settings.Deploy, Existing: s.Existing,
		Prune: s.Settings.Prune, AllowDestroy: s.Settings.AllowDestroy, WriteSensitive: s.Rewrites,
		Settings: resource.Settings{DeletePercent: s.Settings.DeletePercent, DeleteCount: s.Settings.DeleteCount, Ledger: s.Settings.Ledger},
		// Nothing selected is not everything: the list is never nil.
		Select: Selection{Exactly: append(append([]resource.Address{}, s.Selected...), s.MayWrite...)},
	}
	for _, pattern := range s.Settings.Protect {
		in.Settings.Protect = append(in.Settings.Protect, resource.Protect{Pattern: pattern})
	}
	for _, m := range s.Settings.Moved {
		in.Settings.Moved = append(in.Settings.Moved, resource.Moved{From: m.From, To: m.To})
	}
	return in, nil
}

func (s *SavedResource) resource(kind *resource.Kind) *resource.Resource {
	r := &resource.Resource{Kind: kind, Address: s.Address, Parent: s.Parent, Key: s.Key,
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
	for name, source := range s.Sources {
		source.Source.Dir = source.Dir
		r.Fields[name] = source.Source
		r.FieldAt[name] = r.At
	}
	return r
}
