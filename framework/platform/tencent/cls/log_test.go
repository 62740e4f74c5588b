package cls

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

// TestLittleMemory: what a function of 128 MB decompresses is less than that.
func TestLittleMemory(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(strings.Repeat(" ", 33<<20) + `{"topic_id":"t"}`))
	_ = z.Close()
	payload := []byte(`{"clslogs":{"data":"` + base64.StdEncoding.EncodeToString(b.Bytes()) + `"}}`)
	for memory, want := range map[int]string{
		128: "invalid_event: clslogs.data: found more than 32 MB, decompressed, expected no more than a quarter of the function's 128 MB", 256: "", 0: "",
	} {
		_, ok, err := decode(&platform.Payload{Raw: payload, Invocation: framework.Invocation{Vendor: &tencent.Invocation{Memory: memory}}})
		found := ""
		if err != nil {
			found = err.Error()
		}
		if !ok || found != want {
			t.Errorf("with %d MB: %t, %s; want %s", memory, ok, found, want)
		}
	}
}
