package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// slowDisk is a file in memory. A write arrives page by page, and a kill may come after
// each: killed is called then. It may be full.
type slowDisk struct {
	text    []byte
	written int
	full    bool
	killed  func(text []byte)
}

func (d *slowDisk) Close() error { return nil }

func (d *slowDisk) replace(text []byte) error {
	if d.full {
		return errors.New("no space left on device")
	}
	d.text = append([]byte{}, text...)
	d.written += len(text)
	d.killed(d.text)
	return nil
}

func (d *slowDisk) WriteAt(text []byte, at int64) (int, error) {
	if int(at)+len(text) > len(d.text) {
		return 0, errors.New("the file would grow, and a full disk would cut it short")
	}
	for done := 0; done < len(text); {
		page := min(pageSize-(int(at)+done)%pageSize, len(text)-done)
		done += copy(d.text[int(at)+done:], text[done:done+page])
		d.killed(d.text)
	}
	d.written += len(text)
	return len(text), nil
}

// list is the JSON that is written in parts, as a report is.
type list struct {
	Steps   []string
	Summary int
	Running string
}

func item(i int, text string) []byte {
	comma := ","
	if i == 0 {
		comma = ""
	}
	return fmt.Appendf(nil, "%s\n%q", comma, text)
}

func tail(n int, running string) []byte {
	return fmt.Appendf(nil, "\n],\"summary\":%d,\"running\":%q}\n", n, running)
}

// A kill at any moment leaves a whole document, with all that was added before.
func TestDocumentKilled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		added, before := 0, 0
		disk := &slowDisk{}
		disk.killed = func(text []byte) {
			var l list
			if err := json.Unmarshal(text, &l); err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			if len(l.Steps) != before && len(l.Steps) != added || l.Summary != before && l.Summary != added || l.Summary > len(l.Steps) {
				t.Fatalf("%d steps, and %d are counted, between %d and %d", len(l.Steps), l.Summary, before, added)
			}
		}
		d := &Document{file: disk}
		d.Restart([]byte(`{"steps":[`), tail(0, ""))
		for range rapid.IntRange(0, 60).Draw(t, "events") {
			running := strings.Repeat("r", rapid.IntRange(0, 3000).Draw(t, "running"))
			if rapid.Bool().Draw(t, "begins") {
				d.Add(nil, tail(added, running))
				continue
			}
			added++
			d.Add(item(before, strings.Repeat("s", rapid.IntRange(0, 1500).Draw(t, "step"))), tail(added, running))
			before = added
		}
		if d.err != nil {
			t.Error(d.err)
		}
	})
}

// What is written grows with the document, and not with its square.
func TestDocumentBytes(t *testing.T) {
	written := func(steps int) int {
		disk := &slowDisk{killed: func([]byte) {}}
		d := &Document{file: disk}
		d.Restart([]byte(`{"steps":[`), tail(0, ""))
		for i := range steps {
			d.Add(item(i, strings.Repeat("s", 250)), tail(i+1, strings.Repeat("r", 1000)))
		}
		return disk.written
	}
	if few, many := written(500), written(4000); many > 10*few {
		t.Errorf("500 steps write %d bytes, 4000 write %d", few, many)
	}
}

// A disk that becomes full leaves the document as it was.
func TestDocumentOnAFullDisk(t *testing.T) {
	disk := &slowDisk{killed: func([]byte) {}}
	d := &Document{file: disk}
	d.Restart([]byte(`{"steps":[`), tail(0, ""))
	disk.full = true
	for i := range 100 {
		d.Add(item(i, strings.Repeat("s", 250)), tail(i+1, ""))
	}
	var l list
	if err := json.Unmarshal(disk.text, &l); err != nil || len(l.Steps) == 0 || len(l.Steps) != l.Summary || d.err == nil {
		t.Errorf("%v, %d steps, %d counted, %v", err, len(l.Steps), l.Summary, d.err)
	}
}

// The file of an earlier run is replaced at once, and the permissions stay.
func TestDocumentFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(path, []byte("an earlier report"), 0o640); err != nil {
		t.Fatal(err)
	}
	d, err := File{Path: path}.Begin([]byte(`{"steps":[`), tail(0, ""), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		d.Add(item(i, strings.Repeat("s", 250)), tail(i+1, ""))
		var l list
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &l); err != nil || len(l.Steps) != i+1 || l.Summary != i+1 {
			t.Fatalf("%v in %s", err, text)
		}
	}
	if err := d.Finish([]byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "{}\n" || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %s, %s", err, text, info.Mode())
	}
}
