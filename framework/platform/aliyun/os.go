package aliyun

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// OSSEvent is an event of Alibaba Cloud OSS.
type OSSEvent struct {
	EventName    string `json:"eventName"`
	EventSource  string `json:"eventSource"`
	EventTime    string `json:"eventTime"`
	EventVersion string `json:"eventVersion"`
	Region       string `json:"region"`
	OSS          struct {
		Bucket struct {
			ARN           string `json:"arn"`
			Name          string `json:"name"`
			OwnerIdentity string `json:"ownerIdentity"`
			VirtualBucket string `json:"virtualBucket"`
		} `json:"bucket"`
		Object struct {
			Key       string `json:"key"`
			Size      *int64 `json:"size"`
			DeltaSize *int64 `json:"deltaSize"`
			ETag      string `json:"eTag"`
			// Meta is what the service keeps with the object, as it came.
			Meta json.RawMessage `json:"objectMeta"`
		} `json:"object"`
		SchemaVersion string `json:"ossSchemaVersion"`
		RuleID        string `json:"ruleId"`
	} `json:"oss"`
	RequestParameters struct {
		SourceIPAddress string `json:"sourceIPAddress"`
	} `json:"requestParameters"`
	ResponseElements struct {
		RequestID string `json:"requestId"`
	} `json:"responseElements"`
	UserIdentity struct {
		PrincipalID string `json:"principalId"`
	} `json:"userIdentity"`
}

// OSSOf returns the event of OSS that an event was made of, false if it came from elsewhere.
func OSSOf(e os.Event) (*OSSEvent, bool) {
	v, ok := e.Vendor.(*OSSEvent)
	return v, ok
}

// Bucket is the codec of Alibaba Cloud OSS. The key is as the vendor sends it: nothing says that it is encoded. Failed events
// are called again all together.
func Bucket() platform.Codec {
	return platform.BatchCodec[os.Bucket](decodeOSS)
}

func decodeOSS(p *platform.Payload) (a platform.Batch[os.Event], ok bool, err error) {
	const from = "acs:oss"
	if source(p) != from {
		return a, false, nil
	}
	err = walk(p, from, func(v *OSSEvent, raw json.RawMessage) error {
		at, err := platform.DecodeTime("events.eventTime", v.EventTime)
		if err != nil {
			return err
		}
		object := &v.OSS.Object
		e := os.Event{
			Bucket: v.OSS.Bucket.Name, Key: object.Key, Name: strings.TrimPrefix(v.EventName, "oss:"), Size: -1, ETag: strings.Trim(object.ETag, `"`),
			Region: v.Region, Time: at, Raw: raw, Vendor: v,
		}
		e.Action, e.Via = action(e.Name)
		if object.Size != nil {
			e.Size = *object.Size
		}
		if id := v.ResponseElements.RequestID; id != "" { // of a request that may have changed several objects
			e.ID = id + "/" + e.Key
		}
		a.Events = append(a.Events, e)
		return nil
	})
	return a, true, err
}

// action says an event of OSS in the words of all clouds.
func action(name string) (os.Action, string) {
	what, how, _ := strings.Cut(name, ":")
	switch what {
	case "ObjectCreated":
		switch how {
		case "InitiateMultipartUpload", "UploadPart", "UploadPartCopy": // called created by the vendor, but of no object
			return os.Part, ""
		}
		return os.Created, map[string]string{"PutObject": "put", "PostObject": "post", "CopyObject": "copy", "CompleteMultipartUpload": "multipart"}[how]
	case "ObjectRemoved":
		if how == "AbortMultipartUpload" { // whose object never was there
			return os.Part, ""
		}
		return os.Removed, ""
	}
	return os.Other, ""
}

// EncodeBucket writes events as OSS sends them: without the versions of objects, for which there is no place. An action that OSS
// has no event for is an error.
func EncodeBucket(batch []os.Event, from platform.Origin) ([]byte, error) {
	return encodeList(batch, func(_ int, o os.Event) (members, error) { return ossEvent(o, from) })
}

func ossEvent(o os.Event, from platform.Origin) (members, error) {
	name := map[os.Action]string{os.Created: "ObjectCreated:PutObject", os.Removed: "ObjectRemoved:DeleteObject"}[o.Action]
	if how := map[string]string{"post": "PostObject", "copy": "CopyObject", "multipart": "CompleteMultipartUpload"}[o.Via]; how != "" {
		name = "ObjectCreated:" + how
	}
	if name = cmp.Or(name, o.Name); name == "" {
		return nil, fmt.Errorf("OSS has no event for the action %q", o.Action)
	}
	bucket, region := platform.EndOfARN(cmp.Or(from.Name, o.Bucket)), cmp.Or(o.Region, region)
	file := members{"key": o.Key, "eTag": o.ETag}
	if o.Size >= 0 {
		file["size"], file["deltaSize"] = o.Size, o.Size
	}
	return members{
		"eventName": name, "eventSource": "acs:oss", "eventTime": stamp(o.Time), "eventVersion": "1.0", "region": region,
		"oss": members{"bucket": members{"name": bucket, "arn": "acs:oss:" + region + ":" + account + ":" + bucket, "ownerIdentity": account, "virtualBucket": ""},
			"object": file, "ossSchemaVersion": "1.0", "ruleId": "faasgen"},
		"requestParameters": members{"sourceIPAddress": "127.0.0.1"}, "responseElements": members{"requestId": cmp.Or(strings.TrimSuffix(o.ID, "/"+o.Key), "58F9FF2D3DF792092E12044C")}, "userIdentity": members{"principalId": account},
	}, nil
}
