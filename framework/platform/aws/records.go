package aws

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
)

// first ends a walk after the first element.
type first struct{}

func (first) Error() string { return "the first element was found" }

// source is what sent the records of a payload, as its first one says: aws:s3, aws:sqs, ...; "" if there are none.
func source(p *platform.Payload) (name string) {
	records := p.Field("Records")
	if records == nil {
		return ""
	}
	// The rest is checked when somebody claims the payload.
	_ = platform.Elements("Records", records, func(record json.RawMessage) error {
		for _, member := range []string{"eventSource", "EventSource"} { // SNS has a capital
			if name == "" {
				name, _ = platform.DecodeText(member, platform.Member(record, member))
			}
		}
		return first{}
	})
	return name
}

// walk decodes the records of a payload one by one, and keeps the bytes of each.
func walk[R any](p *platform.Payload, use func(record *R, raw json.RawMessage) error) error {
	return platform.Elements("Records", p.Field("Records"), func(raw json.RawMessage) error {
		record := new(R)
		if err := decode("Records", raw, record); err != nil {
			return err
		}
		return use(record, raw)
	})
}

// decode reads JSON of the payload. Its error names the place and the types, and repeats no value.
func decode(what string, raw json.RawMessage, to any) error {
	err := json.Unmarshal(raw, to)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		found, _, _ := strings.Cut(wrong.Value, " ")
		return platform.InvalidEvent("%s.%.80s: found %s, expected %s", what, wrong.Field, found, wrong.Type)
	}
	if err != nil {
		return platform.InvalidEvent("%s: found broken JSON", what)
	}
	return nil
}

// milliseconds is a time since 1970, zero if there is none.
func milliseconds(ms int64) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// epoch is a time in seconds since 1970 with a fraction, zero if there is none.
func epoch(seconds float64) time.Time {
	if seconds <= 0 || seconds > 1e11 {
		return time.Time{}
	}
	return milliseconds(int64(seconds*1000 + 0.5))
}

// timestamp reads a time in text, zero if there is none.
func timestamp(what, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, platform.InvalidEvent("%s: found %.40q, expected a time such as 2006-01-02T15:04:05Z", what, text)
	}
	return t.UTC(), nil
}

// failures is the answer by which a queue or stream takes back the messages that failed. An empty list takes none.
func failures(ids []string) ([]byte, error) {
	type failure struct {
		Item string `json:"itemIdentifier"`
	}
	answer := struct {
		Failures []failure `json:"batchItemFailures"`
	}{make([]failure, len(ids))}
	for i, id := range ids {
		answer.Failures[i].Item = id
	}
	return json.Marshal(answer)
}
