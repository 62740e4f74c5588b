package aws

import (
	"encoding/json"
	"strings"
	"time"
)

// members is a JSON object.
type members = map[string]any

// Where the resources of made-up payloads are, and whose they are, unless their ARN says it.
const (
	region  = "us-east-1"
	account = "123456789012"
)

// encodeRecords writes a payload of records, in order.
func encodeRecords[E any](batch []E, record func(E) (members, error)) ([]byte, error) {
	list := make([]members, 0, len(batch))
	for _, e := range batch {
		r, err := record(e)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return json.Marshal(members{"Records": list})
}

// wholeARN is the ARN of a resource that is given by ARN or by name.
func wholeARN(service, prefix, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:aws:" + service + ":" + region + ":" + account + ":" + prefix + name
}

// stamp is a time as S3 and SNS write it, the beginning of 1970 for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
