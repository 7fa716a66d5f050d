package resource

import (
	"fmt"
	"regexp"
	"slices"
)

// Contradictions says what in the descriptor cannot be true at the same time, so
// that a mistake in one is found by a test and not by somebody's production.
func (k *Kind) Contradictions() []string {
	var c contradictions
	c.ofNames(k)
	c.ofKeys(k)
	c.ofReading(k)
	seen := map[string]bool{}
	for i := range k.Fields {
		f := &k.Fields[i]
		c.prefix = "field " + f.Name + ": "
		c.must(f.Name != "", "it has no name")
		c.must(!seen[f.Name], "there are two of it")
		c.must(f.Name != k.Key, "it has the name of the key")
		seen[f.Name] = true
		c.ofType(f)
		c.must(f.TypeFrom == "" || f.Type == Reference && k.Field(f.TypeFrom) != nil, "only a reference has a TypeFrom, and it names another field")
		c.ofDisplay(k, f)
		c.ofChanges(k, f)
	}
	return c.found
}

// contradictions collects what must hold and does not.
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
		c.must(text.is != "", "it has no %s", text.what)
	}
	c.must(k.Shorthand == "" || k.Field(k.Shorthand) != nil, "Shorthand names no field")
	c.must(k.Compile != nil, "Compile is missing")
}

func (c *contradictions) ofKeys(k *Kind) {
	c.must(k.Key == "" || len(k.KeyFields) == 0, "Key and KeyFields are two keys")
	c.must(k.Form == Sequence || k.Key != "", "a mapping needs a key")
	c.must(k.KeyField == "" || k.Key != "", "KeyField without a key")
	c.must(k.Keyed() || len(k.Fields) > 0, "without a key, a first field must say what it is called by")
	c.must(k.Label == nil || k.Key != "" && k.KeyField == "", "Label is for keys that the API does not have")
	c.must((k.KeyPattern == "") == (k.KeyHint == ""), "KeyPattern and KeyHint go together")
	c.must(!k.Global || k.Key != "" && k.Parent != "", "Global needs a key and a parent")
	c.must(k.Leftover == nil || k.Keyed(), "Leftover needs a key")
	c.must(k.TransferFrom == "" || k.Field(k.TransferFrom) != nil && k.Parent == "", "TransferFrom names no field, or the kind is no root")
	for _, name := range k.KeyFields {
		f := k.Field(name)
		c.must(f != nil && f.Need == Always && f.Display == Shown, "the key field %s is not one that is always declared and shown", name)
	}
}

func (c *contradictions) ofReading(k *Kind) {
	c.must(len(k.Reads) > 0, "there is no way to read it")
	c.must(k.Modified == "" || slices.Contains(k.Facts, k.Modified), "Modified is no fact")
	if k.Deploy == nil {
		return
	}
	for _, fact := range []string{k.Deploy.HasChanges, k.Deploy.Changes, k.Deploy.HasCommits, k.Deploy.Commits} {
		c.must(slices.Contains(k.Facts, fact), "the deployments ask for %q, which is no fact", fact)
	}
}

func (c *contradictions) ofType(f *Field) {
	c.must((f.Type == Reference) == (f.Target != ""), "a reference needs a target, and nothing else has one")
	c.must((f.Type == Enum) == (len(f.Values) > 0), "an enum needs values, and nothing else has them")
	c.must(len(f.Items) == 0 || f.Type == List || f.Type == Tags, "only lists and tags have items")
	c.must(f.Type != Tags || len(f.Items) >= 2, "tags need a name and a value")
	c.must(f.Type == Int || f.Min == nil && f.Max == nil, "only numbers have a minimum and a maximum")
	c.must(f.Type == Text || !f.Upper, "only text has a case")
	c.must((f.Pattern == "") == (f.Hint == ""), "Pattern and Hint go together")
	_, err := regexp.Compile(f.Pattern)
	c.must(err == nil, "Pattern does not compile")
	c.must(f.Default == nil || f.HasDefault, "a default without HasDefault")
}

func (c *contradictions) ofDisplay(k *Kind, f *Field) {
	condition := k.Field(f.If)
	c.must(f.Doc != "" || f.Need == Derived, "it has no documentation")
	c.must((f.Display == MaskedIf) == (f.If != ""), "MaskedIf and If go together")
	c.must(f.If == "" || condition != nil && condition.Type == Bool, "If names no yes/no field")
	c.must(f.Display == Shown || f.From, "a masked field must be able to come from elsewhere")
	c.must(!f.From || f.Type == Text || f.Type == TypedText, "only text can come from elsewhere")
	c.must(f.Display != MaskedIf || !f.WriteOnly, "MaskedIf says already when it cannot be read back")
	c.must(!f.WriteOnly || !f.HasDefault, "a default cannot be seen where nothing is read back")
	c.must(!f.WriteOnly || f.ReadOp == "" && f.ReadAs == "", "what is never given back has no name in answers")
}

func (c *contradictions) ofChanges(k *Kind, f *Field) {
	c.must(!f.WriteOnly || f.Changes != Fixed && f.Changes != Replaces, "what cannot be read back cannot be compared")
	c.must(!f.Irreversible || f.Changes == OwnCall || f.InUpdates(), "what never changes is not irreversible")
	c.must(f.Need != ForCreate && f.Need != Always || f.Changes != UpdateOnly, "a create cannot need what it does not take")
	c.must(f.Changes != Replaces || k.Ops.Create != "" && k.Ops.Delete != "", "nothing can be replaced without create and delete")
	c.must(!f.InUpdates() || k.Ops.Update != "", "there is no operation that changes it in place")
	c.must(f.Changes != Identity || !f.Nullable && f.Display == Shown, "what identifies is shown, and never null")
	if f.Need == Derived {
		c.must(k.Complete != nil, "Complete gives a derived field")
		c.must(f.Display == Shown && !f.From && !f.WriteOnly && f.Changes == OwnCall, "a derived field is shown, and changes by calls of its own")
	}
}
