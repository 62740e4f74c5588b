package aws

import (
	"context"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// Events delivers events as the services of AWS send them.
func (s *sandbox) Events(ctx context.Context, e sim.Events) (*sim.Result, error) {
	cloud := Cloud()
	payload, err := cloud.Payload(e)
	if err != nil {
		return nil, err
	}
	return s.Invoke(ctx, payload)
}

// Timer delivers a timer's event as its deployment configures it.
func (s *sandbox) Timer(ctx context.Context, t sim.Timer) (*sim.Result, error) {
	payload, err := aws.EncodeTimer(platform.TimerPayload{Name: t.Name, Time: t.Time, Payload: t.Payload, Bare: s.o.Rule})
	if err != nil {
		return nil, err
	}
	return s.Invoke(ctx, payload)
}
