package output

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

// A document that grows while a command runs has a beginning that only gets longer, and
// an end that changes with it. It is a whole document at any time, also if the program
// is killed at any moment. The policy:
//
//   - A kill can cut a write short, but only at the end of a page. So a write stays
//     within a page, and after each the file is a whole document.
//   - Between the beginning and the end are spaces. An addition takes the place of some,
//     in the next page if it does not fit into this one. The end has a page of its own,
//     and is written after the addition: a kill in between leaves the end as it was.
//   - When the spaces are used up, the file is replaced by one with twice as many. So
//     what is written grows with the document, and not with its square.
//   - An addition or an end that is longer than a page takes several, and can be cut
//     short. Nothing is synced to disk: this is about the program, not the machine.
//   - After a failed write the file is left as it is.

const pageSize = 4096 // that of every system is a multiple

// Document is a document that grows. Spaces in it are not content.
type Document struct {
	file  grower
	into  io.WriteCloser // instead of file: a device or a pipe
	begin []byte
	at    int // where the next addition goes
	end   int // where the end is
	room  int // for the end
	spent int // of it, by the last one
	err   error
}

// grower is a file whose content can be replaced at once, and changed at a place.
type grower interface {
	replace(text []byte) error
	io.WriterAt
	io.Closer
}

// Begin makes a document the content of the file. A device or a pipe gets nothing before
// [Document.Finish].
func (f File) Begin(begin, end []byte, perm fs.FileMode) (*Document, error) {
	t, err := f.target()
	if err != nil {
		return nil, err
	}
	if t.open {
		into, err := t.openForWriting()
		return &Document{into: into}, err
	}
	d := &Document{file: &regular{file: f, path: t.path, perm: perm}}
	d.Restart(begin, end)
	return d, d.err
}

// Restart begins again, with another document.
func (d *Document) Restart(begin, end []byte) {
	if d.into != nil {
		return
	}
	d.begin = bytes.Clone(begin)
	d.rebuild(end)
}

// Add adds to the beginning, and changes the end.
func (d *Document) Add(more, end []byte) {
	if d.into != nil || d.err != nil {
		return
	}
	d.begin = append(d.begin, more...)
	if d.at%pageSize+len(more) > pageSize {
		d.at = pages(d.at)
	}
	if d.at+len(more) > d.end || len(end) > d.room {
		d.rebuild(end)
		return
	}
	d.put(more, d.at)
	d.put(pad(end, d.spent), d.end)
	d.at, d.spent = d.at+len(more), len(end)
}

func (d *Document) put(text []byte, at int) {
	if d.err == nil && len(text) > 0 {
		_, d.err = d.file.WriteAt(text, int64(at))
	}
}

// rebuild writes the whole document, with room to grow.
func (d *Document) rebuild(end []byte) {
	d.at, d.end = len(d.begin), pages(2*len(d.begin)+1)
	d.room, d.spent = pages(len(end)), len(end)
	d.err = d.file.replace(append(pad(d.begin, d.end), pad(end, d.room)...))
}

// Finish replaces the document by another text, and closes the file.
func (d *Document) Finish(text []byte) error {
	if d.into != nil {
		_, err := d.into.Write(text)
		return errors.Join(err, d.into.Close())
	}
	err := d.file.replace(text)
	_ = d.file.Close() // all of it was written, or replace has said so
	return err
}

// pages rounds up to whole pages.
func pages(n int) int { return (n + pageSize - 1) / pageSize * pageSize }

// pad gives text at least n bytes.
func pad(text []byte, n int) []byte {
	return append(bytes.Clone(text), bytes.Repeat([]byte(" "), max(0, n-len(text)))...)
}

// regular is a regular file, which is opened again whenever it is replaced.
type regular struct {
	file File
	path string
	perm fs.FileMode
	open *os.File
}

func (r *regular) replace(text []byte) error {
	if err := r.file.Write(text, r.perm); err != nil {
		return err
	}
	r.Close()
	var err error
	r.open, err = os.OpenFile(r.path, os.O_RDWR, 0)
	return err
}

func (r *regular) WriteAt(text []byte, at int64) (int, error) { return r.open.WriteAt(text, at) }

func (r *regular) Close() error {
	if r.open == nil {
		return nil
	}
	return r.open.Close()
}
