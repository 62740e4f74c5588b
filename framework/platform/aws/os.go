package aws

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// S3Record is a record of an Amazon S3 event notification.
type S3Record struct {
	EventVersion string `json:"eventVersion"`
	EventSource  string `json:"eventSource"`
	Region       string `json:"awsRegion"`
	EventTime    string `json:"eventTime"`
	EventName    string `json:"eventName"`
	UserIdentity struct {
		PrincipalID string `json:"principalId"`
	} `json:"userIdentity"`
	RequestParameters struct {
		SourceIPAddress string `json:"sourceIPAddress"`
	} `json:"requestParameters"`
	ResponseElements map[string]string `json:"responseElements"`
	S3               struct {
		SchemaVersion   string `json:"s3SchemaVersion"`
		ConfigurationID string `json:"configurationId"`
		Bucket          struct {
			Name          string `json:"name"`
			ARN           string `json:"arn"`
			OwnerIdentity struct {
				PrincipalID string `json:"principalId"`
			} `json:"ownerIdentity"`
		} `json:"bucket"`
		Object struct {
			// Key is as it came, encoded like a query.
			Key       string `json:"key"`
			Size      *int64 `json:"size"`
			ETag      string `json:"eTag"`
			VersionID string `json:"versionId"`
			Sequencer string `json:"sequencer"`
		} `json:"object"`
	} `json:"s3"`
	// The parts that only some events have, as they came.
	Glacier            json.RawMessage `json:"glacierEventData"`
	Replication        json.RawMessage `json:"replicationEventData"`
	Lifecycle          json.RawMessage `json:"lifecycleEventData"`
	IntelligentTiering json.RawMessage `json:"intelligentTieringEventData"`
}

// S3Of returns the record that an event was made of, false if it came from elsewhere.
func S3Of(e os.Event) (*S3Record, bool) {
	r, ok := e.Vendor.(*S3Record)
	return r, ok
}

// Bucket is the codec of Amazon S3.
func Bucket() platform.Codec {
	return platform.BatchCodec[os.Bucket](decodeS3)
}

func decodeS3(p *platform.Payload) (a platform.Batch[os.Event], ok bool, err error) {
	if source(p) != "aws:s3" {
		return a, false, nil
	}
	err = walk(p, func(r *S3Record, raw json.RawMessage) error {
		key, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil {
			return platform.InvalidEvent("Records.s3.object.key: found a key that is not encoded as a query is")
		}
		if !utf8.ValidString(key) { // JSON would hold another key, which is of no object
			return platform.InvalidEvent("Records.s3.object.key: found bytes that are not UTF-8, as every key of S3 is")
		}
		at, err := platform.DecodeTime("Records.eventTime", r.EventTime)
		if err != nil {
			return err
		}
		e := os.Event{
			Bucket: r.S3.Bucket.Name, Key: key, Name: strings.TrimPrefix(r.EventName, "s3:"), Size: -1, ETag: r.S3.Object.ETag,
			Version: r.S3.Object.VersionID, Region: r.Region, Time: at, Raw: raw, Vendor: r,
		}
		e.Action, e.Via = action(e.Name)
		if r.S3.Object.Size != nil {
			e.Size = *r.S3.Object.Size
		}
		// The sequencer alone is unique for a key; a test event has none.
		if id := r.S3.Object.Sequencer; id != "" {
			e.ID = cmp.Or(r.ResponseElements["x-amz-request-id"], e.Bucket+"/"+e.Key) + "/" + id
		}
		a.Events = append(a.Events, e)
		return nil
	})
	return a, true, err
}

// EncodeBucket writes events as S3 sends them. An action that S3 has no event for is an error.
func EncodeBucket(batch []os.Event, from platform.Origin) ([]byte, error) {
	return encodeRecords(batch, func(o os.Event) (members, error) { return s3Record(o, from) })
}

func s3Record(o os.Event, from platform.Origin) (members, error) {
	name := map[os.Action]string{os.Created: "ObjectCreated:Put", os.Removed: "ObjectRemoved:Delete", os.Restored: "ObjectRestore:Completed"}[o.Action]
	if how := map[string]string{"post": "Post", "copy": "Copy", "multipart": "CompleteMultipartUpload"}[o.Via]; how != "" {
		name = "ObjectCreated:" + how
	}
	if name = cmp.Or(name, o.Name); name == "" {
		return nil, fmt.Errorf("S3 has no event for the action %q", o.Action)
	}
	bucket := platform.EndOfARN(cmp.Or(from.Name, o.Bucket))
	request, sequencer, both := strings.Cut(o.ID, "/") // as a function sees them
	if !both {
		request, sequencer = "C3D13FE58DE4C810", cmp.Or(o.ID, "0055AED6DCD90281E5")
	}
	object := members{"key": url.QueryEscape(o.Key), "sequencer": sequencer}
	if o.Size >= 0 && o.Action == os.Created {
		object["size"] = o.Size
	}
	if o.ETag != "" {
		object["eTag"] = o.ETag
	}
	if o.Version != "" {
		object["versionId"] = o.Version
	}
	return members{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": cmp.Or(o.Region, region), "eventTime": stamp(o.Time), "eventName": name,
		"userIdentity": members{"principalId": "EXAMPLE"}, "requestParameters": members{"sourceIPAddress": "127.0.0.1"},
		"responseElements": members{"x-amz-request-id": request, "x-amz-id-2": "EXAMPLE"},
		"s3": members{
			"s3SchemaVersion": "1.0", "configurationId": "faasgen", "object": object,
			"bucket": members{"name": bucket, "arn": "arn:aws:s3:::" + bucket, "ownerIdentity": members{"principalId": "EXAMPLE"}},
		},
	}, nil
}

// action says an event of S3 in the words of all clouds.
func action(name string) (os.Action, string) {
	what, how, _ := strings.Cut(name, ":")
	switch what {
	case "ObjectCreated":
		return os.Created, map[string]string{"Put": "put", "Post": "post", "Copy": "copy", "CompleteMultipartUpload": "multipart"}[how]
	case "ObjectRemoved":
		return os.Removed, ""
	case "ObjectRestore":
		if how == "Completed" { // and not Post, which requests it, or Delete, when the copy expires
			return os.Restored, ""
		}
	}
	return os.Other, ""
}
