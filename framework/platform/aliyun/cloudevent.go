package aliyun

import (
	"encoding/json"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
)

// CloudEvent is an event as EventBridge delivers it.
type CloudEvent struct {
	SpecVersion string `json:"specversion"`
	ID          string `json:"id"`
	Source      string `json:"source"`
	Type        string `json:"type"`
	Subject     string `json:"subject"`
	ContentType string `json:"datacontenttype"`
	Time        string `json:"time"`
	// The owner of the event, and whose account it came from.
	AccountID         string `json:"aliyunaccountid"`
	OriginalAccountID string `json:"aliyunoriginalaccountid"`
	// BusName is the event bus that it came over, PublishTime when it was put on it, PublishAddress by whom.
	BusName        string `json:"aliyuneventbusname"`
	PublishTime    string `json:"aliyunpublishtime"`
	PublishAddress string `json:"aliyunpublishaddr"`
	Region         string `json:"aliyunregionid"`
	// Data is JSON, DataBase64 what is none.
	Data       json.RawMessage `json:"data"`
	DataBase64 []byte          `json:"data_base64"`
}

// Types of events by which EventBridge delivers messages.
const (
	typeQueue    = "mns:Queue:SendMessage"
	typeRocketMQ = "mq:Topic:SendMessage"
	typeKafka    = "alikafka:Topic:Message"
)

// eventType is the type of the events of a payload, as its first one says; "" if there are none. A payload is one event, or
// an array of events, or an array of texts that hold events.
func eventType(p *platform.Payload) string {
	if p.Field("specversion") != nil {
		kind, _ := p.Text("type")
		return kind
	}
	first := platform.First(p.Raw)
	if len(first) > 0 && first[0] == '"' {
		text, err := platform.DecodeText("event", first)
		if err != nil {
			return ""
		}
		first = json.RawMessage(text)
	}
	if platform.Member(first, "specversion") == nil {
		return ""
	}
	kind, _ := platform.DecodeText("type", platform.Member(first, "type"))
	return kind
}

// events decodes the events of a payload one by one, and keeps the bytes of each. All have to be of the type that the first
// one has, unless it is empty.
func events(p *platform.Payload, kind string, use func(e *CloudEvent, raw json.RawMessage) error) error {
	one := func(raw json.RawMessage) error {
		e := &CloudEvent{}
		if err := platform.DecodeJSON("event", raw, e); err != nil {
			return err
		}
		if kind != "" && e.Type != kind {
			return platform.InvalidEvent("type: found %.60q and %.60q, expected events of one type", e.Type, kind)
		}
		return use(e, raw)
	}
	if p.Field("specversion") != nil {
		return one(p.Raw)
	}
	return platform.Elements("events", p.Raw, func(raw json.RawMessage) error {
		if raw[0] != '"' {
			return one(raw)
		}
		text, err := platform.DecodeText("events", raw)
		if err != nil {
			return err
		}
		return one(json.RawMessage(text))
	})
}

// data decodes what an event carries.
func (e *CloudEvent) data(to any) error {
	if len(e.Data) == 0 || e.Data[0] == 'n' {
		return platform.InvalidEvent("data: found nothing, expected an object")
	}
	return platform.DecodeJSON("data", e.Data, to)
}

// isJSON reports whether the content type says that data is JSON, which it is where there is none.
func (e *CloudEvent) isJSON() bool {
	media, _, _ := strings.Cut(e.ContentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == "" || media == "application/json" || strings.HasSuffix(media, "+json")
}

// listed is the first element of events, which says what all of them are, in payloads of services that have such a list.
func listed(p *platform.Payload) json.RawMessage { return platform.First(p.Field("events")) }

// source is the service that the events of such a list are from, "" if there are none.
func source(p *platform.Payload) string {
	name, _ := platform.DecodeText("eventSource", platform.Member(listed(p), "eventSource"))
	return name
}

// walk decodes the events of such a list one by one, and keeps the bytes of each.
func walk[E any](p *platform.Payload, from string, use func(event *E, raw json.RawMessage) error) error {
	return platform.Elements("events", p.Field("events"), func(raw json.RawMessage) error {
		if other, _ := platform.DecodeText("eventSource", platform.Member(raw, "eventSource")); other != from {
			return platform.InvalidEvent("events.eventSource: found %.60q and %q, expected events of one service", other, from)
		}
		e := new(E)
		if err := platform.DecodeJSON("events", raw, e); err != nil {
			return err
		}
		return use(e, raw)
	})
}
