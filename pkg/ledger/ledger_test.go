package ledger

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

var (
	first  = ID{"variable.shop/live/FIRST", "value"}
	second = ID{"variable.shop/live/SECOND", "value"}
	// third is another field of the same resource as first.
	third = ID{"variable.shop/live/FIRST", "other"}
)

func key(t testing.TB, text string) Key {
	t.Helper()
	k, err := NewKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func entries(l *Ledger) map[ID]Seal { return maps.Collect(l.All()) }

func TestSetAndRename(t *testing.T) {
	k, other := key(t, "the key of this test"), key(t, "another key altogether")
	value := resource.NewSecret("value")
	seal := Seal{HMAC: k.Sum(first, value), Modified: "2026-03-01T09:30:00Z"}
	renamed := Seal{HMAC: k.Sum(second, value), Modified: seal.Modified}
	type content = map[ID]Seal
	for name, c := range map[string]struct {
		do   func(*Ledger)
		want content
	}{
		"kept":                             {func(l *Ledger) {}, content{first: seal}},
		"another field of it is deleted":   {func(l *Ledger) { l.Delete(third) }, content{first: seal}},
		"deleted":                          {func(l *Ledger) { l.Delete(first) }, content{}},
		"written again":                    {func(l *Ledger) { l.Set(first, Seal{HMAC: seal.HMAC}) }, content{first: {HMAC: seal.HMAC}}},
		"written without a key":            {func(l *Ledger) { l.Set(first, Seal{HMAC: Key{}.Sum(first, value), Modified: "x"}) }, content{}},
		"written with what is no hash":     {func(l *Ledger) { l.Set(first, Seal{HMAC: "hmac-sha256:12"}) }, content{}},
		"renamed":                          {func(l *Ledger) { l.Rename(first, second, k, value) }, content{second: renamed}},
		"renamed to itself":                {func(l *Ledger) { l.Rename(first, first, Key{}, value) }, content{first: seal}},
		"renamed with another value":       {func(l *Ledger) { l.Rename(first, second, k, resource.NewSecret("else")) }, content{}},
		"renamed without a key":            {func(l *Ledger) { l.Rename(first, second, Key{}, value) }, content{}},
		"renamed with another key":         {func(l *Ledger) { l.Rename(first, second, other, value) }, content{}},
		"renamed, but it was never known":  {func(l *Ledger) { l.Rename(second, third, k, value) }, content{first: seal}},
		"renamed to where another one was": {func(l *Ledger) { l.Set(second, seal); l.Rename(first, second, Key{}, value) }, content{}},
	} {
		t.Run(name, func(t *testing.T) {
			var l Ledger
			l.Set(first, seal)
			c.do(&l)
			if diff := cmp.Diff(c.want, entries(&l)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAllWhileDeleting(t *testing.T) {
	k := key(t, "the key of this test")
	var l Ledger
	for _, a := range []ID{second, first} {
		l.Set(a, Seal{HMAC: k.Sum(a, resource.NewSecret("v"))})
	}
	var seen []ID
	for a := range l.All() {
		seen = append(seen, a)
		l.Delete(first)
		l.Delete(second)
	}
	if diff := cmp.Diff([]ID{first}, seen); diff != "" {
		t.Error(diff)
	}
}

func TestReadAndWrite(t *testing.T) {
	k := key(t, "the key of this test")
	path := filepath.Join(t.TempDir(), "divio.ledger")
	write := func(l *Ledger, want bool) {
		t.Helper()
		if changed, err := l.Write(path); err != nil || changed != want {
			t.Fatalf("changed %v, %v; want changed %v", changed, err, want)
		}
	}
	read := func() *Ledger {
		t.Helper()
		l, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}

	l := read() // not there yet
	write(l, false)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("an empty ledger was written: %v", err)
	}
	l.Set(second, Seal{HMAC: k.Sum(second, resource.NewSecret("2"))})
	l.Set(first, Seal{HMAC: k.Sum(first, resource.NewSecret("1")), Modified: "2026-03-01T09:30:00Z"})
	write(l, true)
	write(l, false)
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&^0o644 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if diff := cmp.Diff(entries(l), entries(read())); diff != "" {
		t.Error(diff)
	}

	// What people and editors did to the file stays, until an entry changes.
	lines := strings.SplitAfter(string(l.Bytes()), "\n")
	byHand := strings.ReplaceAll("\ufeff"+lines[0]+"\n# mine\n"+lines[2]+lines[1]+lines[2], "\n", "\r\n")
	if err := os.WriteFile(path, []byte(byHand), 0o644); err != nil {
		t.Fatal(err)
	}
	write(read(), false)
	if text, _ := os.ReadFile(path); string(text) != byHand {
		t.Errorf("rewritten:\n%s", text)
	}
	l = read()
	l.Delete(second)
	write(l, true)
	if text, _ := os.ReadFile(path); string(text) != lines[0]+lines[1] {
		t.Errorf("got\n%s", text)
	}
	l.Delete(first)
	write(l, true)
	if text, _ := os.ReadFile(path); string(text) != header+"\n" {
		t.Errorf("got\n%s", text)
	}

	// In the middle of a merge nothing is overwritten.
	conflict := []byte(header + "\n<<<<<<< HEAD\n")
	if err := os.WriteFile(path, conflict, 0o644); err != nil {
		t.Fatal(err)
	}
	l.Set(first, Seal{HMAC: k.Sum(first, resource.NewSecret("1"))})
	var invalid *Invalid
	if changed, err := l.Write(path); changed || !errors.As(err, &invalid) {
		t.Errorf("changed %v, %v", changed, err)
	}
	if text, _ := os.ReadFile(path); !bytes.Equal(text, conflict) {
		t.Errorf("overwritten:\n%s", text)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(dir); err == nil || !strings.HasPrefix(err.Error(), "read the ledger: ") {
		t.Errorf("a folder: %v", err)
	}
	k := key(t, "the key of this test")
	var l Ledger
	l.Set(first, Seal{HMAC: k.Sum(first, resource.NewSecret("v"))})
	if changed, err := l.Write(filepath.Join(dir, "none", "divio.ledger")); changed || err == nil || !strings.HasPrefix(err.Error(), "write the ledger: ") {
		t.Errorf("no folder: %v, %v", changed, err)
	}
}
