package output

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// Inputs are the files that a command reads.
type Inputs struct {
	// Named are those of flags and arguments, "" for none.
	Named []string
	// Find finds all others, also such as do not exist yet (a ledger). It may have to
	// read files, and so is called only if an output could be one of them.
	Find func() []string
}

// Check refuses an output that is an input of the command, or another output of it. It
// writes nothing.
func Check(outputs []File, inputs Inputs) error {
	var checked []place
	find := false
	for _, f := range outputs {
		if f.Path == "" {
			continue
		}
		t, err := f.target()
		if err != nil || t.open { // the write reports an error
			continue
		}
		p := place{f, t.info, t.where()}
		for _, other := range checked {
			if p.where == other.where || p.is(other.info) {
				return refuse(f, "is also the file of "+other.Flag)
			}
		}
		checked = append(checked, p)
		find = find || t.info == nil || t.info.Size() > 0 && !isDocument(t.path)
	}
	if err := refuseInputs(checked, inputs.Named); err != nil || !find {
		return err
	}
	return refuseInputs(checked, inputs.Find())
}

// place is where an output is written.
type place struct {
	File
	info  fs.FileInfo // nil if nothing is there
	where string
}

func (p place) is(info fs.FileInfo) bool {
	return p.info != nil && info != nil && os.SameFile(p.info, info)
}

func refuseInputs(outputs []place, inputs []string) error {
	for _, input := range inputs {
		if input == "" {
			continue
		}
		info, _ := os.Stat(input) // one that does not exist has only a path
		where := target{path: input}.where()
		for _, p := range outputs {
			if p.is(info) || p.where == where {
				return refuse(p.File, "is a file that the command reads ("+input+")")
			}
		}
	}
	return nil
}

func refuse(f File, why string) error {
	return &cli.UsageError{
		Message: fmt.Sprintf("%s %s: it %s", f.Flag, f.Path, why),
		Hint:    "Choose another path. Nothing was written.",
	}
}

// where is the same for all spellings of a path.
func (t target) where() string {
	dir, name := filepath.Split(t.path)
	if real, err := filepath.EvalSymlinks(filepath.Clean(dir)); err == nil {
		dir = real
	}
	at, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		return t.path
	}
	return at
}

// isDocument reports whether a file begins as the JSON documents that divioctl writes.
// Of these a command reads only a saved plan, and that one is named by an argument.
func isDocument(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	begin := make([]byte, 100)
	n, _ := file.Read(begin) // without text it is not one
	text, is := bytes.CutPrefix(bytes.TrimSpace(begin[:n]), []byte("{"))
	text = bytes.TrimSpace(text)
	return is && (bytes.HasPrefix(text, []byte(`"format_version"`)) || bytes.HasPrefix(text, []byte(`"error"`)))
}
