package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The digest says what a plan may do, so that whoever approves it approves every value
// that an apply with the same digest can write. Two plans have the same digest if they
// are equal in
//
//   - the endpoint, the organisation, --deploy and settings.deploy;
//   - the changes: address, action, position, blocked or not, and the values of the
//     fields that may be shown;
//   - the fingerprints of what these changes touch, and the deployments that they
//     require;
//   - all selected declared values that are secret or cannot be read back, whether this
//     plan writes them or not: address, field, and where the value comes from. A value
//     that is written in the files is represented by a hash, which is printed nowhere;
//   - which of these values --write-sensitive forces.
//
// The declared values are all part of it because what is written of them is found out
// later, with secrets and a ledger that a reviewer need not have. For the same reason a
// change that only rewrites such values is no part of it, nor is what only such a
// change touches or deploys. So a plan that was made without the secrets has the same
// digest as one that was made with them.
//
// Also no part of it: environments that only wait for a deployment, resources that the
// plan does not touch, reasons, notes, positions in the files, times.

type digestedPlan struct {
	Endpoint, Organisation string
	Changes                []digestedChange
	Creates                []resource.Address `json:",omitempty"`
	Fingerprints           []Fingerprint
	Deploy                 bool
	DeployOnly             []string           `json:",omitzero"`
	Deployments            []resource.Address `json:",omitempty"`
	Values                 []digestedValue    `json:",omitempty"`
}

type digestedChange struct {
	Address  resource.Address
	Action   resource.Action
	Fields   []digestedField
	Position *resource.Place
	Blocked  bool
}

type digestedField struct {
	Name          string `json:"name"`
	Before, After any
}

// digestedValue is a declared value that an apply may write without a visible change:
// Source, or the Hash of what is written in the files.
type digestedValue struct {
	resource.FieldID
	Source *resource.Source `json:",omitempty"`
	Hash   string           `json:",omitempty"`
	Forced bool             `json:",omitempty"`
}

func (b *builder) digest(p *Plan) string {
	whole := digestedPlan{
		Endpoint: p.Endpoint, Organisation: p.Organisation.Handle,
		Deploy: p.Deploy, DeployOnly: patternTexts(b.Settings.Deploy), Values: b.digestedValues(),
	}
	for _, d := range p.Deployments {
		if d.Waits == "" && slices.ContainsFunc(d.Changes, func(c *resource.Change) bool { return !rewrites(c) }) {
			whole.Deployments = append(whole.Deployments, d.Address)
		}
	}
	rewritten, inside := map[resource.Address]bool{}, map[resource.Address]bool{}
	for _, c := range p.Changes {
		if rewrites(c) {
			rewritten[c.Address] = true
			continue
		}
		inside[c.Address] = true
		whole.Changes = append(whole.Changes, digestedChange{
			Address: c.Address, Action: c.Action, Fields: digestedFields(c), Position: c.Position, Blocked: c.Blocked != "",
		})
	}
	// A change that only rewrites may have a place among the others, so that their order
	// is no part of the digest; that of creates is, since the API appends.
	for _, c := range whole.Changes {
		if c.Action == resource.Create {
			whole.Creates = append(whole.Creates, c.Address)
		}
	}
	slices.SortStableFunc(whole.Changes, func(x, y digestedChange) int { return x.Address.Compare(y.Address) })
	slices.SortFunc(whole.Deployments, resource.Address.Compare)
	for _, f := range p.Fingerprints {
		if inside[f.Address] || !rewritten[f.Address] {
			whole.Fingerprints = append(whole.Fingerprints, f)
		}
	}
	return "sha256:" + hash(whole)
}

// digestedFields are the fields of a change that may be shown. Whether another one
// differs is only known if its value is available, and the names of those that a create
// sends.
func digestedFields(c *resource.Change) []digestedField {
	var fields []digestedField
	for _, f := range c.Fields {
		switch {
		case !hidesField(c, f):
			fields = append(fields, digestedField{f.Name, f.Before, f.After})
		case c.Action == resource.Create:
			fields = append(fields, digestedField{f.Name, resource.Hidden, resource.Hidden})
		}
	}
	return fields
}

// digestedValues are the declared values that may be written without a visible change,
// by address and field. With dependencies, an apply may write to any resource.
func (b *builder) digestedValues() []digestedValue {
	var values []digestedValue
	for _, r := range b.desired {
		if !b.Select.WithDependencies && !b.Select.Covers(r.Address) {
			continue
		}
		forced := slices.ContainsFunc(b.WriteSensitive, r.Address.Match)
		for i := range r.Kind.Fields {
			f := &r.Kind.Fields[i]
			value, declared := r.Fields[f.Name]
			if !declared || !r.IsMasked(f.Name) && !r.IsWriteOnly(f) {
				continue
			}
			out := digestedValue{FieldID: resource.FieldID{Address: r.Address, Name: f.Name}, Forced: forced}
			if source, sourced := r.SourceOf(f.Name); sourced {
				out.Source = &source
			} else {
				out.Hash = hash(resource.Revealed(value))
			}
			values = append(values, out)
		}
	}
	slices.SortStableFunc(values, func(x, y digestedValue) int {
		return x.Compare(y.FieldID)
	})
	return values
}

// hash is the SHA-256 of a value as JSON, in hexadecimal.
func hash(v any) string {
	sum := sha256.Sum256(jsonOf(v))
	return hex.EncodeToString(sum[:])
}

// jsonOf is a value of a plan as JSON.
func jsonOf(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic("plan: a value that cannot be written as JSON: " + err.Error())
	}
	return text
}
