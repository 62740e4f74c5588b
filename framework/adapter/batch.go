package adapter

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/invocation"
)

// Each calls handle for the messages of a batch, one after the other, and returns the failures as a
// *[framework.BatchError]. Functions whose handler takes one message call it.
//
// A panic fails its message and no other. After a failure, later messages with the same ordering key are not handled and
// fail with [framework.ErrSkipped]. When the deadline passes, the message under way and the rest fail, and what is done
// stays done. The error of a batch of one is returned as it is, and its result is the invocation's; the results of several
// are dropped, as no platform has a place for them.
func Each[M framework.Message](ctx *framework.Context, batch []M, handle func(M) error) error {
	if len(batch) == 1 {
		return handle(batch[0])
	}
	ids := make([]string, len(batch))
	for i, m := range batch {
		ids[i] = m.MessageID()
	}
	p := invocation.NewProgress(ids)
	state := invocation.Of(ctx)
	state.Progress.Store(p)
	var blocked map[string]bool
	for i, m := range batch {
		key := m.OrderingKey()
		err := context.Cause(ctx)
		switch {
		case err != nil:
		case key != "" && blocked[key]:
			err = framework.ErrSkipped
		default:
			err = one(ctx, func() error { return handle(m) })
		}
		p.Finish(i, err)
		if err != nil && key != "" {
			if blocked == nil {
				blocked = map[string]bool{}
			}
			blocked[key] = true
		}
	}
	state.Progress.Store(nil)
	ctx.SetResult(nil)
	var failed framework.BatchError
	p.Report(nil, failed.Add)
	return failed.Err()
}

// one handles one message inside a panic boundary of its own, which logs what the engine's does.
func one(ctx *framework.Context, handle func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			p := &framework.PanicError{Value: v, Stack: debug.Stack()}
			ctx.Logger().Error("panic in handler", "panic", fmt.Sprint(v), "stack", string(p.Stack))
			ctx.SetResult(nil)
			err = p
		}
	}()
	return handle()
}
