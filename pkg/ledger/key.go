package ledger

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/resource"
)

// KeyVariable is the environment variable that contains the key. This package never
// reads it; its name is for messages.
const KeyVariable = "DIVIOCTL_LEDGER_KEY"

const (
	// shortestKey is the length from which a random text cannot be guessed.
	shortestKey = 16 // characters
	// sumPrefix says how a value was hashed.
	sumPrefix = "hmac-sha256:"
	// purpose binds the derived key to this use and this version.
	purpose = "divioctl ledger 2"
)

// ErrShortKey refuses a key that could be guessed. Anyone who can guess the key can
// guess weak values from a committed ledger.
var ErrShortKey = errors.New(KeyVariable + " is shorter than 16 characters; " +
	"use a long random text, for example the output of: openssl rand -base64 32")

// Key hashes write-only values. The zero Key is "no key": its sums are empty and its
// comparisons false. A Key never prints, and is safe for use by several goroutines.
type Key struct {
	// A function and not the bytes, because fmt prints what is in unexported
	// fields of any struct, but never what a function closes over.
	sum func(id ID, value resource.Secret) []byte
}

// NewKey derives a key from any text of 16 characters or more; white space around it
// does not count. Empty text gives the zero Key. Its errors never contain the text.
func NewKey(text string) (Key, error) {
	if text == "" {
		return Key{}, nil
	}
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) < shortestKey {
		return Key{}, ErrShortKey
	}
	derived, err := hkdf.Key(sha256.New, []byte(text), nil, purpose, sha256.Size)
	if err != nil {
		return Key{}, fmt.Errorf("derive the ledger's key: %w", err)
	}
	return Key{sum: func(id ID, value resource.Secret) []byte {
		mac := hmac.New(sha256.New, derived)
		// Address and field as the file has them never hold a NUL, so that no two
		// fields and values give the same bytes.
		io.WriteString(mac, field(id.Address)+"\x00"+field(id.Field)+"\x00"+value.Reveal())
		return mac.Sum(nil)
	}}, nil
}

// Valid reports whether k is a key.
func (k Key) Valid() bool { return k.sum != nil }

// Sum returns the keyed hash of a field's value, "hmac-sha256:" and 64 hexadecimal
// digits. Without a key it returns "".
func (k Key) Sum(id ID, value resource.Secret) string {
	if !k.Valid() {
		return ""
	}
	return sumPrefix + hex.EncodeToString(k.sum(id, value))
}

// Same reports, in constant time, whether sum is the keyed hash of this value at this
// field. Without a key, or with an invalid sum, it is false, which then does not mean
// that the values differ: check [Key.Valid] first.
func (k Key) Same(id ID, value resource.Secret, sum string) bool {
	return k.Valid() && hmac.Equal([]byte(sum), []byte(k.Sum(id, value)))
}

// Format writes [resource.Hidden] for every verb.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, resource.Hidden) }
