package aliyun

import (
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
)

// TestBucketEvents: a trigger is called for objects that can be read, and not for the parts of uploads, which the vendor's
// patterns ObjectCreated:* and ObjectRemoved:* have as well.
func TestBucketEvents(t *testing.T) {
	for events, want := range map[string]string{
		"":                    "Created:PutObject Created:PostObject Created:CopyObject Created:AppendObject Created:CompleteMultipartUpload",
		"created":             "Created:PutObject Created:PostObject Created:CopyObject Created:AppendObject Created:CompleteMultipartUpload",
		"created created:put": "Created:PutObject Created:PostObject Created:CopyObject Created:AppendObject Created:CompleteMultipartUpload",
		"created:multipart":   "Created:CompleteMultipartUpload",
		"removed":             "Removed:DeleteObject Removed:DeleteObjects",
	} {
		got := strings.ReplaceAll(strings.Join(bucketEvents(&annotations.OS{Events: strings.Fields(events)}), " "), "oss:Object", "")
		if got != want {
			t.Errorf("%q: %s, want %s", events, got, want)
		}
	}
}
