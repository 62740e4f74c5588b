package tencent

import (
	"context"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

// The vendor's region, and the account's APPID.
const (
	region = "ap-guangzhou"
	owner  = "1250000000"
)

// Events delivers events as the services of Tencent Cloud send them.
func (p *customProcess) Events(ctx context.Context, e sim.Events) (*sim.Result, error) {
	cloud := Cloud()
	payload, err := cloud.Payload(e)
	if err != nil {
		return nil, err
	}
	return p.Invoke(ctx, payload)
}

// Timer delivers the event of a timer trigger, asynchronously, as SCF does: its size is limited to 128 KB.
func (p *customProcess) Timer(ctx context.Context, t sim.Timer) (*sim.Result, error) {
	event, err := tencent.EncodeTimer(platform.TimerPayload{Name: t.Name, Time: t.Time, Payload: t.Payload})
	if err != nil {
		return nil, err
	}
	return p.invoke(ctx, event, maxAsync)
}
