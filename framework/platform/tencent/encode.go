package tencent

import (
	"encoding/json"
	"time"
)

// members is a JSON object.
type members = map[string]any

// Where the resources of made-up payloads are, and the APPID of their account.
const (
	region = "ap-guangzhou"
	owner  = "1250000000"
)

// encodeRecords writes a payload of records, in order.
func encodeRecords[E any](batch []E, record func(int, E) (members, error)) ([]byte, error) {
	list := make([]members, 0, len(batch))
	for i, e := range batch {
		r, err := record(i, e)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return json.Marshal(members{"Records": list})
}

// stamp is a time as CMQ writes it, the beginning of 1970 for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
