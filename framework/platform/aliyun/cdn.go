package aliyun

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"

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
	return platform.BatchCodec[cdn.Domain](decodeCDN)
}

func decodeCDN(p *platform.Payload) (a platform.Batch[cdn.Event], ok bool, err error) {
	const from = "cdn"
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

// EncodeCDN writes events as the CDN sends them. An action that the CDN has no event for is an error.
func EncodeCDN(batch []cdn.Event, from platform.Origin) ([]byte, error) {
	return encodeList(batch, func(i int, c cdn.Event) (members, error) { return cdnEvent(i, c, from) })
}

func cdnEvent(i int, c cdn.Event, from platform.Origin) (members, error) {
	name := cmp.Or(map[string]string{
		"refreshed": "CachedObjectsRefreshed", "preloaded": "CachedObjectsPushed", "blocked": "CachedObjectsBlocked", "logged": "LogFileCreated",
		"started": "CdnDomainStarted", "stopped": "CdnDomainStopped", "added": "CdnDomainAdded", "removed": "CdnDomainDeleted",
	}[c.Action], c.Name)
	if name == "" {
		return nil, fmt.Errorf("the CDN has no event for the action %q", c.Action)
	}
	domain := cmp.Or(from.Name, c.Domain)
	parameter := members{"domain": domain, "objectPath": c.Paths}
	if c.Action == "logged" && len(c.Paths) == 1 {
		parameter = members{"domain": domain, "filePath": c.Paths[0]}
	}
	return members{
		"eventName": name, "eventVersion": "1.0.0", "eventSource": "cdn", "region": cmp.Or(c.Region, region), "eventTime": stamp(c.Time), "traceId": cmp.Or(c.ID, strconv.Itoa(i+1)),
		"resource": members{"domain": domain}, "eventParameter": parameter, "userIdentity": members{"aliUid": account},
	}, nil
}
