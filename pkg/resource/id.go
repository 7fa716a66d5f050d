package resource

import (
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// SameID reports whether two ids mean the same. The API's ids are UUIDs, written
// in base32 without padding (seen in its answers) or in hexadecimal with or
// without hyphens (its documents); these compare by their 16 bytes. Any other id
// compares as it is.
func SameID(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := uuid(a)
	if !ok {
		return false
	}
	y, ok := uuid(b)
	return ok && x == y
}

const (
	base32Length = 26 // of 16 bytes, without padding
	hexLength    = 32
)

func uuid(text string) (id [16]byte, ok bool) {
	var decoded []byte
	var err error
	switch plain := strings.ReplaceAll(text, "-", ""); len(plain) {
	case base32Length:
		decoded, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(plain))
	case hexLength:
		decoded, err = hex.DecodeString(plain)
	default:
		return id, false
	}
	return id, err == nil && copy(id[:], decoded) == len(id)
}
