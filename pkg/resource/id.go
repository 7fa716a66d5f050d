package resource

import (
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// The API's ids are UUIDs, written in base32 without padding (seen in its answers) or
// in hexadecimal with or without hyphens (its documents).
const (
	base32Length = 26 // of 16 bytes, without padding
	hexLength    = 32
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// SameID reports whether two ids are equal: UUIDs compare by their 16 bytes, any other
// ids by their text.
func SameID(a, b string) bool { return a == b || CanonicalID(a) == CanonicalID(b) }

// CanonicalID returns the canonical text of an id, for keys of maps: a UUID in base32
// as in the API's answers, any other id unchanged. Requests contain ids as the API
// returned them.
func CanonicalID(id string) string {
	if bytes, ok := uuid(id); ok {
		return strings.ToLower(base32Text.EncodeToString(bytes[:]))
	}
	return id
}

func uuid(text string) (id [16]byte, ok bool) {
	var decoded []byte
	var err error
	switch plain := strings.ReplaceAll(text, "-", ""); len(plain) {
	case base32Length:
		decoded, err = base32Text.DecodeString(strings.ToUpper(plain))
	case hexLength:
		decoded, err = hex.DecodeString(plain)
	default:
		return id, false
	}
	return id, err == nil && copy(id[:], decoded) == len(id)
}
