package nimbus

import (
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// TestLaw: what is written is read as the same.
func TestLaw(t *testing.T) {
	t.Run("timer", func(t *testing.T) { platformtest.TimerLaw(t, decodeTimer, EncodeTimer) })
	t.Run("mq", platformtest.Law[mq.Message]{
		Decode: decodeQueue, Encode: EncodeQueue,
		Events: func(s string) []mq.Message {
			return []mq.Message{{ID: "1", Source: "q", Body: []byte(s), Tag: s, Time: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)}, {ID: "2", Source: "q"}}
		},
		Lost: func(m *mq.Message) { m.Tag = "" },
	}.Check)
}
