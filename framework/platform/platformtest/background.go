package platformtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// background checks that what an invocation leaves running comes to its end: before the process may be frozen or, where it
// never is, before the unit is closed.
func (s *suite) background(t *testing.T) {
	p := s.start(t, sim.Artifact{}, "")
	calls := 1
	s.behind(t, p, 50*time.Millisecond, false)
	if s.HTTP {
		calls++
		s.behind(t, p, 50*time.Millisecond, true)
	}
	if s.HTTP && s.Raw { // an event takes another way than a request
		calls++
		s.event(t, p, 50*time.Millisecond)
	}
	if !s.GoesOn {
		if worked := s.behind(t, p, 0, false); worked != calls {
			t.Errorf("the next call saw the end of the background work of %d calls, want %d", worked, calls)
		}
	}
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
	out := p.out.String()
	if worked, closed := strings.LastIndex(out, fixture.Worked), strings.Index(out, fixture.Closed); strings.Count(out, fixture.Worked) != calls || closed < worked {
		t.Errorf("want the background work of %d calls finished and then the unit closed", calls)
	}
	if n := strings.Count(out, "panic in background work"); n != calls {
		t.Errorf("the log has %d panics of background work, want %d", n, calls)
	}
}

// behind calls the function that leaves work behind, in any way that the platform has.
func (s *suite) behind(t *testing.T, p *process, d time.Duration, long bool) int {
	t.Helper()
	if !s.HTTP {
		return s.event(t, p, d)
	}
	target := fmt.Sprint("/background?ms=", d.Milliseconds())
	if long {
		target += "&long=1"
	}
	r := p.call(t, get(target))
	if long {
		if len(r.Body) != 100_000 {
			t.Errorf("status %d with %d bytes, want 100000", r.Status, len(r.Body))
		}
		return 0
	}
	return decode[struct{ Worked int }](t, r.Body).Worked
}

// event is behind by an event.
func (s *suite) event(t *testing.T, p *process, d time.Duration) int {
	t.Helper()
	return decode[struct{ Worked int }](t, p.invoke(t, fmt.Sprintf(`{"do":"background","wait":%d}`, d.Milliseconds())).Body).Worked
}

// deadline checks that a function which ignores the platform's limit is answered by the framework, before the platform gives up:
// what a batch has done by then stays done, and the process goes on.
func (s *suite) deadline(t *testing.T) {
	const limit = 5 * time.Second // the margin is 100 ms: a machine that is busy takes some of it
	p := s.start(t, sim.Artifact{Timeout: limit}, "")
	const want = "the function did not answer within 5s"
	began := time.Now()
	if s.HTTP {
		if r := p.call(t, get("/slow?ms=8000")); r.Status != 504 || !strings.Contains(string(r.Body), want) {
			t.Errorf("status %d, %.300q; want 504 with %q", r.Status, r.Body, want)
		}
	} else {
		r := p.invoke(t, `{"do":"slow","wait":8000}`)
		if r.Error == nil || !strings.Contains(r.Error.Message, want) {
			t.Errorf("result %s, error %+v; want %q", r.Body, r.Error, want)
		}
	}
	if took := time.Since(began); took > 7*time.Second {
		t.Errorf("the caller waited %s for a call with a limit of %s", took, limit)
	}
	if err := s.slow(within(t), p, 0); err != nil {
		t.Errorf("the next call: %v", err)
	}
}
