// Package audit keeps a trail of what one request changed.
package audit

import (
	"log/slog"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Trail collects the changes of one request.
type Trail struct {
	log     *slog.Logger
	started time.Time
	changes []any
}

// NewTrail begins the trail of a request. It is written to the log when the request ends, whether it succeeded or not.
//
//faas:provide scope=request
func NewTrail(ctx *framework.Context, clock framework.Clock) (*Trail, func()) {
	t := &Trail{log: ctx.Logger(), started: clock.Now().UTC().Truncate(time.Second)}
	return t, t.write
}

// Time is when the request began.
func (t *Trail) Time() time.Time { return t.started }

// Note records one change.
func (t *Trail) Note(what, id string) { t.changes = append(t.changes, slog.String(what, id)) }

func (t *Trail) write() {
	if len(t.changes) > 0 {
		t.log.Info("audit", t.changes...)
	}
}
