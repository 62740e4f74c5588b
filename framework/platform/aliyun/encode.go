package aliyun

import (
	"encoding/json"
	"fmt"
	"time"
)

// members is a JSON object.
type members = map[string]any

// Where the resources of made-up payloads are, and whose they are.
const (
	region  = "cn-hangzhou"
	account = "1000000000000001"
)

// encodeList writes a payload of a service whose events are in a list, in order.
func encodeList[E any](batch []E, write func(int, E) (members, error)) ([]byte, error) {
	all := make([]members, 0, len(batch))
	for i, e := range batch {
		m, err := write(i, e)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return json.Marshal(members{"events": all})
}

// encodeOne writes the payload of a service that sends one event at a time.
func encodeOne[E any](batch []E, write func(E) ([]byte, error)) ([]byte, error) {
	if len(batch) != 1 {
		return nil, fmt.Errorf("found %d events, expected one: FC is called with one of these at a time", len(batch))
	}
	return write(batch[0])
}

// stamp is a time as the services write it, the beginning of 1970 for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// milliseconds since 1970, 0 for no time.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// envelope is an event as EventBridge writes it.
func envelope(id, source, kind, subject string, at time.Time, data any) members {
	m := members{
		"specversion": "1.0", "id": id, "source": source, "type": kind, "datacontenttype": "application/json; charset=utf-8", "time": stamp(at),
		"aliyunaccountid": account, "aliyunoriginalaccountid": account, "aliyunpublishtime": stamp(at), "aliyuneventbusname": "default", "aliyunregionid": region, "data": data,
	}
	if subject != "" {
		m["subject"] = subject
	}
	return m
}
