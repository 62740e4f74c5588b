package aliyun

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/faasgen/faasgen/framework/platform"
	bus "github.com/faasgen/faasgen/framework/trigger/event"
)

// CloudEventOf returns the event of EventBridge that an event was made of, false if it came from elsewhere.
func CloudEventOf(e bus.Event) (*CloudEvent, bool) {
	v, ok := e.Vendor.(*CloudEvent)
	return v, ok
}

// Bus is the codec of events of EventBridge: CloudEvents, one or several. Failed events are called again all together.
func Bus() platform.Codec {
	return platform.BatchCodec[bus.Rule](decodeBus)
}

func decodeBus(p *platform.Payload) (a platform.Batch[bus.Event], ok bool, err error) {
	if eventType(p) == "" {
		return a, false, nil
	}
	err = events(p, "", func(v *CloudEvent, raw json.RawMessage) error {
		at, err := platform.DecodeTime("time", v.Time)
		if err != nil {
			return err
		}
		e := bus.Event{
			ID: v.ID, Source: v.Source, Type: v.Type, Subject: v.Subject, Time: at, Data: v.Data, Region: v.Region, Account: v.AccountID, Raw: raw, Vendor: v,
		}
		switch {
		case v.DataBase64 != nil:
			e.Data, e.ContentType = v.DataBase64, v.ContentType
		case !v.isJSON():
			e.ContentType = v.ContentType
			if len(v.Data) > 0 && v.Data[0] == '"' { // text is written as a text
				text, err := platform.DecodeText("data", v.Data)
				if err != nil {
					return err
				}
				e.Data = []byte(text)
			}
		}
		a.Events = append(a.Events, e)
		return nil
	})
	return a, true, err
}

// EncodeBus writes one event as EventBridge delivers it. Data without a content type is JSON; anything else is an error.
func EncodeBus(batch []bus.Event, _ platform.Origin) ([]byte, error) {
	return encodeOne(batch, cloudEvent)
}

func cloudEvent(v bus.Event) ([]byte, error) {
	m := envelope(v.ID, v.Source, v.Type, v.Subject, v.Time, json.RawMessage(v.Data))
	m["aliyunaccountid"], m["aliyunregionid"] = cmp.Or(v.Account, account), cmp.Or(v.Region, region)
	if v.ContentType != "" {
		m["datacontenttype"], m["data"] = v.ContentType, string(v.Data)
	} else if !json.Valid(v.Data) {
		return nil, fmt.Errorf("the data of an event of EventBridge is JSON where it has no other content type, found %.40q", v.Data)
	}
	return json.Marshal(m)
}
