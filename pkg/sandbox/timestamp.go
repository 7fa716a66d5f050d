package sandbox

import (
	"encoding/json"
	"fmt"
	"time"
)

// timestamp is a point in time as the API writes it: UTC, "Z", microseconds only when they are not zero.
type timestamp struct{ time.Time }

func stamp(t time.Time) timestamp { return timestamp{t.UTC().Truncate(time.Microsecond)} }

func (t timestamp) String() string {
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000000Z")
}

// MarshalJSON writes the API's spelling.
func (t timestamp) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON reads any RFC 3339 time, "+00:00" included.
func (t *timestamp) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return fmt.Errorf("%q is not a timestamp such as 2026-01-31T12:00:00Z", text)
	}
	*t = stamp(parsed)
	return nil
}

func (t timestamp) plus(d time.Duration) timestamp { return stamp(t.Add(d)) }

// reached reports whether the time is reached at now.
func (t timestamp) reached(now timestamp) bool { return !now.Before(t.Time) }
