package local

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// started returns a started engine over functions, and what it logs.
func started(t *testing.T, functions ...*framework.Function) (*framework.Engine, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	rt := &framework.Runtime{Platform: Name, Logger: slog.New(slog.NewTextHandler(log, nil))}
	e := framework.NewEngine(rt, &framework.App{Unit: "app", Functions: functions})
	if err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return e, log
}

func TestSchedulerFires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var events []timer.Event
		release := make(chan struct{})
		record := func(ctx *framework.Context) error { events = append(events, ctx.Event().(timer.Event)); return nil }
		e, log := started(t,
			&framework.Function{Name: "tick", Handler: record, Triggers: []framework.Trigger{timer.Schedule{Name: "tick", Cron: "*/10 * * * *", Payload: "p"}}},
			&framework.Function{Name: "stuck", Handler: func(*framework.Context) error { <-release; return errors.New("was stuck") },
				Triggers: []framework.Trigger{timer.Schedule{Name: "stuck", Every: 7 * time.Minute}}},
			&framework.Function{Name: "web", Handler: record}, // has none
		)
		s, err := newScheduler(&caller{engine: e}, e.Runtime().Log())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		s.start(ctx)
		time.Sleep(30*time.Minute + time.Second)
		cancel()
		synctest.Wait()
		time.Sleep(time.Hour) // nothing fires any more
		if len(events) != 3 {
			t.Fatalf("fired %d times in half an hour, want 3: %v", len(events), events)
		}
		for i, ev := range events {
			at := begin.Truncate(10 * time.Minute).Add(time.Duration(i+1) * 10 * time.Minute).UTC()
			if ev.Name != "tick" || ev.Payload != "p" || !ev.Time.Equal(at) {
				t.Errorf("event %d is %+v, want tick at %s", i, ev, at)
			}
		}
		if n := strings.Count(log.String(), `msg="timer fires" timer=stuck function=stuck`); n != 4 {
			t.Errorf("a run that goes on kept the next ones away: %d fired, want 4\n%s", n, log)
		}
		close(release)
		s.wait.Wait()
		if n := strings.Count(log.String(), `msg="timer failed" timer=stuck`); n != 4 {
			t.Errorf("%d errors were logged, want 4\n%s", n, log)
		}
	})
}

func TestSchedulerRefusesABrokenSchedule(t *testing.T) {
	e, _ := started(t, &framework.Function{Name: "f", Handler: func(*framework.Context) error { return nil },
		Triggers: []framework.Trigger{timer.Schedule{Name: "bad", Cron: "61 * * * *"}}})
	_, err := newScheduler(&caller{engine: e}, e.Runtime().Log())
	if err == nil || !strings.HasPrefix(err.Error(), "timer bad of function f: ") {
		t.Errorf("got %v", err)
	}
}

func TestSchedulerLimitsInvocations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, log := started(t, &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error { <-ctx.Done(); return ctx.Err() },
			Triggers: []framework.Trigger{timer.Schedule{Name: "slow", Every: time.Hour}}})
		s, err := newScheduler(&caller{engine: e, timeout: 30 * time.Second}, e.Runtime().Log())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		s.start(ctx)
		time.Sleep(time.Hour + time.Minute)
		cancel()
		s.wait.Wait()
		if err := e.Close(t.Context()); err != nil { // the handler writes to the log when it comes back
			t.Error(err)
		}
		if want := "the function did not answer within 30s"; !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, log)
		}
	})
}
