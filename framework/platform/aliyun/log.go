package aliyun

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/log"
)

// SLSTask is what a log trigger of Alibaba Cloud SLS sends: where entries are, and not the entries.
type SLSTask struct {
	// Parameter is what the trigger was given for the function, as it came.
	Parameter json.RawMessage `json:"parameter"`
	Source    struct {
		Endpoint     string `json:"endpoint"`
		ProjectName  string `json:"projectName"`
		LogstoreName string `json:"logstoreName"`
		ShardID      int    `json:"shardId"`
		BeginCursor  string `json:"beginCursor"`
		EndCursor    string `json:"endCursor"`
	} `json:"source"`
	JobName    string `json:"jobName"`
	TaskID     string `json:"taskId"`
	CursorTime int64  `json:"cursorTime"` // seconds since 1970
}

// SLSOf returns the task that a batch was made of, false if it came from elsewhere.
func SLSOf(b log.Batch) (*SLSTask, bool) {
	v, ok := b.Vendor.(*SLSTask)
	return v, ok
}

// Log is the codec of the log trigger. A batch has no entries: its Range says where they are, and the function reads them with
// the vendor's SDK. A task that is tried again has its ID again.
func Log() platform.Codec {
	return platform.BatchCodec[log.Store](decodeLog)
}

func decodeLog(p *platform.Payload) (a platform.Batch[log.Batch], ok bool, err error) {
	if !isSLS(p) {
		return a, false, nil
	}
	v := &SLSTask{}
	if err := platform.DecodeJSON("event", p.Raw, v); err != nil {
		return a, true, err
	}
	s := &v.Source
	r := &log.Range{Endpoint: s.Endpoint, Shard: s.ShardID, Begin: s.BeginCursor, End: s.EndCursor}
	if v.CursorTime < math.MaxInt64/1000 {
		r.Time = platform.Milliseconds(v.CursorTime * 1000)
	}
	b := log.Batch{
		ID: cmp.Or(v.TaskID, fmt.Sprintf("%s/%s/%d/%s", s.ProjectName, s.LogstoreName, s.ShardID, s.BeginCursor)), Project: s.ProjectName, Store: s.LogstoreName,
		Range: r, Raw: p.Raw, Vendor: v,
	}
	a.Events = []log.Batch{b}
	return a, true, nil
}

func isSLS(p *platform.Payload) bool { return platform.Member(p.Field("source"), "beginCursor") != nil }

// EncodeLog writes one batch as SLS sends it: where entries are, and not the entries. One that does not say where is an error.
func EncodeLog(batch []log.Batch, from platform.Origin) ([]byte, error) {
	return encodeOne(batch, func(b log.Batch) ([]byte, error) { return task(b, from) })
}

func task(b log.Batch, from platform.Origin) ([]byte, error) {
	if b.Range == nil {
		return nil, errors.New("found a batch of logs without a range: SLS sends where entries are, and not the entries")
	}
	seconds := int64(0)
	if !b.Range.Time.IsZero() {
		seconds = b.Range.Time.Unix()
	}
	return json.Marshal(members{
		"parameter": members{}, "jobName": "faasgen", "taskId": b.ID, "cursorTime": seconds,
		"source": members{"endpoint": b.Range.Endpoint, "projectName": b.Project, "logstoreName": platform.EndOfARN(cmp.Or(from.Name, b.Store)), "shardId": b.Range.Shard, "beginCursor": b.Range.Begin, "endCursor": b.Range.End},
	})
}
