package resource

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strconv"
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

// IDForm is the form of an id. Ids of different forms cannot be compared.
type IDForm int

// The forms of ids. NoID is the form of an empty text.
const (
	NoID IDForm = iota
	UUID
	Number
	OtherID
)

// FormOf returns the form of an id.
func FormOf(id string) IDForm {
	if id == "" {
		return NoID
	}
	if _, ok := uuid(id); ok {
		return UUID
	}
	if _, err := strconv.ParseInt(id, 10, 64); err == nil {
		return Number
	}
	return OtherID
}

// IDIn returns the id in a value of an answer: a text, a number, or an object that
// contains one of these. Of a URL it returns the UUID at its end. It is "" if the value
// contains none.
func IDIn(v any) string {
	switch x := v.(type) {
	case string:
		path, _, _ := strings.Cut(x, "?")
		path = strings.TrimRight(path, "/")
		if last := path[strings.LastIndex(path, "/")+1:]; last != path && FormOf(last) == UUID {
			return last
		}
		return x
	case int64:
		return fmt.Sprint(x)
	case map[string]any:
		for _, key := range []string{"uuid", "id", "url"} {
			if _, nested := x[key].(map[string]any); nested {
				continue
			}
			if id := IDIn(x[key]); id != "" {
				return id
			}
		}
	}
	return ""
}
