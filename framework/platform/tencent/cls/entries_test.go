package cls

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return `{"clslogs":{"data":"` + base64.StdEncoding.EncodeToString(b.Bytes()) + `"}}`
}

// TestManyEntries: short entries take several times their text as they are decoded. That is allocated once, and what does not
// fit into the function's memory is refused.
func TestManyEntries(t *testing.T) {
	list := func(size int) (int, string) {
		const entry = `{"timestamp":"1605578090000000","content":"m"},`
		n := size / len(entry)
		return n, `{"topic_id":"t","records":[` + strings.Repeat(entry, n-1) + entry[:len(entry)-1] + "]}"
	}
	n, text := list(4 << 20)
	payload := []byte(zipped(text))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	batch, _, err := decode(&platform.Payload{Raw: payload})
	runtime.ReadMemStats(&after)
	if err != nil || len(batch.Events) != 1 || len(batch.Events[0].Entries) != n {
		t.Fatalf("%d events, %v; want one with %d entries", len(batch.Events), err, n)
	}
	if used := int(after.TotalAlloc - before.TotalAlloc); used > 5*len(text) {
		t.Errorf("allocated %d KB for %d KB", used>>10, len(text)>>10)
	}
	n, text = list(31 << 20)
	const want = "invalid_event: clslogs.data: found %d entries in 30 MB, decompressed, expected no more than fit into the function's 128 MB"
	if _, _, err := decode(&platform.Payload{Raw: []byte(zipped(text)), Invocation: framework.Invocation{Vendor: &tencent.Invocation{Memory: 128}}}); fmt.Sprint(err) != fmt.Sprintf(want, n) {
		t.Errorf("%v, want it refused", err)
	}
}
