package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"
	"github.com/rogpeppe/go-internal/lockedfile"
)

// store keeps the state, in memory or in a file.
//
// The policy for a file: a write holds a lock beside it (FILE.lock) from reading to writing, so processes that
// share the file never lose each other's changes. A read needs no lock, because the file is replaced as a
// whole. A process that finds another file than the one it read last reads it again.
//
// The state holds whatever it was given, secrets too, and must not be committed by accident: the directory
// .divioctl, where it is by default, has a .gitignore of its own, which covers all that is in it.
type store struct {
	file  string // "" keeps the state in memory only
	fresh func(now timestamp) (*state, error)

	current *state
	seen    os.FileInfo // the file that current came from
}

// StateError is a state file that can be read but contains no state, or a corrupt one.
type StateError struct {
	File string
	Err  error
}

// Error names the file.
func (e *StateError) Error() string {
	return fmt.Sprintf("read the sandbox state %s: %v", e.File, e.Err)
}

// Unwrap returns the cause.
func (e *StateError) Unwrap() error { return e.Err }

// read updates current from the file. A file that does not exist counts as a fresh state, which the next write
// will save.
func (s *store) read(now timestamp) error {
	if s.file == "" {
		if s.current != nil {
			return nil
		}
		return s.start(now)
	}
	info, err := os.Stat(s.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if s.current != nil && s.seen == nil {
			return nil
		}
		return s.start(now)
	case err != nil:
		return fmt.Errorf("read the sandbox state: %w", err)
	case s.current != nil && s.seen != nil && os.SameFile(info, s.seen) &&
		info.ModTime().Equal(s.seen.ModTime()) && info.Size() == s.seen.Size():
		return nil
	}
	data, err := os.ReadFile(s.file)
	if err != nil {
		return fmt.Errorf("read the sandbox state: %w", err)
	}
	st, err := decodeState(data)
	if err != nil {
		return &StateError{s.file, err}
	}
	s.current, s.seen = st, info
	return nil
}

func (s *store) start(now timestamp) error {
	st, err := s.fresh(now)
	if err != nil {
		return err
	}
	s.current, s.seen = st, nil
	return nil
}

// change runs fn on the current state and keeps the result, unless fn fails. If the result cannot be saved, the
// copy in memory is also dropped: a later request always sees the content of the file.
func (s *store) change(now timestamp, fn func(*state) error) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.read(now); err != nil {
		return err
	}
	if err := fn(s.current); err != nil {
		return err
	}
	return s.keep()
}

// restart starts over, with any previous state.
func (s *store) restart(now timestamp) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.start(now); err != nil {
		return err
	}
	return s.keep()
}

func (s *store) keep() error {
	s.current.Revision++
	if err := s.save(); err != nil {
		if s.file != "" {
			s.current, s.seen = nil, nil
		}
		return fmt.Errorf("save the sandbox state: %w", err)
	}
	return nil
}

func (s *store) lock() (func(), error) {
	if s.file == "" {
		return func() {}, nil
	}
	dir := filepath.Dir(s.file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock the sandbox state: %w", err)
	}
	if err := hide(dir); err != nil {
		return nil, fmt.Errorf("keep the sandbox state out of git: %w", err)
	}
	unlock, err := lockedfile.MutexAt(s.file + ".lock").Lock()
	if err != nil {
		return nil, fmt.Errorf("lock the sandbox state: %w", err)
	}
	return unlock, nil
}

// hide gives the default directory of the state a .gitignore, if it has none. Other directories belong to the user.
func hide(dir string) error {
	name := filepath.Join(dir, ".gitignore")
	if _, err := os.Stat(name); filepath.Base(dir) != ".divioctl" || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return maybe.WriteFile(name, []byte("*\n"), 0o600)
}

func (s *store) save() error {
	if s.file == "" {
		return nil
	}
	data, err := s.current.encode()
	if err != nil {
		return err
	}
	if err := maybe.WriteFile(s.file, data, 0o600); err != nil {
		return err
	}
	s.seen, err = os.Stat(s.file)
	return err
}
