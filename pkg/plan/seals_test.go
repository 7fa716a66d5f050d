package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The two fields of a till are known to the ledger each on its own.
func TestSealsByField(t *testing.T) {
	till := marketAt("till.t")
	user, code := resource.FieldID{Address: till, Name: "user"}, resource.FieldID{Address: till, Name: "code"}
	same, other := plan.Seal{Known: true, Same: true, Modified: "monday"}, plan.Seal{Known: true, Modified: "monday"}
	const another = "because till.t: according to the ledger, another value was written last"
	for _, test := range []struct {
		name    string
		desired string
		seals   map[resource.FieldID]plan.Seal
		asked   []string
		want    []string
	}{
		{"both are as they were", "till.t user=ann code=(1234)", map[resource.FieldID]plan.Seal{user: same, code: same}, nil, nil},
		{
			"the code is another one", "till.t user=ann code=(1234)", map[resource.FieldID]plan.Seal{user: same, code: other}, nil,
			[]string{"update till.t code=***", another},
		},
		{
			"the user is another one, who may be shown", "till.t user=ann code=(1234)", map[resource.FieldID]plan.Seal{user: other, code: same}, nil,
			[]string{`update till.t user=null→"ann"`, another},
		},
		{
			"both are others", "till.t user=ann code=(1234)", map[resource.FieldID]plan.Seal{user: other, code: other}, nil,
			[]string{`update till.t user=null→"ann" code=***`, another},
		},
		{
			"only one of them is known", "till.t user=ann code=(1234)", map[resource.FieldID]plan.Seal{user: same}, nil,
			[]string{"uncompared till.t code"},
		},
		{
			"one is known to be another, of the other nothing is known", "till.t user=ann code=(1234)", map[resource.FieldID]plan.Seal{code: other}, nil,
			[]string{"update till.t code=***", "uncompared till.t user", another},
		},
		{"nothing is known", "till.t user=ann code=(1234)", nil, nil, []string{"uncompared till.t code", "uncompared till.t user"}},
		{
			"both are to be written", "till.t user=ann code=(1234)", nil, []string{"till.*"},
			[]string{`update till.t user=null→"ann" code=***`, "because till.t: written because of --write-sensitive"},
		},
		{
			"what is not declared is not managed", "till.t user=ann", map[resource.FieldID]plan.Seal{user: same, code: other}, nil,
			nil,
		},
		{
			"a seal of another one", "till.t user=ann", map[resource.FieldID]plan.Seal{{Address: marketAt("till.u"), Name: "user"}: same}, nil,
			[]string{"uncompared till.t user"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := explain(plan.Make(plan.Input{
				Catalog: market(), Desired: stand(test.desired), Current: stand("till.t !date=monday"), Seals: test.seals, WriteSensitive: marketPatterns(test.asked...),
			}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Somebody who changes the resource changes what the ledger knows of all its fields.
func TestSealsAndTheDate(t *testing.T) {
	seal := plan.Seal{Known: true, Same: true, Modified: "sunday"}
	till := marketAt("till.t")
	got := explain(plan.Make(plan.Input{
		Catalog: market(), Desired: stand("till.t user=ann code=(1234)"), Current: stand("till.t !date=monday"),
		Seals: map[resource.FieldID]plan.Seal{{Address: till, Name: "user"}: seal, {Address: till, Name: "code"}: seal},
	}))
	want := []string{`update till.t user=null→"ann" code=***`, "because till.t: according to the ledger, it was changed since it was written"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What can be shown, and not read back, is shown where it is written; its digest is
// that of a plan that knows nothing.
func TestWriteOnlyAndShown(t *testing.T) {
	till := marketAt("till.t")
	in := plan.Input{Catalog: market(), Desired: stand("till.t user=ann code=(1234)"), Current: stand("till.t")}
	unknown, err := plan.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	in.Seals = map[resource.FieldID]plan.Seal{{Address: till, Name: "user"}: {Known: true}, {Address: till, Name: "code"}: {Known: true, Same: true}}
	known, err := plan.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	want := []resource.FieldChange{{Name: "user", After: "ann"}}
	if diff := cmp.Diff(want, known.Changes[0].Fields); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if known.Digest != unknown.Digest {
		t.Error("the digest depends on what the ledger knows")
	}
	var fields []plan.Field
	for _, name := range []string{"code", "user"} {
		fields = append(fields, plan.Field{FieldID: resource.FieldID{Address: till, Name: name}, Masked: name == "code", WriteOnly: name == "user"})
	}
	if diff := cmp.Diff(fields, unknown.Uncompared); diff != "" {
		t.Errorf("uncompared (-want +got)\n%s", diff)
	}
}

// A create writes both, and takes them from where the files say; a secret that stands
// in the files is a warning.
func TestCreateWithWriteOnlyFields(t *testing.T) {
	desired := stand("till.t user=ann code=1234")
	p, err := plan.Make(plan.Input{Catalog: market(), Desired: desired, Current: stand()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`create till.t user=null→"ann" code=***`}, explain(p, nil)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]plan.Note{{Address: marketAt("till.t"), Text: plan.ExposedSecret}}, p.Warnings); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, secret := p.Changes[0].After.Fields["code"].(resource.Secret); !secret || strings.Contains(desired.Resources[0].Text("code"), resource.Hidden) {
		t.Errorf("planned %v, declared %v", p.Changes[0].After.Fields["code"], desired.Resources[0].Fields["code"])
	}
}
