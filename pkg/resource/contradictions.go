package resource

import (
	"fmt"
	"regexp"
	"slices"
)

// Contradictions lists the contradictions in the descriptor, so that a test finds them
// before production does.
func (k *Kind) Contradictions() []string {
	var c contradictions
	c.ofNames(k)
	c.ofKeys(k)
	c.ofReading(k)
	seen := map[string]bool{}
	for i := range k.Fields {
		f := &k.Fields[i]
		c.prefix = "field " + f.Name + ": "
		c.must(f.Name != "", "name is missing")
		c.must(!seen[f.Name], "duplicate field")
		c.must(f.Name != k.Key, "same name as the key")
		seen[f.Name] = true
		c.ofType(f)
		c.must(f.TypeFrom == "" || f.Type == Reference && k.Field(f.TypeFrom) != nil, "only a reference has a TypeFrom, and it names another field")
		c.ofDisplay(k, f)
		c.ofChanges(k, f)
	}
	return c.found
}

// contradictions collects rules that do not hold.
type contradictions struct {
	prefix string
	found  []string
}

func (c *contradictions) must(holds bool, format string, args ...any) {
	if !holds {
		c.found = append(c.found, c.prefix+fmt.Sprintf(format, args...))
	}
}

func (c *contradictions) ofNames(k *Kind) {
	for _, text := range []struct{ what, is string }{
		{"name", k.Name}, {"title", k.Title}, {"plural", k.Plural}, {"collection", k.Collection}, {"documentation", k.Doc},
	} {
		c.must(text.is != "", "%s is missing", text.what)
	}
	c.must(k.Shorthand == "" || k.Field(k.Shorthand) != nil, "Shorthand is not a field")
	c.must(k.Compile != nil, "Compile is missing")
}

func (c *contradictions) ofKeys(k *Kind) {
	c.must(k.Key == "" || len(k.KeyFields) == 0, "Key and KeyFields exclude each other")
	c.must(k.Form == Sequence || k.Key != "", "a mapping needs a key")
	c.must(k.KeyField == "" || k.Key != "", "KeyField without a key")
	c.must(k.Keyed() || len(k.Fields) > 0, "without a key, the first field must be a label")
	c.must(k.Label == nil || k.Key != "" && k.KeyField == "", "Label is only for keys that the API does not have")
	c.must((k.KeyPattern == "") == (k.KeyHint == ""), "KeyPattern and KeyHint require each other")
	c.must(!k.Global || k.Key != "" && k.Parent != "", "Global needs a key and a parent")
	c.must(k.Leftover == nil || k.Keyed(), "Leftover needs a key")
	c.must(k.TransferFrom == "" || k.Field(k.TransferFrom) != nil && k.Parent == "", "TransferFrom is not a field, or the kind is not a root")
	for _, name := range k.KeyFields {
		f := k.Field(name)
		c.must(f != nil && f.Need == Always && f.Display == Shown, "the key field %s must always be declared and shown", name)
	}
}

func (c *contradictions) ofReading(k *Kind) {
	c.must(len(k.Reads) > 0, "Reads is missing")
	c.must(k.Modified == "" || slices.Contains(k.Facts, k.Modified), "Modified is not a fact")
	if k.Deploy == nil {
		return
	}
	for _, fact := range []string{k.Deploy.HasChanges, k.Deploy.Changes, k.Deploy.HasCommits, k.Deploy.Commits} {
		c.must(slices.Contains(k.Facts, fact), "the deployments use %q, which is not a fact", fact)
	}
}

func (c *contradictions) ofType(f *Field) {
	c.must((f.Type == Reference) == (f.Target != ""), "Target is required for references, and only for them")
	c.must((f.Type == Enum) == (len(f.Values) > 0), "Values are required for enums, and only for them")
	c.must(len(f.Items) == 0 || f.Type == List || f.Type == Tags, "only lists and tags have items")
	c.must(f.Type != Tags || len(f.Items) >= 2, "tags need a name and a value")
	c.must(f.Type == Int || f.Min == nil && f.Max == nil, "only numbers have a minimum and a maximum")
	c.must(f.Type == Text || !f.Upper, "only text has a case")
	c.must((f.Pattern == "") == (f.Hint == ""), "Pattern and Hint require each other")
	_, err := regexp.Compile(f.Pattern)
	c.must(err == nil, "Pattern does not compile")
	c.must(f.Default == nil || f.HasDefault, "a default without HasDefault")
}

func (c *contradictions) ofDisplay(k *Kind, f *Field) {
	condition := k.Field(f.If)
	c.must(f.Doc != "" || f.Need == Derived, "Doc is missing")
	c.must((f.Display == MaskedIf) == (f.If != ""), "MaskedIf and If require each other")
	c.must(f.If == "" || condition != nil && condition.Type == Bool, "If is not a yes/no field")
	c.must(f.Display == Shown || f.From, "a masked field must allow value_from")
	c.must(!f.From || f.Type == Text || f.Type == TypedText, "only text may allow value_from")
	c.must(f.Display != MaskedIf || !f.WriteOnly, "MaskedIf already implies that it is write-only")
	c.must(!f.WriteOnly || !f.HasDefault, "a write-only field cannot have a default")
	c.must(!f.WriteOnly || f.ReadOp == "" && f.ReadAs == "", "a write-only field has no name in answers")
}

func (c *contradictions) ofChanges(k *Kind, f *Field) {
	c.must(!f.WriteOnly || f.Changes != Fixed && f.Changes != Replaces, "a write-only field cannot be compared")
	c.must(!f.Irreversible || f.Changes == OwnCall || f.InUpdates(), "a field that never changes is not irreversible")
	c.must(f.Need != ForCreate && f.Need != Always || f.Changes != UpdateOnly, "a create cannot require a field that it does not take")
	c.must(f.Changes != Replaces || k.Ops.Create != "" && k.Ops.Delete != "", "a replacement requires create and delete")
	c.must(!f.InUpdates() || k.Ops.Update != "", "no operation changes it in place")
	c.must(f.Changes != Identity || !f.Nullable && f.Display == Shown, "an identity is shown, and never null")
	if f.Need == Derived {
		c.must(k.Complete != nil, "a derived field requires Complete")
		c.must(f.Display == Shown && !f.From && !f.WriteOnly && f.Changes == OwnCall, "a derived field is shown, and changes by separate calls")
	}
}
