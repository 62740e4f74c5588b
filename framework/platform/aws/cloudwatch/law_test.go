package cloudwatch

import (
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/trigger/log"
)

// TestLaw: what is written is read as the same.
func TestLaw(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	platformtest.Law[log.Batch]{
		Decode: decode, Encode: EncodeLog,
		Events: func(s string) []log.Batch {
			return []log.Batch{{Project: "12", Store: "l", Stream: s, Entries: []log.Entry{{ID: "1", Time: at, Message: s, Fields: map[string]string{s: s}}, {ID: "2", Time: at, Message: "m"}}}}
		},
		Lost: func(b *log.Batch) { b.ID = "" },
	}.Check(t)
}
