package accesslog

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Fields that are metrics, too.
const (
	durationField = "duration_us"
	errorsField   = "errors"
	coldField     = "ColdStart"
)

// metric is one metric of a line in the Embedded Metric Format. The units are CloudWatch's.
type metric struct{ Name, Unit string }

// directive says which fields of a line are metrics, and by which fields they are told apart.
type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []metric
}

// head is the member _aws of a line. The rest of it is the same for all lines, and made once.
type head struct {
	directives []byte
	at         time.Time
	text       []byte // of the line before, whose memory is used again
}

// newHead returns that of a line with these metrics by these fields.
func newHead(namespace string, dimensions []string, metrics ...metric) (head, error) {
	directives, err := json.Marshal([]directive{{namespace, [][]string{dimensions}, metrics}})
	return head{directives: directives}, err
}

// MarshalJSON writes the member. The time is in milliseconds, and is that of the line: CloudWatch takes no other than from two weeks ago
// to two hours ahead.
func (h *head) MarshalJSON() ([]byte, error) {
	b := strconv.AppendInt(append(h.text[:0], `{"Timestamp":`...), h.at.UnixMilli(), 10)
	h.text = append(append(append(b, `,"CloudWatchMetrics":`...), h.directives...), '}')
	return h.text, nil
}

// embeds reports whether lines are metrics of CloudWatch.
func (l *Layer) embeds(rt *framework.Runtime) bool {
	return l.config.Metrics == "emf" && rt.EMF
}

// writeColdStart writes the metric of a cold start, which is by the name of the Lambda function and so has a line of its own.
func (l *Layer) writeColdStart(ctx *framework.Context, h slog.Handler, at time.Time) {
	if !h.Enabled(ctx, slog.LevelInfo) {
		return
	}
	rt := ctx.Runtime()
	const dimension = "function_name"
	cold, err := newHead(l.config.Namespace, []string{dimension}, metric{coldField, "Count"})
	if err != nil {
		return // cannot be: there are only texts in it
	}
	cold.at = at
	name := rt.Function
	if name == "" {
		name = ctx.Unit()
	}
	r := slog.NewRecord(at, slog.LevelInfo, "cold start", 0)
	r.AddAttrs(slog.String(dimension, name), slog.Int(coldField, 1), slog.String(requestIDField, ctx.RequestID()), slog.Any("_aws", &cold))
	_ = h.Handle(context.WithoutCancel(ctx), r) // there is nowhere else to say it
}
