package aws

import (
	"encoding/json"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// source is what sent the records of a payload, as its first one says: aws:s3, aws:sqs, ...; "" if there are none.
func source(p *platform.Payload) (name string) {
	record := platform.First(p.Field("Records"))
	for _, member := range []string{"eventSource", "EventSource"} { // SNS has a capital
		if name == "" {
			name, _ = platform.DecodeText(member, platform.Member(record, member))
		}
	}
	return name
}

// walk decodes the records of a payload one by one, and keeps the bytes of each.
func walk[R any](p *platform.Payload, use func(record *R, raw json.RawMessage) error) error {
	return platform.Elements("Records", p.Field("Records"), func(raw json.RawMessage) error {
		record := new(R)
		if err := platform.DecodeJSON("Records", raw, record); err != nil {
			return err
		}
		return use(record, raw)
	})
}

// walkStream is walk for a stream, which is read in order. What cannot be decoded is broken by its sequence number, at that
// path, and so is all after it: Lambda begins again with the first that failed.
func walkStream[R any](p *platform.Payload, a *platform.Batch[mq.Message], container, number string, use func(record *R, raw json.RawMessage) error) error {
	a.Partial = failures
	return platform.Elements("Records", p.Field("Records"), func(raw json.RawMessage) error {
		id, _ := platform.DecodeText(number, platform.Member(platform.Member(raw, container), number))
		err := framework.ErrSkipped
		if len(a.Broken) == 0 {
			record := new(R)
			if err = platform.DecodeJSON("Records", raw, record); err == nil {
				err = use(record, raw)
			}
		}
		if err == nil || id == "" {
			return err
		}
		a.Broken = append(a.Broken, framework.MessageFailure{ID: id, Err: err})
		return nil
	})
}

// epoch is a time in seconds since 1970 with a fraction, zero if there is none.
func epoch(seconds float64) time.Time {
	if seconds <= 0 || seconds > 1e11 {
		return time.Time{}
	}
	return platform.Milliseconds(int64(seconds*1000 + 0.5))
}

// failures is the response by which a queue or stream takes back the messages that failed. An empty list takes none.
func failures(ids []string) ([]byte, error) {
	type failure struct {
		Item string `json:"itemIdentifier"`
	}
	response := struct {
		Failures []failure `json:"batchItemFailures"`
	}{make([]failure, len(ids))}
	for i, id := range ids {
		response.Failures[i].Item = id
	}
	return json.Marshal(response)
}
