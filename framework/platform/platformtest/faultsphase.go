package platformtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// phase is the environment of a unit that fails in one place of its life.
func (s *storm) phase(t *testing.T, do, at string) map[string]string {
	journal := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(journal, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]string{fixture.JournalVariable: journal, fixture.PhaseVariable: do + "@" + at}
}

// startPhases checks that a process whose start fails, in whatever place and way, ends and says so.
func (s *storm) startPhases(t *testing.T) {
	for _, at := range []string{"BeforeRuntimeStart", "AfterRuntimeStart", "BeforeFunctionStart", "Start", "AfterFunctionStart"} {
		for _, do := range []string{"panic", "error", "error-nil", "error-worse", "goexit", "die", "hang"} {
			t.Run(do+"@"+at, func(t *testing.T) {
				limit := time.Duration(0)
				if do == "hang" {
					limit = 300 * time.Millisecond
				}
				ie, out := s.startFailsIn(t, sim.Artifact{InitTimeout: limit, Environment: s.phase(t, do, at)})
				if do != "hang" && ie.ExitCode <= 0 {
					t.Errorf("exit code %d of %v, want a failure that the process ended with itself", ie.ExitCode, ie)
				}
				if strings.Contains(ie.Error(), fixture.Secret) {
					t.Errorf("the text of an error reached the vendor: %v", ie)
				}
				if (do == "panic" || do == "error") && !strings.Contains(out, fixture.Secret) {
					t.Error("the log does not have the reason")
				}
				if do == "goexit" && !strings.Contains(out, "Goexit") {
					t.Error("the log does not say that a goroutine ended itself, want it not to take that for one that hangs")
				}
			})
		}
	}
}

// brokenStarts checks that a process whose vendor's API fails at the start becomes ready all the same or ends.
func (s *storm) brokenStarts(t *testing.T) {
	if s.Concurrent {
		return // there is no such API, or it is that of a harness that is not
	}
	for _, call := range []string{starting, idle} {
		for _, how := range breaks() {
			t.Run(call+" "+how, func(t *testing.T) {
				broken := &api{}
				broken.arm(call + " " + how)
				out := newOutput()
				p, err := s.Runtime.Start(within(t), s.artifact(t, sim.Artifact{API: broken.before, Environment: s.phase(t, "", "")}, out))
				if _, ended := errors.AsType[*sim.InitError](err); ended {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				r := &run{storm: s, t: t, p: &process{p, out}}
				r.usage(func(fixture.Usage) bool { return true })
				r.end()
			})
		}
	}
}

// closePhases checks that whatever fails while a unit is closed, the rest of it is closed and the process ends in time.
func (s *storm) closePhases(t *testing.T, long bool) {
	for _, at := range []string{"BeforeClose", "Stop", "AfterClose"} {
		for _, do := range []string{"panic", "error", "error-nil", "error-worse", "goexit", "hang"} {
			if do == "hang" && !long && at != "BeforeClose" { // each takes its share of the grace period
				continue
			}
			t.Run(do+"@"+at, func(t *testing.T) {
				if do == "hang" {
					t.Parallel()
				}
				s.closed(t, s.start(t, sim.Artifact{Environment: s.phase(t, do, at)}, ""))
			})
		}
	}
	t.Run("hang@Handler", func(t *testing.T) {
		t.Parallel()
		environment := s.phase(t, "", "")
		r := &run{storm: s, t: t, p: s.start(t, sim.Artifact{Timeout: 2 * patience, Environment: environment}, "")}
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			r.call(context.Background(), "act", fixture.Fault{ID: "hangs", Do: "hang", At: "Handler"}, !s.HTTP)
		}()
		for limit := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			if journal, err := os.ReadFile(environment[fixture.JournalVariable]); err == nil && len(journal) > 0 {
				break
			}
			if time.Now().After(limit) {
				t.Fatal("the handler was not called")
			}
		}
		s.closed(t, r.p)
		<-answered
	})
}

// closed stops a process that has something to complain of, and checks that it closes what it can before it is killed.
func (s *storm) closed(t *testing.T, p *process) {
	t.Helper()
	if err := p.Stop(within(t)); (err != nil) != s.StopReport {
		t.Errorf("the vendor reports %v, and is told of a failure: %t", err, s.StopReport)
	}
	out := p.out.String()
	for _, line := range []string{fixture.Closed, fixture.Witnessed} {
		if n := strings.Count(out, line); n != 1 {
			t.Errorf("%q was written %d times, want once", line, n)
		}
	}
}
