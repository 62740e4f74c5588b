package aliyun

import (
	"context"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// Where everything is, and whose it is.
const (
	region  = "cn-hangzhou"
	account = "1000000000000001"
)

// Events delivers events as the services of Alibaba Cloud send them.
func (p *process) Events(ctx context.Context, e sim.Events) (*sim.Result, error) {
	cloud := Cloud()
	payload, err := cloud.Payload(e)
	if err != nil {
		return nil, err
	}
	return p.Invoke(ctx, payload)
}

// Timer delivers the event of a timer trigger, asynchronously, as FC does: its size is limited to 128 KB.
func (p *process) Timer(ctx context.Context, t sim.Timer) (*sim.Result, error) {
	event, err := aliyun.EncodeTimer(platform.TimerPayload{Name: t.Name, Time: t.Time, Payload: t.Payload})
	if err != nil {
		return nil, err
	}
	return p.invoke(ctx, event, maxAsync)
}
