package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/divioctl/divioctl/pkg/sandbox"
)

// crashReport is what a report says after a crash.
type crashReport struct {
	Finished       bool
	Steps, Running []struct{ Address, Status string }
	Summary        struct{ Done, Running, Pending int }
	Error          *struct{}
}

// killed kills an apply at the first request with a method, and gives the report. One
// of an earlier run was there.
func killed(t *testing.T, first string) crashReport {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := &held{box, method(first), make(chan struct{}, 1), make(chan struct{})}
	server := httptest.NewServer(h)
	defer server.Close()
	p := program{t, t.TempDir()}
	for name, text := range map[string]string{
		"divio.yaml": twoVariables, "report.json": `{"format_version": "2.0", "finished": true, "steps": [{}], "summary": {"done": 1}}`,
	} {
		if err := os.WriteFile(p.dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	apply := func() *exec.Cmd {
		cmd := p.command("apply", "--auto-approve", "--report", "report.json")
		cmd.Env = append(cmd.Env, "DIVIO_API_TOKEN=any", "DIVIO_ENDPOINT="+server.URL)
		return cmd
	}
	cmd := apply()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-h.came
	_ = cmd.Process.Kill() // Wait says how it ended
	if err := cmd.Wait(); err == nil {
		t.Fatal("it was not killed")
	}
	close(h.release)
	text, err := os.ReadFile(p.dir + "/report.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := obeys("apply", string(text)); err != nil {
		t.Error(err)
	}
	var report crashReport
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	// The next run replaces it.
	if out, err := apply().CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	var next crashReport
	if text, err = os.ReadFile(p.dir + "/report.json"); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &next); err != nil || !next.Finished {
		t.Errorf("%v: the next run left %s", err, text)
	}
	return report
}

// The report of an earlier run does not outlive a kill while reading.
func TestReportKilledWhilePlanning(t *testing.T) {
	t.Parallel()
	if r := killed(t, "GET"); r.Finished || r.Error != nil || len(r.Steps) > 0 || r.Summary.Done > 0 {
		t.Errorf("the report is %+v", r)
	}
}

// The report of a kill while writing counts what was running and what was pending.
func TestReportKilledWhileWriting(t *testing.T) {
	t.Parallel()
	r := killed(t, "POST")
	if r.Finished || r.Summary.Done != 0 || r.Summary.Running != 1 || r.Summary.Pending != 2 ||
		len(r.Running) != 1 || r.Running[0].Address != "variable.shop/live/A" || r.Running[0].Status != "running" {
		t.Errorf("the report is %+v", r)
	}
}
