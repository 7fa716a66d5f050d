package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// watch waits for the end of our deployment and says how it ended.
func (d *deployment) watch() {
	last, err := d.ended(d.ID, func(percent int) {
		d.Percent = percent
		d.tell()
	})
	success, told := last[d.about().Success].(bool)
	switch {
	case err != nil && d.waiting.Err() != nil:
		d.Because = d.whyStopped()
		d.end(Running, nil)
	case err != nil:
		d.end(Unknown, fmt.Errorf("read the status of deployment %s: %w", d.ID, err))
	case success:
		d.Percent = 100
		d.end(Done, nil)
	case told:
		d.Log = d.tail()
		d.end(Failed, fmt.Errorf("deployment %s failed", d.ID))
	default:
		d.Log = d.tail()
		d.end(Unknown, fmt.Errorf("deployment %s ended, but the API does not say whether it succeeded", d.ID))
	}
}

// maxLostPolls is how many consecutive polls may fail before apply stops polling a
// deployment. The client has retried each of them before it counts.
const maxLostPolls = 4

// ended waits until a deployment has ended and returns what the API says of it then.
func (d *deployment) ended(id string, progress func(percent int)) (map[string]any, error) {
	lost := 0
	for wait := d.opt.Poll; ; wait = min(wait*3/2, 20*d.opt.Poll) {
		now, err := d.api.Get(d.waiting, d.about().Get, byID(id), nil)
		var refusal interface{ Refused() bool }
		switch {
		case err == nil && d.hasEnded(now):
			return now, nil
		case err == nil:
			lost = 0
			progress(whole(now[d.about().Percent]))
		case lost == maxLostPolls, errors.As(err, &refusal) && refusal.Refused():
			return nil, err
		default:
			lost++
		}
		if err := pause(d.waiting, wait); err != nil {
			return nil, err
		}
	}
}

// hasEnded reports whether a deployment has ended.
func (d *deployment) hasEnded(now map[string]any) bool {
	return now[d.about().Ended] != nil || now[d.about().Success] != nil
}

// How much of the end of a log is kept.
const (
	tailLines = 40
	tailWidth = 1000 // bytes of a line
)

// tail reads the end of our deployment's log.
func (d *deployment) tail() []string {
	answer, err := d.api.Get(d.writing, d.about().Logs, byID(d.ID), nil)
	if err != nil {
		return []string{"(the log could not be read: " + err.Error() + ")"}
	}
	text, _ := answer[d.about().Text].(string)
	lines := strings.Split(strings.TrimRight(d.opt.Redact(text), " \t\r\n"), "\n")
	lines = lines[max(0, len(lines)-tailLines):]
	for i, line := range lines {
		line = strings.TrimRight(line, " \t\r")
		if len(line) > tailWidth {
			line = strings.ToValidUTF8(line[:tailWidth], "") + "…"
		}
		lines[i] = line
	}
	return lines
}

func byID(id string) map[string]resource.Value { return map[string]resource.Value{"uuid": id} }

func handlesOf(objects []map[string]any) []string {
	var ids []string
	for _, object := range objects {
		ids = append(ids, resource.IDIn(object))
	}
	return ids
}

// whole reads a number of an answer, 0 if it is not a number.
func whole(v any) int {
	switch x := v.(type) {
	case int64:
		return int(x)
	case json.Number:
		fraction, _ := x.Float64() // 0 if it is not a number
		return int(fraction)
	}
	return 0
}

// pause waits for d, or until ctx ends; then it returns the error of ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
