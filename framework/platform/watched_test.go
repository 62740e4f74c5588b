package platform

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

func TestHandleHere(t *testing.T) {
	release := make(chan struct{})
	var own error // what the handler returns at once
	f := function("f", func(ctx *framework.Context) error {
		if own == nil {
			<-release
		}
		return own
	}, kind("raw"))
	d, log := dispatcher(t, app(f), takes("slow", f, nil), Codec{Kind: "panics", Bind: func(*framework.App) (Decoder, error) {
		return func(p *Payload) (Call, bool, error) {
			return Call{Function: f, Reply: func(context.Context, any, error) ([]byte, error) { panic("oops") }}, p.Has("panics"), nil
		}, nil
	}})
	type outcome struct {
		response []byte
		err      error
	}
	handle := func(raw string, limit time.Duration) (late, returned chan outcome) {
		late, returned = make(chan outcome, 1), make(chan outcome, 1)
		go func() {
			response, err := d.HandleWatched(context.Background(), []byte(raw), framework.Invocation{RequestID: "id", Deadline: time.Now().Add(limit)},
				func(response []byte, err error) { late <- outcome{response, err} })
			returned <- outcome{response, err}
		}()
		return late, returned
	}
	stuck, back := handle(`{"slow":1}`, time.Millisecond)
	if o := <-stuck; o.err != nil || !strings.HasPrefix(string(o.response), "slow <nil> deadline_exceeded: ") {
		t.Errorf("late response %s, %v", o.response, o.err)
	}
	panicking, over := handle(`{"panics":1}`, time.Millisecond)
	var pe *framework.PanicError
	if o := <-panicking; !errors.As(o.err, &pe) || o.response != nil {
		t.Errorf("late response of a codec that panics: %s, %v", o.response, o.err)
	}
	if len(back)+len(over) > 0 {
		t.Error("HandleWatched returned while the handler still ran")
	}
	close(release)
	for _, returned := range []chan outcome{back, over} {
		if o := <-returned; o.err != ErrDetached || o.response != nil {
			t.Errorf("after a late response: %s, %v", o.response, o.err)
		}
	}
	if !strings.Contains(log.String(), "panic outside of the handler") {
		t.Errorf("log: %s", log)
	}
	for _, own = range []error{errors.New("broken"), framework.ErrAbandoned, framework.ErrClosed} {
		late, returned := handle(`{"slow":1}`, time.Hour)
		if o := <-returned; o.err != nil || string(o.response) != "slow <nil> "+own.Error()+" id" || len(late) > 0 {
			t.Errorf("handler failed with %v: %s, %v", own, o.response, o.err)
		}
	}
	if err := d.engine.Close(t.Context()); err != nil {
		t.Error(err)
	}
	late, returned := handle(`{"slow":1}`, time.Hour)
	if o := <-returned; o.err != nil || string(o.response) != "slow <nil> "+framework.ErrClosed.Error()+" id" || len(late) > 0 {
		t.Errorf("closed engine: %s, %v", o.response, o.err)
	}
}
