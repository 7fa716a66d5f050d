package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/resource"
)

// canary stands for a key or a value; no output may hold it.
const canary = "c4n4ry-that-sings-1f0e"

func TestNewKey(t *testing.T) {
	for text, want := range map[string]struct {
		valid bool
		err   error
	}{
		"":                      {false, nil},
		" \n":                   {false, ErrShortKey},
		"fifteen letters":       {false, ErrShortKey},
		"  fifteen letters \n":  {false, ErrShortKey},
		"sixteen letters!":      {true, nil},
		"ééééééééééééééé":       {false, ErrShortKey}, // characters, not bytes
		strings.Repeat("k", 99): {true, nil},
	} {
		if k, err := NewKey(text); k.Valid() != want.valid || !errors.Is(err, want.err) {
			t.Errorf("%q: valid %v, %v", text, k.Valid(), err)
		}
	}
}

// The documented way to compute a sum, from another implementation (Python's
// hmac, with HKDF spelled out).
func TestSumIsTheDocumentedOne(t *testing.T) {
	k := key(t, "  correct horse battery staple\n")
	got := k.Sum(ID{"variable.shop/live/SECRET_KEY", "value"}, resource.NewSecret("hunter2"))
	if want := "hmac-sha256:25c19cf4270be82b4b91fb64d484b27af720aecd30325d453be9b993c44dac4b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSame(t *testing.T) {
	k, other := key(t, "the key of this test"), key(t, "another key altogether")
	value := resource.NewSecret("value")
	sum := k.Sum(first, value)
	for name, c := range map[string]struct{ got, want bool }{
		"the same":        {k.Same(first, value, sum), true},
		"another value":   {k.Same(first, resource.NewSecret("Value"), sum), false},
		"another field":   {k.Same(third, value, sum), false},
		"another address": {k.Same(second, value, sum), false},
		"another key":     {other.Same(first, value, sum), false},
		"no key":          {Key{}.Same(first, value, sum), false},
		"nothing at all":  {Key{}.Same(first, value, ""), false},
		"no sum":          {k.Same(first, value, ""), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v", name, c.got)
		}
	}
	if sum := (Key{}).Sum(first, value); sum != "" {
		t.Errorf("without a key: %s", sum)
	}
}

// Two pairs of address and value have one sum only if they are one pair.
func TestSumsAreUnambiguous(t *testing.T) {
	k := key(t, "the key of this test")
	text := rapid.StringOf(rapid.SampledFrom([]rune{'a', '"', '\\', 'x', '0', '\x00', '\t'}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "address"), text.Draw(t, "other address")
		v, w := text.Draw(t, "value"), text.Draw(t, "other value")
		f, g := text.Draw(t, "field"), text.Draw(t, "other field")
		same := k.Sum(ID{a, f}, resource.NewSecret(v)) == k.Sum(ID{b, g}, resource.NewSecret(w))
		if same != (a == b && f == g && v == w) {
			t.Errorf("same %v", same)
		}
	})
	if k.Sum(ID{"a", "f"}, resource.NewSecret("b\x00c")) == k.Sum(ID{"a", "f\x00b"}, resource.NewSecret("c")) {
		t.Error("a NUL in a field")
	}
}

func TestNoOutputHoldsASecret(t *testing.T) {
	k, value := key(t, canary), resource.NewSecret(canary)
	var l Ledger
	l.Set(first, Seal{HMAC: k.Sum(first, value)})
	nested := struct {
		k Key
		p *Key
		l Ledger
	}{k, &k, l}

	var out bytes.Buffer
	for _, v := range []any{k, &k, []Key{k}, map[string]Key{"k": k}, nested, &nested, l, &l} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p", "%!"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if text, err := json.Marshal(v); err == nil {
			out.Write(text)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("", "v", v)
	}
	out.Write(l.Bytes())
	for _, text := range []string{canary[:15], canary[:15] + "\n"} {
		_, err := NewKey(text)
		fmt.Fprintln(&out, err)
	}
	for _, text := range []string{
		canary, header + "\n" + canary, header + "\n" + canary + "\t" + canary, header + "\n" + entry(first) + canary,
		"# divioctl ledger " + canary, header + "\n<<<<<<< " + canary + "\n" + canary, header + "\n\"" + canary,
		header + "\n" + entry(first) + k.Sum(first, value) + "\t" + canary + "\n" + entry(first) + k.Sum(first, value),
		header + "\n" + entry(first) + k.Sum(first, value) + "\t\"" + canary,
	} {
		_, err := Parse("divio.ledger", strings.NewReader(text))
		if err == nil {
			t.Errorf("taken: %q", text)
		}
		fmt.Fprintf(&out, "%v %+v %#v\n", err, err, err)
	}
	// The first bytes of either are enough to find it.
	for _, found := range []string{canary[:15], hex.EncodeToString([]byte(canary[:8])), strings.Trim(fmt.Sprint([]byte(canary[:8])), "[]")} {
		if i := strings.Index(strings.ToLower(out.String()), found); i >= 0 {
			t.Errorf("leaked: %.80q", out.String()[i:])
		}
	}
	if !strings.Contains(out.String(), resource.Hidden) {
		t.Error("a key prints as nothing at all")
	}
}
