// Package ledger records what was last written to write-only fields, which the API
// never returns. A ledger is a text file beside the files, meant to be committed, and
// contains keyed hashes instead of values; docs/ledger.md describes it for users.
// pkg/plan decides what follows from it for a plan.
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

// The ledger contains only what is certain. An entry says "this value was written here,
// and the API's date was this one after the write". So
//
//   - without a key nothing is compared, and the file is not changed;
//   - the entry of a value that was written without a key is deleted, since it is about
//     the old value;
//   - a renamed resource keeps its entry only if the available value is the one that
//     was written, since the hash covers the address;
//   - an invalid file is neither used nor overwritten.
//
// Deleting an entry is always safe: the value then counts as not compared.

// ID names a field as the file has it: the text of an address, which another
// version of divioctl may have written, and the name of a field.
type ID struct{ Address, Field string }

// IDOf returns the ID of a field.
func IDOf(f resource.FieldID) ID { return ID{f.Address.String(), f.Name} }

func (id ID) compare(other ID) int {
	return cmp.Or(cmp.Compare(id.Address, other.Address), cmp.Compare(id.Field, other.Field))
}

// Seal is what the ledger keeps of one write-only value.
type Seal struct {
	// HMAC is the result of [Key.Sum] for the value that was written last.
	HMAC string
	// Modified is the API's date_modified as read after the environment's last write,
	// unchanged; "" if it is unknown.
	Modified string
}

// Ledger is the content of a ledger file. Its zero value is empty and ready for use. It
// is not safe for concurrent use.
type Ledger struct {
	seals map[ID]Seal
}

// Seal returns the entry of a field.
func (l *Ledger) Seal(id ID) (seal Seal, found bool) {
	seal, found = l.seals[id]
	return seal, found
}

// All iterates over all entries, sorted by address and field. Entries may be changed
// during the iteration.
func (l *Ledger) All() iter.Seq2[ID, Seal] {
	return func(yield func(ID, Seal) bool) {
		for _, id := range slices.SortedFunc(maps.Keys(l.seals), ID.compare) {
			if seal, still := l.seals[id]; still && !yield(id, seal) {
				return
			}
		}
	}
}

// Set records what was written. A seal without a valid HMAC, as a zero [Key] makes it,
// deletes the entry.
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

// Delete deletes the entry of a field.
func (l *Ledger) Delete(id ID) { delete(l.seals, id) }

// Rename moves an entry to the field of a resource's new address, if key and value show
// that it is about that value; else the entry is deleted. An earlier entry at the new
// address is replaced or deleted with it. Without an entry at the old address nothing
// happens.
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

// Read reads a ledger file. A file that does not exist is an empty ledger. If the
// content is invalid, the error is an [*Invalid].
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

// Write writes the entries to the file, and reports whether it had to change the file.
// A file that already contains them is not changed, including its comments and line
// ends. An invalid file (for example with a merge conflict) is not overwritten: the
// error is an [*Invalid]. The file is replaced atomically, if the system supports it,
// so that a crash leaves the old or the new one.
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
