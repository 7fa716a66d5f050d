// Package ledger remembers what was last written to write-only fields, which the
// API never shows again. It is a text file beside the files, meant to be
// committed, and holds keyed hashes instead of values; docs/ledger.md describes
// it for people. What follows from it for a plan is the business of plan.
package ledger

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"slices"

	"github.com/google/renameio/v2/maybe"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The ledger claims only what it knows. An entry says "this value was written
// here, and the API's date was that one after it". So
//
//   - without a key nothing is compared, and a file that was read is left as it is;
//   - what was written without a key is forgotten, for the old entry is about
//     another value;
//   - a renamed resource keeps its entry only if the value at hand is the one that
//     was written, since the hash covers the address;
//   - a file that cannot be understood is neither used nor overwritten.
//
// Forgetting is always safe: the value then counts as not compared.

// ID names a field as the file has it: the text of an address, which another
// version of divioctl may have written, and the name of a field.
type ID struct{ Address, Field string }

// IDOf gives the ID of a field.
func IDOf(f resource.FieldID) ID { return ID{f.Address.String(), f.Name} }

func (id ID) compare(other ID) int {
	return cmp.Or(cmp.Compare(id.Address, other.Address), cmp.Compare(id.Field, other.Field))
}

// Seal is what the ledger keeps of one write-only value.
type Seal struct {
	// HMAC is what [Key.Sum] gave for the value that was written last.
	HMAC string
	// Modified is the API's date_modified as read after the environment's last
	// write, letter by letter; "" where it is not known.
	Modified string
}

// Ledger is the content of a ledger file. Its zero value is empty and ready for
// use. It is not safe for use by several goroutines at once.
type Ledger struct {
	seals map[ID]Seal
}

// Seal gives what is known of a field's value.
func (l *Ledger) Seal(id ID) (seal Seal, found bool) {
	seal, found = l.seals[id]
	return seal, found
}

// All gives all entries, sorted by address and field. Entries may be changed meanwhile.
func (l *Ledger) All() iter.Seq2[ID, Seal] {
	return func(yield func(ID, Seal) bool) {
		for _, id := range slices.SortedFunc(maps.Keys(l.seals), ID.compare) {
			if seal, still := l.seals[id]; still && !yield(id, seal) {
				return
			}
		}
	}
}

// Set records what was written. A seal without a proper HMAC, as a zero [Key]
// makes it, claims nothing: it deletes the entry.
func (l *Ledger) Set(id ID, seal Seal) {
	if !isSum(seal.HMAC) {
		l.Delete(id)
		return
	}
	if l.seals == nil {
		l.seals = map[ID]Seal{}
	}
	l.seals[id] = seal
}

// Delete forgets what was written to a field.
func (l *Ledger) Delete(id ID) { delete(l.seals, id) }

// Rename carries an entry over to the field of a resource's new address, where key and value
// show that it is about that value; else it is forgotten. An entry that was at
// the new address before is replaced or forgotten with it. Without an entry at
// the old address nothing happens.
func (l *Ledger) Rename(from, to ID, key Key, value resource.Secret) {
	seal, found := l.seals[from]
	if !found || from == to {
		return
	}
	same := key.Same(from, value, seal.HMAC)
	l.Delete(from)
	l.Delete(to)
	if same {
		l.Set(to, Seal{HMAC: key.Sum(to, value), Modified: seal.Modified})
	}
}

// Read reads a ledger file. A file that is not there is an empty ledger. What is
// wrong with the content is an [*Invalid].
func Read(path string) (*Ledger, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Ledger{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return Parse(path, bytes.NewReader(text))
}

// Write makes the file hold these entries, and reports whether it had to change
// it. A file that holds them already is left alone, down to its comments and
// line ends. A file that cannot be understood (somebody is in the middle of a
// merge) is not overwritten but given back as an [*Invalid]. The file is replaced
// as a whole, where the system can do that, so that a crash leaves the old or the
// new one.
func (l *Ledger) Write(path string) (changed bool, err error) {
	there, err := Read(path)
	if err != nil {
		return false, err
	}
	if maps.Equal(there.seals, l.seals) {
		return false, nil
	}
	if err := maybe.WriteFile(path, l.Bytes(), 0o644); err != nil {
		return false, fmt.Errorf("write the ledger: %w", err)
	}
	return true, nil
}
