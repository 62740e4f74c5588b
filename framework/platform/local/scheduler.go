package local

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// scheduler fires the timers of an application as the clouds do: each on its own, also while the last run still goes on.
type scheduler struct {
	caller *caller
	log    *slog.Logger
	timers []scheduled
	wait   sync.WaitGroup
}

type scheduled struct {
	function *framework.Function
	schedule timer.Schedule
}

// maxSleep bounds one sleep: the clock may be set, and the machine may sleep itself, without a long timer noticing.
const maxSleep = time.Minute

// newScheduler checks every schedule of the app, so that a broken one is an init error and not a timer that never fires.
func newScheduler(c *caller, log *slog.Logger) (*scheduler, error) {
	s := &scheduler{caller: c, log: log}
	for _, f := range c.engine.App().Functions {
		for _, t := range schedules(f) {
			if _, err := t.Next(time.Now()); err != nil {
				return nil, fmt.Errorf("timer %s of function %s: %w", t.Name, f.Name, err)
			}
			s.timers = append(s.timers, scheduled{f, t})
		}
	}
	return s, nil
}

// start fires the timers until ctx ends.
func (s *scheduler) start(ctx context.Context) {
	for _, t := range s.timers {
		s.wait.Go(func() { s.loop(ctx, t) })
	}
}

func (s *scheduler) loop(ctx context.Context, t scheduled) {
	for {
		at, err := t.schedule.Next(time.Now())
		if err != nil {
			s.log.Error("timer has no next time", "timer", t.schedule.Name, "error", err)
			return
		}
		if at.IsZero() || !sleepUntil(ctx, at) {
			return
		}
		s.wait.Go(func() { s.fire(t, at) })
	}
}

// sleepUntil returns true at that time, false when ctx ends first.
func sleepUntil(ctx context.Context, at time.Time) bool {
	for {
		left := time.Until(at)
		if left <= 0 {
			return true
		}
		alarm := time.NewTimer(min(left, maxSleep))
		select {
		case <-alarm.C:
		case <-ctx.Done():
			alarm.Stop()
			return false
		}
	}
}

// fire runs the function once. Its context is not the loop's: stopping lets what runs finish.
func (s *scheduler) fire(t scheduled, at time.Time) {
	id := rand.Text()
	log := s.log.With("timer", t.schedule.Name, "function", t.function.Name, "request_id", id)
	log.Info("timer fires")
	_, err := s.caller.engine.Invoke(context.Background(), framework.Invocation{
		Function:  t.function,
		Event:     timer.Event{Name: t.schedule.Name, Time: at.UTC(), Payload: t.schedule.Payload},
		RequestID: id,
		Deadline:  s.caller.deadline(),
	})
	if err != nil {
		log.Error("timer failed", "error", err)
	}
}

// schedules are the timers of a function.
func schedules(f *framework.Function) []timer.Schedule {
	var found []timer.Schedule
	for _, t := range f.Triggers {
		if s, ok := t.(timer.Schedule); ok {
			found = append(found, s)
		}
	}
	return found
}
