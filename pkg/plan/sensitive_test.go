package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

var apple = at("fruit.b/apple")

// When a value that cannot be read is written, and what is said of it otherwise.
func TestSensitive(t *testing.T) {
	source := resource.Source{Env: "APPLE"}
	seal := func(same, known bool, modified string) map[resource.FieldID]plan.Seal {
		return map[resource.FieldID]plan.Seal{{Address: apple, Name: "secret"}: {Same: same, Known: known, Modified: modified}}
	}
	const written, uncompared, mayWrite, equal = "written", "uncompared", "may be written", "equal"
	for name, c := range map[string]struct {
		value resource.Value
		seals map[resource.FieldID]plan.Seal
		asked []string
		want  string
	}{
		"no ledger":                        {resource.NewSecret("a"), nil, nil, uncompared},
		"not in the ledger":                {resource.NewSecret("a"), map[resource.FieldID]plan.Seal{}, nil, uncompared},
		"without the key":                  {resource.NewSecret("a"), seal(false, false, "monday"), nil, uncompared},
		"as it was":                        {resource.NewSecret("a"), seal(true, true, "monday"), nil, equal},
		"as it was, at an unknown date":    {resource.NewSecret("a"), seal(true, true, ""), nil, equal},
		"another value":                    {resource.NewSecret("a"), seal(false, true, "monday"), nil, written},
		"changed by somebody":              {resource.NewSecret("a"), seal(true, true, "sunday"), nil, written},
		"asked for":                        {resource.NewSecret("a"), nil, []string{"fruit.b/*"}, written},
		"asked for another":                {resource.NewSecret("a"), nil, []string{"fruit.b/pear"}, uncompared},
		"empty and asked for":              {resource.NewSecret(""), nil, []string{"**"}, uncompared},
		"empty, and another value":         {resource.NewSecret(""), seal(false, true, "monday"), nil, uncompared},
		"empty text":                       {"", seal(false, true, "monday"), []string{"**"}, uncompared},
		"not available":                    {source, nil, nil, uncompared},
		"not available, asked for":         {source, nil, []string{"**"}, mayWrite},
		"not available, in the ledger":     {source, seal(false, false, "monday"), nil, mayWrite},
		"not available, not in the ledger": {source, map[resource.FieldID]plan.Seal{}, nil, uncompared},
	} {
		t.Run(name, func(t *testing.T) {
			desired, current := state("basket.b", "fruit.b/apple"), state("basket.b", "fruit.b/apple")
			for _, w := range []*world{desired, current} {
				w.state.Resources[1].Kind.Modified = "date"
			}
			desired.state.Resources[1].Fields["secret"] = c.value
			current.state.Resources[1].Facts["date"] = "monday"
			p, err := plan.Make(plan.Input{
				Catalog: toyKinds(), Desired: &desired.state, Current: &current.state, Seals: c.seals, WriteSensitive: patterns(c.asked...),
				Declared: &state("basket.b", "fruit.b/apple secret=a", "fruit.b/pear secret=p").state,
			})
			if err != nil {
				t.Fatal(err)
			}
			field := []plan.Field{{FieldID: resource.FieldID{Address: apple, Name: "secret"}, Masked: true}}
			got := equal
			switch {
			case len(p.Changes) == 1 && p.Changes[0].Action == resource.Update && p.Changes[0].Reason != "":
				got = written
			case len(p.Changes) > 0:
				got = fmt.Sprint(p.Changes)
			case cmp.Equal(p.MayWrite, field) && cmp.Equal(p.Uncompared, field):
				got = mayWrite
			case cmp.Equal(p.Uncompared, field) && len(p.MayWrite) == 0:
				got = uncompared
			}
			if got != c.want {
				t.Errorf("%s, want %s (%+v)", got, c.want, p.Notes)
			}
		})
	}
}

// A masked value is a secret on both sides of a change, whichever side says so, and
// no fingerprint is taken of it.
func TestMaskedOnBothSides(t *testing.T) {
	hash := map[string]string{}
	for _, old := range []string{"green", "yellow"} {
		desired, current := state("basket.b", "fruit.b/apple"), state("basket.b", "fruit.b/apple colour="+old)
		desired.state.Resources[1].Fields["colour"] = resource.NewSecret("red")
		p, err := plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state})
		if err != nil {
			t.Fatal(err)
		}
		f := p.Changes[0].Field("colour")
		if _, secret := f.Before.(resource.Secret); !secret || !f.Masked {
			t.Errorf("the value before is shown: %+v", f)
		}
		if _, secret := p.Changes[0].Before.Fields["colour"].(resource.Secret); !secret {
			t.Errorf("the resource before is shown: %+v", p.Changes[0].Before.Fields)
		}
		if _, kept := current.state.Resources[1].Fields["colour"].(string); !kept {
			t.Error("the input was changed")
		}
		hash[p.Fingerprints[0].Hash] = old
	}
	if len(hash) != 1 {
		t.Error("the fingerprint depends on a masked value: whoever has it can try guesses")
	}
}

// TestDigestNeedsNoSecrets: a plan has the digest that it has with the secrets at
// hand, or with others, whatever the ledger knows.
func TestDigestNeedsNoSecrets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"apple", "pear", "plum", "kiwi"}
		line := func(side, name string) string {
			text := "fruit.b/" + name
			for _, choice := range [][]string{{"ripe=true", "ripe=false"}, {"notes=a", "notes=b"}, {"colour=red", "colour=green"}} {
				if rapid.Bool().Draw(t, side+name) {
					text += " " + rapid.SampledFrom(choice).Draw(t, side+name)
				}
			}
			return text
		}
		drawn := func(side string) []string {
			lines := []string{"basket.b"}
			order := rapid.Permutation(names).Draw(t, side)
			for _, name := range order[:rapid.IntRange(0, len(names)).Draw(t, side+" number")] {
				lines = append(lines, line(side, name))
			}
			return lines
		}
		declared, there := drawn("declared"), drawn("there")
		masked := map[string]bool{}
		for _, name := range names {
			masked["fruit.b/"+name+" colour"] = rapid.Bool().Draw(t, "masked colour of "+name)
			masked["fruit.b/"+name+" secret"] = rapid.Bool().Draw(t, "secret of "+name)
		}
		moved := []resource.Moved{}
		if rapid.Bool().Draw(t, "moved") {
			moved = append(moved, resource.Moved{From: at("fruit.b/apple"), To: at("fruit.b/pear")})
		}
		ordered := rapid.Bool().Draw(t, "ordered")
		prune := rapid.SampledFrom([][]string{nil, {"fruits"}}).Draw(t, "prune")

		digest := func(value func(resource.Address) resource.Value, asked []string, seals map[resource.FieldID]plan.Seal) string {
			desired, current := state(declared...), state(there...)
			if ordered {
				desired.ordered("fruit.b")
			}
			for _, r := range desired.state.Resources {
				for _, field := range []string{"colour", "secret"} {
					if masked[r.Address.String()+" "+field] {
						r.Fields[field] = value(r.Address)
						r.Sources = map[string]resource.Source{"colour": {Env: r.Address.String()}, "secret": {Env: r.Address.String()}}
					}
				}
			}
			p, err := plan.Make(plan.Input{
				Catalog: toyKinds(), Desired: &desired.state, Current: &current.state, Prune: prune,
				Settings: resource.Settings{Moved: moved}, WriteSensitive: patterns(asked...), Seals: seals,
			})
			if err != nil {
				return err.Error()
			}
			return p.Digest
		}
		absent := func(a resource.Address) resource.Value { return resource.Source{Env: a.String()} }
		for range 4 {
			asked := rapid.SampledFrom([][]string{nil, {"**"}}).Draw(t, "asked")
			want := digest(absent, asked, nil)
			value := absent
			if rapid.IntRange(0, 3).Draw(t, "available") > 0 {
				text := rapid.SampledFrom([]string{"red", "green", "blue"}).Draw(t, "value")
				value = func(resource.Address) resource.Value { return resource.NewSecret(text) }
			}
			seals := map[resource.FieldID]plan.Seal{}
			for _, name := range names {
				if rapid.Bool().Draw(t, "sealed") {
					seals[resource.FieldID{Address: at("fruit.b/" + name), Name: "secret"}] = plan.Seal{Known: rapid.Bool().Draw(t, "known"), Same: rapid.Bool().Draw(t, "same")}
				}
			}
			if got := digest(value, asked, seals); got != want {
				t.Fatalf("digest %s, without the values %s", got, want)
			}
		}
	})
}

// A reviewed digest does not let another secret be written than the one that was
// reviewed: not by a create or a replacement, nor later, by an update whose need only
// an apply finds out.
func TestDigestCoversSources(t *testing.T) {
	digest := func(there string, value resource.Value, source resource.Source, asked ...string) string {
		desired, current := state("basket.b", "fruit.b/apple ripe=true"), state("basket.b", there)
		apple := desired.state.Resources[1]
		apple.Fields["secret"] = value
		if source.Env+source.File != "" {
			apple.Sources = map[string]resource.Source{"secret": source}
		}
		p, err := plan.Make(plan.Input{
			Catalog: toyKinds(), Desired: &desired.state, Current: &current.state, WriteSensitive: patterns(asked...),
			Declared: &state("basket.b", "fruit.b/apple secret=x", "fruit.b/plum secret=x").state,
		})
		if err != nil {
			t.Fatal(err)
		}
		return p.Digest
	}
	secret, written := resource.NewSecret("the same"), resource.Source{}
	safe := resource.Source{Env: "SAFE"}
	// A create, a replacement, an update, and nothing else to do.
	for _, there := range []string{"fruit.b/other", "fruit.b/apple ripe=false", "fruit.b/apple ripe=true notes=x", "fruit.b/apple ripe=true"} {
		known := digest(there, secret, safe)
		for name, other := range map[string]string{
			"the source":          digest(there, secret, resource.Source{Env: "CLOUD_KEY"}),
			"the sort of source":  digest(there, secret, resource.Source{File: "SAFE"}),
			"a value in the file": digest(there, secret, written),
			"--write-sensitive":   digest(there, secret, safe, "fruit.b/apple"),
		} {
			if other == known {
				t.Errorf("%s: the digest does not depend on %s", there, name)
			}
		}
		if digest(there, secret, written) == digest(there, resource.NewSecret("another"), written) {
			t.Errorf("%s: the digest does not depend on a value that is written in the file", there)
		}
		if digest(there, secret, resource.Source{File: "a", Dir: "x"}) != digest(there, secret, resource.Source{File: "a", Dir: "y"}) {
			t.Errorf("%s: the digest depends on where divioctl runs", there)
		}
		if digest(there, secret, safe) != digest(there, safe, safe) {
			t.Errorf("%s: the digest depends on whether the value is available", there)
		}
		if digest(there, secret, safe) != digest(there, secret, safe, "fruit.b/plum") {
			t.Errorf("%s: the digest depends on a pattern that forces nothing", there)
		}
	}
}

// What is blocked and masked is outside as well.
func TestDigestOfBlockedMaskedChange(t *testing.T) {
	digest := func(value resource.Value) string {
		desired, current := state("basket.b size=xx", "fruit.b/apple colour=x"), state("basket.b size=x locked", "fruit.b/apple colour=red")
		apple := desired.state.Resources[1]
		apple.Fields["colour"] = value
		apple.Masked = map[string]bool{"colour": true}
		apple.Sources = map[string]resource.Source{"colour": {Env: "C"}}
		p, err := plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state})
		if err != nil {
			t.Fatal(err)
		}
		return p.Digest
	}
	if digest(resource.NewSecret("green")) != digest(resource.Source{Env: "C"}) {
		t.Error("a blocked change of a masked value changes the digest")
	}
}
