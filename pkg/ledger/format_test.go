package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// sum gives a hash that is easy to tell from others.
func sum(digit string) string { return sumPrefix + strings.Repeat(digit, 64) }

// entry is the beginning of a line: address and field.
func entry(id ID) string { return id.Address + "\t" + id.Field + "\t" }

func parse(text string) (*Ledger, error) { return Parse("divio.ledger", strings.NewReader(text)) }

func TestParse(t *testing.T) {
	a, b := entry(first)+sum("a")+"\tyesterday\n", entry(second)+sum("b")+"\n"
	both := map[ID]Seal{first: {sum("a"), "yesterday"}, second: {HMAC: sum("b")}}
	for name, c := range map[string]struct {
		text string
		want map[ID]Seal
	}{
		"nothing":           {"", nil},
		"only white space":  {"\n \t\r\n", nil},
		"only the header":   {header, nil},
		"two entries":       {header + "\n" + a + b, both},
		"no last line end":  {header + "\n" + a + strings.TrimSuffix(b, "\n"), both},
		"any order":         {header + "\n" + b + a, both},
		"exact repeats":     {header + "\n" + a + b + header + "\n" + b + a + b, both},
		"a tab, no date":    {header + "\n" + a + strings.Replace(b, "\n", "\t\n", 1), both},
		"CRLF":              {strings.ReplaceAll(header+"\n"+a+b, "\n", "\r\n"), both},
		"a byte order mark": {"\ufeff" + header + "\n" + a + b, both},
		"blank lines, comments": {"\n" + header + " \n \n# mine: " + a + "#\n# divioctl ledger is what this is\n" + a + "\n" + b + "\n",
			both},
		"quotes": {header + "\n\"a\\tb\"\t\"v\"\t" + sum("c") + "\t\"2026\"\n", map[ID]Seal{{"a\tb", "v"}: {sum("c"), "2026"}}},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := entries(l); !maps.Equal(got, c.want) {
				t.Error(cmp.Diff(c.want, got))
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	a, b := entry(first)+sum("a")+"\n", entry(first)+sum("b")+"\n"
	conflict := "<<<<<<< HEAD\n" + a + "||||||| base\n=======\n" + b + ">>>>>>> branch\n"
	for name, c := range map[string]struct {
		text string
		want []string // line, message and a word of the hint
	}{
		"another file":            {"version: 1\nx: y\n", []string{"1: not a ledger: check that this is the right file"}},
		"no header":               {a, []string{"1: not a ledger: "}},
		"a newer version":         {"# divioctl ledger 3\nnew:things\n", []string{"1: not version 2 of the format: use the version of divioctl"}},
		"a newer version merged":  {header + "\n# divioctl ledger 3\n", []string{"2: not version 2 of the format: "}},
		"an older version":        {"# divioctl ledger 1\nold\tthings\n", []string{"1: not version 2 of the format: use the version of divioctl"}},
		"a conflict":              {header + "\n" + conflict, []string{"2: unresolved merge conflict: resolve the merge conflict, or delete"}},
		"both sides are new":      {"<<<<<<< HEAD\r\n" + header + "\r\n=======\r\n", []string{"1: unresolved"}},
		"two conflicts":           {header + "\n" + conflict + conflict, []string{"2: unresolved", "8: unresolved"}},
		"a marker was left":       {header + "\n" + a + ">>>>>>> branch\n" + "x\n", []string{"3: unresolved", "4: not an entry: "}},
		"two entries":             {header + "\n" + a + "\n" + b, []string{"4: duplicate entry for value of variable.shop/live/FIRST, see line 2: keep the line of the last apply, or delete both"}},
		"two dates":               {header + "\n" + a + strings.Replace(a, "\n", "\t1\n", 1), []string{"3: duplicate entry for value of variable.shop/live/FIRST, see line 2: "}},
		"no hash":                 {header + "\n" + entry(first) + "\n", []string{"2: not an entry: an entry is ADDRESS, tab, FIELD, tab"}},
		"spaces":                  {header + "\n" + strings.ReplaceAll(a, "\t", "  "), []string{"2: not an entry: "}},
		"no address":              {header + "\n\tvalue\t" + sum("a") + "\n", []string{"2: not an entry: "}},
		"no field":                {header + "\n" + first.Address + "\t" + sum("a") + "\n", []string{"2: not an entry: "}},
		"a short hash":            {header + "\n" + a[:len(a)-2] + "\n", []string{"2: not an entry: "}},
		"a hash in capitals":      {header + "\n" + strings.ReplaceAll(a, "aaa", "AAA"), []string{"2: not an entry: "}},
		"another kind of hash":    {header + "\n" + strings.ReplaceAll(a, "sha256", "sha512"), []string{"2: not an entry: "}},
		"a fourth field":          {header + "\n" + strings.Replace(a, "\n", "\t1\t2\n", 1), []string{"2: not an entry: "}},
		"an open quote":           {header + "\n\"" + a, []string{"2: not an entry: "}},
		"an open quote at a date": {header + "\n" + strings.Replace(a, "\n", "\t\"1\n", 1), []string{"2: not an entry: "}},
		"not UTF-8":               {header + "\n\xff" + a, []string{"2: not an entry: "}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(c.text)
			var invalid *Invalid
			if !errors.As(err, &invalid) || len(invalid.Problems) != len(c.want) {
				t.Fatalf("got %v", err)
			}
			for i, line := range strings.Split(err.Error(), "\n") {
				if !strings.HasPrefix(line, "divio.ledger:"+c.want[i]) {
					t.Errorf("got %s\nwant %s", line, c.want[i])
				}
			}
		})
	}
	failed := errors.New("the disk is gone")
	if _, err := Parse("divio.ledger", iotest.ErrReader(failed)); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
}

func drawSeal(t *rapid.T) Seal {
	return Seal{
		HMAC:     sum(rapid.SampledFrom([]string{"0", "9", "a", "f"}).Draw(t, "digit")),
		Modified: rapid.OneOf(rapid.Just(""), rapid.Just("2026-03-01T09:30:00.123456Z"), rapid.String()).Draw(t, "date"),
	}
}

func drawLedger(t *rapid.T, label string) *Ledger {
	plain := rapid.StringMatching(`variable\.(shop|blog)/(live|test)/[A-C]{1,3}`)
	odd := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
	var l Ledger
	for _, a := range rapid.SliceOf(rapid.OneOf(plain, plain, rapid.String(), odd)).Draw(t, label) {
		l.Set(ID{a, rapid.SampledFrom([]string{"value", "password"}).Draw(t, "field")}, drawSeal(t))
	}
	return &l
}

// Whatever is in a ledger is read as it was written: sorted, one line an entry,
// nothing at a line's end.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLedger(t, "addresses")
		text := string(l.Bytes())
		back, err := parse(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !maps.Equal(l.seals, back.seals) {
			t.Fatal(cmp.Diff(l.seals, back.seals))
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(lines) != 1+len(l.seals) || lines[0] != header {
			t.Errorf("%d entries in %q", len(l.seals), lines)
		}
		var ids []ID
		for _, line := range lines[1:] {
			a, _, _ := parseEntry(line)
			ids = append(ids, a)
			if strings.TrimRight(line, " \t\r") != line {
				t.Errorf("white space at the end of %q", line)
			}
		}
		if !slices.IsSortedFunc(ids, ID.compare) {
			t.Errorf("not sorted: %q", ids)
		}
	})
}

// Two branches that each add entries of their own never meet in a line: the lines
// of both together are the ledger of both, as merge=union makes it of them.
func TestMergeOfAdditions(t *testing.T) {
	dir := t.TempDir()
	git, noGit := exec.LookPath("git")
	rapid.Check(t, func(t *rapid.T) {
		base := drawLedger(t, "base")
		ours, theirs, both := &Ledger{}, &Ledger{}, &Ledger{}
		for a, seal := range base.All() {
			for _, l := range []*Ledger{ours, theirs, both} {
				l.Set(a, seal)
			}
		}
		for a, seal := range drawLedger(t, "added").All() {
			if _, there := base.Seal(a); there {
				continue
			}
			both.Set(a, seal)
			rapid.SampledFrom([]*Ledger{ours, theirs}).Draw(t, "branch").Set(a, seal)
		}

		// A three-way merge by lines: nothing of base was removed or changed.
		merged := slices.Concat(lineSet(ours), lineSet(theirs))
		for _, line := range lineSet(base) {
			if !slices.Contains(lineSet(ours), line) || !slices.Contains(lineSet(theirs), line) {
				t.Errorf("an addition changed the line %q", line)
			}
		}
		slices.Sort(merged)
		if want := slices.Sorted(slices.Values(lineSet(both))); !slices.Equal(slices.Compact(merged), want) {
			t.Error(cmp.Diff(want, merged))
		}
		if noGit != nil {
			return
		}
		arguments := []string{"merge-file", "--union", "-p"}
		for i, l := range []*Ledger{ours, base, theirs} {
			arguments = append(arguments, filepath.Join(dir, fmt.Sprint(i)))
			if err := os.WriteFile(arguments[3+i], l.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		text, err := exec.Command(git, arguments...).Output()
		if err != nil {
			t.Fatal(err)
		}
		l, err := parse(string(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !maps.Equal(l.seals, both.seals) {
			t.Error(cmp.Diff(both.seals, l.seals))
		}
	})
}

func lineSet(l *Ledger) []string { return strings.Split(string(l.Bytes()), "\n") }

// Whatever a file holds: Parse does not panic, names lines that are there, and
// what it takes can be written and read again.
func FuzzParse(f *testing.F) {
	entry := entry(first) + sum("a") + "\t2026-03-01T09:30:00Z\n"
	f.Add([]byte(""))
	f.Add([]byte(header + "\r\n\r\n# mine\r\n" + entry + entry))
	f.Add([]byte(header + "\n<<<<<<< HEAD\n" + entry + "=======\n>>>>>>> x\n" + entry[:30]))
	f.Add([]byte("\ufeff" + header + "\n\"a\\tb\\x00\"\tvalue\t" + sum("b") + "\t\"\\u202e\"\n"))
	f.Add([]byte("# divioctl ledger 3\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Parse("divio.ledger", bytes.NewReader(text))
		var invalid *Invalid
		if errors.As(err, &invalid) {
			last := 0
			for _, p := range invalid.Problems {
				if p.Line <= last || p.Line > 1+bytes.Count(text, []byte("\n")) || p.Message == "" || p.Hint == "" {
					t.Errorf("%+v after line %d", p, last)
				}
				last = p.Line
			}
			if last == 0 || strings.Count(err.Error(), "\n") != len(invalid.Problems)-1 {
				t.Errorf("%q", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("divio.ledger", bytes.NewReader(l.Bytes()))
		if err != nil || !maps.Equal(l.seals, again.seals) {
			t.Errorf("%v\n%s", err, cmp.Diff(l.seals, again.seals))
		}
	})
}
