package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// idEncoding spells ids as the API does: the 16 bytes of a version 4 UUID in lower-case base32 without
// padding, 26 characters.
var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newID makes the id of an object that a request creates.
func newID() string {
	var raw [16]byte
	// crypto/rand.Read never fails: since Go 1.24 it ends the program instead.
	_, _ = rand.Read(raw[:])
	return encodeID(raw)
}

// seedID makes the id of a seeded object from words that describe it, so that a seed document results in the
// same ids on every machine and golden files can contain them.
func seedID(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return encodeID([16]byte(sum[:16]))
}

// encodeID stamps version and variant of a random UUID on the bytes and spells them.
func encodeID(raw [16]byte) string {
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	return idEncoding.EncodeToString(raw[:])
}

// parseID reads an id in either spelling and returns it in the API's own. Whether the API accepts hyphenated
// UUIDs as input is not documented; accepting both is the lenient choice.
func parseID(text string) (string, bool) {
	if len(text) == 26 {
		raw, err := idEncoding.DecodeString(text)
		// Two spare bits at the end must be zero, or one object would have four ids.
		if err != nil || len(raw) != 16 || idEncoding.EncodeToString(raw) != text {
			return "", false
		}
		return text, true
	}
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return "", false
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil || len(raw) != 16 {
		return "", false
	}
	return idEncoding.EncodeToString(raw), true
}
