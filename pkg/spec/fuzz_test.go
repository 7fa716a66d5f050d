package spec

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Whatever a file holds: Load does not panic, ends in good time, names places
// that are in the file, and what it takes can be written and loaded again.
func FuzzLoad(f *testing.F) {
	ours, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	ofToys, err := filepath.Glob("testdata/toys/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range slices.Concat(ours, ofToys) {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".yaml") && len(file.Data) < 2000 {
				f.Add(string(file.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		fuzzLoad(t, kinds.Catalog(), text)
		fuzzLoad(t, toys(), text)
	})
}

func fuzzLoad(t *testing.T, catalog *resource.Catalog, text string) {
	begin := time.Now()
	load := func(text string) (*Document, []string) {
		doc, list := Load(Input{Paths: []string{"-"}, Stdin: strings.NewReader(text), Catalog: catalog})
		lines := splitLines(strings.TrimPrefix(text, "\ufeff"))
		var problems []string
		for _, d := range list {
			problems = append(problems, d.At.String()+": "+d.Message)
			if d.At.Line == 0 && d.At.File == stdinName {
				continue // about the file as a whole
			}
			if d.At.Line < 1 || d.At.Line > len(lines) || d.At.Column < 1 || d.At.Column > utf8.RuneCountInString(lines[d.At.Line-1])+1 {
				t.Errorf("%s is outside of the file", problems[len(problems)-1])
			}
			if d.Line != "" && (d.Width < 1 || !strings.HasPrefix(lines[d.At.Line-1], strings.TrimSuffix(d.Line, "..."))) {
				t.Errorf("%s: shows %q, width %d", problems[len(problems)-1], d.Line, d.Width)
			}
			if !utf8.ValidString(d.Message + d.Hint) {
				t.Errorf("%s: the message is not UTF-8", problems[len(problems)-1])
			}
		}
		return doc, problems
	}
	doc, problems := load(text)
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
	if len(problems) > 0 {
		return
	}
	written := Write(doc.State, catalog, WriteOptions{})
	if len(written.LeftOut) > 0 {
		t.Fatalf("left out: %v", written.LeftOut)
	}
	if _, problems := load(string(written.Files[defaultFile])); len(problems) > 0 {
		t.Errorf("written: %q\n%s", problems, written.Files[defaultFile])
	}
}

// Large and deep files end in good time too.
func TestLargeFiles(t *testing.T) {
	variables := "version: 1\napplications: {shop: {environments: {live: {variables: {\n"
	for _, test := range []struct{ name, text string }{
		{"deep lists", strings.Repeat("[", 300_000)},
		{"deep mappings", strings.Repeat("{", 300_000)},
		{"deep blocks", strings.Repeat("- ", 120_000)},
		{"an unclosed quote", "version: 1\nx-a: \"" + strings.Repeat("a b\n  ", 20_000)},
		{"an error in a long line", "version: 1\nx-a: [" + strings.Repeat("a, ", 20_000) + "}"},
		{"an error at the end", "version: 1\nx-a:\n" + strings.Repeat("- a\n", 20_000) + " b: c\n"},
		{"an error at the beginning", "version: 1\nx-a: b: c\n" + strings.Repeat("- a\n", 20_000)},
		{"many keys", variables + strings.Repeat("\"A\": x,\n", 20_000) + "}}}}}\n"},
		{"many problems", "version: 1\napplications: {shop: {environments: [" + strings.Repeat("1,", 20_000) + "]}}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			_, list := Load(Input{Paths: []string{"-"}, Stdin: strings.NewReader(test.text), Catalog: kinds.Catalog()})
			if len(list) == 0 {
				t.Error("no problem found")
			}
			t.Logf("%s, %d problems, %s: %s", time.Since(begin).Round(time.Millisecond), len(list), list[0].At, list[0].Message)
		})
	}
}

// Every number that is accepted in a value of undocumented shape is one in JSON, with the
// same digits.
func FuzzJSONNumber(f *testing.F) {
	for _, text := range []string{"0", "-0", "+1", ".5", "-.5e3", "1.", "1.e5", "010", "0x1F", "1_000", ".inf", ".", "", "+", "e5", "1e", "12345678901234567890.50E-10"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, ok := jsonNumber(text)
		if !ok {
			return
		}
		if !strings.ContainsAny(text, "0123456789") {
			t.Errorf("%q is a number", text)
		}
		if !json.Valid([]byte(number)) {
			t.Errorf("%q became %q, which is not JSON", text, number)
		}
		digits := func(r rune) rune {
			if r < '1' || r > '9' {
				return -1
			}
			return r
		}
		if strings.Map(digits, text) != strings.Map(digits, string(number)) {
			t.Errorf("%q became %q", text, number)
		}
	})
}
