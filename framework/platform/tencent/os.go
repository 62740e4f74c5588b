package tencent

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// COSRecord is a record of an event of Tencent COS.
type COSRecord struct {
	COS struct {
		SchemaVersion  string `json:"cosSchemaVersion"`
		NotificationID string `json:"cosNotificationId"`
		Object         struct {
			URL string `json:"url"`
			// Key is as it came: /<appid>/<bucket>/<key>.
			Key       string          `json:"key"`
			VersionID string          `json:"vid"`
			Size      *Number         `json:"size"`
			Meta      map[string]Text `json:"meta"`
		} `json:"cosObject"`
		// Bucket has the bucket's name without the account's APPID, and a short name of the region.
		Bucket struct {
			Region string `json:"region"`
			Name   string `json:"name"`
			AppID  Text   `json:"appid"`
		} `json:"cosBucket"`
	} `json:"cos"`
	Event struct {
		Name              string `json:"eventName"`
		Version           string `json:"eventVersion"`
		Time              Text   `json:"eventTime"` // seconds since 1970
		Source            string `json:"eventSource"`
		Queue             string `json:"eventQueue"`
		ReservedInfo      string `json:"reservedInfo"`
		RequestID         Number `json:"reqid"`
		RequestParameters struct {
			SourceIP string `json:"requestSourceIP"`
			// Headers are those of the request that changed the object. Authorization, which is one of them, is left out.
			Headers headers `json:"requestHeaders"`
		} `json:"requestParameters"`
	} `json:"event"`
}

// headers drops the signature of the request: it may still be valid, and no function has use for it.
type headers map[string]Text

// UnmarshalJSON reads all headers but the signature.
func (h *headers) UnmarshalJSON(raw []byte) error {
	var all map[string]Text
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	for name := range all {
		if strings.EqualFold(name, "Authorization") {
			delete(all, name)
		}
	}
	*h = all
	return nil
}

// COSOf returns the record that an event was made of, false if it came from elsewhere.
func COSOf(e os.Event) (*COSRecord, bool) {
	r, ok := e.Vendor.(*COSRecord)
	return r, ok
}

// Bucket is the codec of Tencent COS. A bucket is called by its full name, with the APPID, as it is everywhere else; the key
// is without the account and the bucket that the vendor puts before it. Failed events are called again all together.
func Bucket() platform.Codec {
	return platform.BatchCodec[os.Bucket](decodeCOS)
}

func decodeCOS(p *platform.Payload) (a platform.Batch[os.Event], ok bool, err error) {
	if platform.Member(record(p), "cos") == nil {
		return a, false, nil
	}
	err = walk(p, "cos", func(r *COSRecord, raw json.RawMessage) error {
		at, err := moment("Records.event.eventTime", r.Event.Time, time.Second)
		if err != nil {
			return err
		}
		object := &r.COS.Object
		e := os.Event{
			Bucket: bucketName(r.COS.Bucket.Name, string(r.COS.Bucket.AppID)), Key: objectKey(object.Key, r), Size: -1, Version: object.VersionID,
			Region: cmp.Or(hostRegion(object.URL), r.COS.Bucket.Region), Time: at, Raw: raw, Vendor: r,
			Name: strings.TrimPrefix(strings.ReplaceAll(r.Event.Name, " ", ""), "cos:"), // old events have a space after the colon
		}
		e.Action, e.Via = action(e.Name)
		if object.Size != nil {
			e.Size = int64(*object.Size)
		}
		if id := object.Meta["x-cos-request-id"]; id != "" { // of a request that may have changed several objects
			e.ID = string(id) + "/" + e.Key
		}
		a.Events = append(a.Events, e)
		return nil
	})
	return a, true, err
}

// EncodeBucket writes events as COS sends them. An action that COS has no event for is an error.
func EncodeBucket(batch []os.Event, from platform.Origin) ([]byte, error) {
	return encodeRecords(batch, func(i int, o os.Event) (members, error) { return cosRecord(i, o, from) })
}

func cosRecord(i int, o os.Event, from platform.Origin) (members, error) {
	name := map[os.Action]string{os.Created: "ObjectCreated:Put", os.Removed: "ObjectRemove:Delete", os.Restored: "ObjectRestore:Completed"}[o.Action]
	if how := map[string]string{"post": "Post", "copy": "Copy", "multipart": "CompleteMultipartUpload"}[o.Via]; how != "" {
		name = "ObjectCreated:" + how
	}
	if name = cmp.Or(name, o.Name); name == "" {
		return nil, fmt.Errorf("COS has no event for the action %q", o.Action)
	}
	full, appID := cmp.Or(from.Name, o.Bucket), ""
	bucket := full
	if n := strings.LastIndexByte(full, '-'); n > 0 {
		if _, err := strconv.ParseUint(full[n+1:], 10, 64); err == nil {
			bucket, appID = full[:n], full[n+1:]
		}
	}
	request := cmp.Or(strings.TrimSuffix(o.ID, "/"+o.Key), "NWMxOWY4MGFfMjViMjU4NjQ=") // a function sees it with the key
	file := members{
		"url": "http://" + full + ".cos." + cmp.Or(o.Region, region) + ".myqcloud.com" + (&url.URL{Path: "/" + o.Key}).EscapedPath(),
		"key": "/" + appID + "/" + bucket + "/" + o.Key, "vid": o.Version, "meta": members{"x-cos-request-id": request, "Content-Type": ""},
	}
	if o.Size >= 0 {
		file["size"] = o.Size
	}
	seconds := int64(0)
	if !o.Time.IsZero() {
		seconds = o.Time.Unix()
	}
	return members{
		"cos": members{"cosSchemaVersion": "1.0", "cosObject": file, "cosBucket": members{"region": "gz", "name": bucket, "appid": appID}, "cosNotificationId": "unkown"},
		"event": members{
			"eventName": "cos:" + name, "eventVersion": "1.0", "eventTime": seconds, "eventSource": "qcs::cos", "reservedInfo": "", "reqid": i + 1,
			"requestParameters": members{"requestSourceIP": "127.0.0.1", "requestHeaders": members{}}, "eventQueue": "qcs:0:scf:gz:appid/" + cmp.Or(appID, owner) + ":default.faasgen.$DEFAULT",
		},
	}, nil
}

// bucketName is the name by which a bucket is reached: name-appid.
func bucketName(name, appID string) string {
	if name == "" || appID == "" || strings.HasSuffix(name, "-"+appID) {
		return name
	}
	return name + "-" + appID
}

// objectKey is the key without /<appid>/<bucket>/ before it. One that does not have them stays as it is.
func objectKey(key string, r *COSRecord) string {
	name, appID := r.COS.Bucket.Name, string(r.COS.Bucket.AppID)
	for _, bucket := range []string{name, bucketName(name, appID), strings.TrimSuffix(name, "-"+appID)} {
		if rest, ok := strings.CutPrefix(key, "/"+appID+"/"+bucket+"/"); ok {
			return rest
		}
	}
	return key
}

// hostRegion is the region in http://<bucket>.cos.<region>.myqcloud.com/<key>, empty for any other address.
func hostRegion(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	_, rest, ok := strings.Cut(host, ".cos.")
	region, ok2 := strings.CutSuffix(rest, ".myqcloud.com")
	if !ok || !ok2 {
		return ""
	}
	return region
}

// action says an event of COS in the words of all clouds.
func action(name string) (os.Action, string) {
	what, how, _ := strings.Cut(name, ":")
	switch what {
	case "ObjectCreated":
		return os.Created, map[string]string{"Put": "put", "Post": "post", "Copy": "copy", "CompleteMultipartUpload": "multipart"}[how]
	case "ObjectRemove":
		return os.Removed, ""
	case "ObjectRestore":
		if how == "Completed" { // and not Post, which only requests it
			return os.Restored, ""
		}
	}
	return os.Other, ""
}
