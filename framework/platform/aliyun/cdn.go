package aliyun

import (
	"encoding/json"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
)

// CDNEvent is an event of Alibaba Cloud CDN.
type CDNEvent struct {
	EventName    string `json:"eventName"`
	EventVersion string `json:"eventVersion"`
	EventSource  string `json:"eventSource"`
	Region       string `json:"region"`
	EventTime    string `json:"eventTime"`
	TraceID      string `json:"traceId"`
	Resource     struct {
		Domain string `json:"domain"`
	} `json:"resource"`
	// Parameter is what the event itself says, as it came: each has other members.
	Parameter    json.RawMessage `json:"eventParameter"`
	UserIdentity struct {
		AliUID string `json:"aliUid"`
	} `json:"userIdentity"`
}

// CDNOf returns the event of the CDN that an event was made of, false if it came from elsewhere.
func CDNOf(e cdn.Event) (*CDNEvent, bool) {
	v, ok := e.Vendor.(*CDNEvent)
	return v, ok
}

// CDN is the codec of Alibaba Cloud CDN. Paths are the objectPath or the filePath of the event. Failed events are called again
// all together.
func CDN() platform.Codec {
	const from = "cdn"
	return platform.Recognise[cdn.Domain](func(p *platform.Payload) (a platform.Arrived[cdn.Event], ok bool, err error) {
		if source(p) != from {
			return a, false, nil
		}
		err = walk(p, from, func(v *CDNEvent, raw json.RawMessage) error {
			at, err := platform.DecodeTime("events.eventTime", v.EventTime)
			if err != nil {
				return err
			}
			e := cdn.Event{ID: v.TraceID, Action: happened(v.EventName), Name: v.EventName, Domain: v.Resource.Domain, Region: v.Region, Time: at, Raw: raw, Vendor: v}
			for _, member := range []string{"objectPath", "filePath"} {
				if e.Paths, err = paths("events.eventParameter."+member, platform.Member(v.Parameter, member), e.Paths); err != nil {
					return err
				}
			}
			a.Events = append(a.Events, e)
			return nil
		})
		return a, true, err
	})
}

// paths adds a path, or a list of them.
func paths(what string, raw json.RawMessage, to []string) ([]string, error) {
	add := func(raw json.RawMessage) error {
		path, err := platform.DecodeText(what, raw)
		if err == nil && path != "" {
			to = append(to, path)
		}
		return err
	}
	if len(raw) > 0 && raw[0] == '[' {
		err := platform.Elements(what, raw, add)
		return to, err
	}
	err := add(raw)
	return to, err
}

// happened says an event of the CDN in the words of the directive.
func happened(name string) string {
	word := map[string]string{
		"CachedObjectsRefreshed": "refreshed", "CachedObjectsPushed": "preloaded", "CachedObjectsBlocked": "blocked", "LogFileCreated": "logged",
		"CdnDomainStarted": "started", "CdnDomainStopped": "stopped", "CdnDomainAdded": "added", "CdnDomainDeleted": "removed",
	}[name]
	if word == "" {
		return "other"
	}
	return word
}
