package idempotency

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// function is one that is called for each message, below the middleware.
type function struct {
	engine  *framework.Engine
	f       *framework.Function
	handled []string
	fail    func(m mq.Message) error
}

func newFunction(t *testing.T, store Store) *function {
	t.Helper()
	f := &function{fail: func(mq.Message) error { return nil }}
	handler := func(c *framework.Context) error {
		batch, ok := c.Event().([]mq.Message)
		if !ok {
			f.handled = append(f.handled, "other")
			return nil
		}
		return adapter.Each(c, batch, func(m mq.Message) error {
			f.handled = append(f.handled, m.ID)
			return f.fail(m)
		})
	}
	f.f = &framework.Function{Name: "f", Handler: New(store, Options{})(handler)}
	f.engine = framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Unit: "u", Functions: []*framework.Function{f.f}})
	if err := f.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.engine.Close(context.WithoutCancel(t.Context())) })
	return f
}

// call hands messages over, written id or id:group, and returns what was handled and which failed.
func (f *function) call(t *testing.T, text string) (handled, failed string) {
	t.Helper()
	var batch []mq.Message
	for word := range strings.FieldsSeq(text) {
		id, group, _ := strings.Cut(word, ":")
		if id == "-" {
			id = ""
		}
		batch = append(batch, mq.Message{ID: id, Group: group, Resource: "q"})
	}
	f.handled = nil
	_, err := f.engine.Invoke(t.Context(), framework.Invocation{Function: f.f, Event: batch, Deadline: time.Now().Add(time.Minute)})
	if b, ok := errors.AsType[*framework.BatchError](err); ok {
		for _, m := range b.Failures {
			failed += m.ID + " "
		}
	} else if err != nil {
		failed = "all: " + err.Error()
	}
	return strings.Join(f.handled, " "), strings.TrimSpace(failed)
}

func stores(t *testing.T) map[string]func() Store {
	return map[string]func() Store{
		"memory": func() Store { return &Memory{} },
		"sql":    func() Store { return &SQL{DB: table(t), Table: "messages"} },
		"dollar": func() Store { return &SQL{DB: table(t), Table: "messages", Dollar: true} },
	}
}

func TestMessagesAreHandledOnce(t *testing.T) {
	steps := []struct{ batch, fails, handled, failed string }{
		{"a b", "", "a b", ""},
		{"a b", "", "", ""},
		{"a c b d", "", "c d", ""},
		{"e", "e", "e", "all: no"},
		{"e", "", "e", ""},
		{"e", "", "", ""},
		{"f g h", "g", "f g h", "g"},
		{"f g h", "", "g", ""},
		{"i i j", "", "i j", ""},
		{"- - k", "", "  k", ""},
		{"- k", "", "", ""},
		{"l:1 m:1 n:2", "l", "l n", "l m"},
		{"l:1 m:1 n:2", "", "l m", ""},
		{"o p", "o p", "o p", "o p"},
		{"- q", "-", " q", ""},
	}
	for name, newStore := range stores(t) {
		t.Run(name, func(t *testing.T) {
			f := newFunction(t, newStore())
			for _, s := range steps {
				f.fail = func(m mq.Message) error {
					if m.ID != "" && slices.Contains(strings.Fields(s.fails), m.ID) {
						return errors.New("no")
					}
					return nil
				}
				handled, failed := f.call(t, s.batch)
				if handled != s.handled || failed != s.failed {
					t.Errorf("%q: handled %q, failed %q; want %q, %q", s.batch, handled, failed, s.handled, s.failed)
				}
			}
		})
	}
}

// TestNothingIsDoneBesideAnotherError: the cloud delivers all of the batch again, and so all of it is to be handled again.
func TestNothingIsDoneBesideAnotherError(t *testing.T) {
	store := &Memory{}
	run := func(fail error) (handled int, err error) {
		f := &framework.Function{Name: "f", Handler: New(store, Options{})(func(c *framework.Context) error {
			handled = len(c.Event().([]mq.Message))
			return fail
		})}
		e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Functions: []*framework.Function{f}})
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer e.Close(t.Context())
		_, err = e.Invoke(t.Context(), framework.Invocation{Function: f, Event: []mq.Message{{ID: "a"}, {ID: "b"}}})
		return handled, err
	}
	var part framework.BatchError
	part.Add("b", errors.New("no"))
	lost := errors.Join(&part, errors.New("not committed"))
	for _, tt := range []struct {
		fail    error
		handled int
	}{{lost, 2}, {&part, 2}, {nil, 1}, {nil, 0}} {
		if handled, err := run(tt.fail); handled != tt.handled || (err == nil) != (tt.fail == nil) {
			t.Errorf("handled %d, want %d; %v", handled, tt.handled, err)
		}
	}
}

// timely is a store that looks at the times it is given.
type timely struct {
	Memory
	lease time.Time
	ended []error // the contexts of marks
}

func (s *timely) Claim(ctx context.Context, key, owner string, now, lease time.Time) (State, error) {
	s.lease = lease
	return s.Memory.Claim(ctx, key, owner, now, lease)
}

func (s *timely) Finish(ctx context.Context, key, owner string, until time.Time) error {
	s.ended = append(s.ended, ctx.Err())
	return s.Memory.Finish(ctx, key, owner, until)
}

func (s *timely) Release(ctx context.Context, key, owner string) error {
	s.ended = append(s.ended, ctx.Err())
	return s.Memory.Release(ctx, key, owner)
}

// TestAfterTheDeadline: a claim outlives its invocation, and what ends late is marked all the same.
func TestAfterTheDeadline(t *testing.T) {
	for _, fail := range []error{nil, errors.New("no")} {
		store := &timely{}
		f := &framework.Function{Name: "f", Handler: New(store, Options{})(func(c *framework.Context) error {
			<-c.Done()
			return fail
		})}
		e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Functions: []*framework.Function{f}})
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(time.Millisecond)
		_, _ = e.Invoke(t.Context(), framework.Invocation{Function: f, Event: []mq.Message{{ID: "a"}}, Deadline: deadline})
		if err := e.Close(t.Context()); err != nil { // which waits for the handler
			t.Fatal(err)
		}
		if len(store.ended) != 1 || store.ended[0] != nil {
			t.Errorf("after %v: marked with %v", fail, store.ended)
		}
		if want := deadline.Add(30*time.Second - time.Millisecond/50); store.lease.Sub(want).Abs() > time.Microsecond { // less the margin
			t.Errorf("claimed until %s, want %s", store.lease, want)
		}
	}
}

// TestBusy: what another process is at fails, and what is behind it with the same key.
func TestBusy(t *testing.T) {
	for name, newStore := range stores(t) {
		t.Run(name, func(t *testing.T) {
			store := newStore()
			f := newFunction(t, store)
			key := hash("f", "mq q ", "a")
			now := time.Now()
			if s, err := store.Claim(t.Context(), key, "somebody", now, now.Add(time.Hour)); s != Claimed || err != nil {
				t.Fatal(s, err)
			}
			if handled, failed := f.call(t, "a:1 b:1 c:2"); handled != "c" || failed != "a b" {
				t.Errorf("handled %q, failed %q", handled, failed)
			}
			if handled, failed := f.call(t, "a:1"); handled != "" || failed != "a" {
				t.Errorf("handled %q, failed %q", handled, failed)
			}
			if err := store.Release(t.Context(), key, "nobody"); err != nil {
				t.Error(err)
			}
			if handled, _ := f.call(t, "a:1"); handled != "" {
				t.Error("who has no claim has given it free")
			}
			if err := store.Release(t.Context(), key, "somebody"); err != nil {
				t.Error(err)
			}
			if handled, failed := f.call(t, "a:1 b:1 c:2"); handled != "a b" || failed != "" {
				t.Errorf("handled %q, failed %q", handled, failed)
			}
		})
	}
}

// TestLease: a claim ends by itself, and who had it cannot mark the message any more.
func TestLease(t *testing.T) {
	for name, newStore := range stores(t) {
		t.Run(name, func(t *testing.T) {
			store, ctx := newStore(), t.Context()
			at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			claim := func(owner string, after time.Duration, want State) {
				t.Helper()
				if s, err := store.Claim(ctx, "k", owner, at.Add(after), at.Add(after+time.Minute)); s != want || err != nil {
					t.Errorf("%s after %s: %v, %v; want %v", owner, after, s, err, want)
				}
			}
			claim("one", 0, Claimed)
			claim("two", 59*time.Second, Busy)
			claim("two", time.Minute, Claimed)
			if err := store.Finish(ctx, "k", "one", at.Add(time.Hour)); !errors.Is(err, errLost) {
				t.Errorf("one has lost its claim: %v", err)
			}
			if err := store.Release(ctx, "k", "one"); err != nil {
				t.Error(err)
			}
			claim("one", 90*time.Second, Busy)
			if err := store.Finish(ctx, "k", "two", at.Add(time.Hour)); err != nil {
				t.Error(err)
			}
			claim("one", 59*time.Minute, Done)
			if err := store.Release(ctx, "k", "two"); err != nil {
				t.Error(err)
			}
			claim("one", 59*time.Minute, Done)
			claim("one", time.Hour, Claimed)
		})
	}
}

func TestWhatHasNoIdentityGoesThrough(t *testing.T) {
	f := newFunction(t, &Memory{})
	for _, event := range []any{[]byte("raw"), nil, timer.Event{Name: "tick"}} {
		for range 2 {
			f.handled = nil
			if _, err := f.engine.Invoke(t.Context(), framework.Invocation{Function: f.f, Event: event}); err != nil || len(f.handled) != 1 {
				t.Errorf("%v: %q, %v", event, f.handled, err)
			}
		}
	}
	for range 2 {
		at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		_, _ = f.engine.Invoke(t.Context(), framework.Invocation{Function: f.f, Event: timer.Event{Name: "tick", Time: at}})
	}
	if len(f.handled) != 2 { // one of nil time before, one now
		t.Errorf("a timer that fired once was handled %d times", len(f.handled)-1)
	}
}

// broken is a store that fails at some of its methods.
type broken struct {
	Memory
	claim, finish bool
}

func (b *broken) Claim(ctx context.Context, key, owner string, now, lease time.Time) (State, error) {
	if b.claim {
		return Busy, errors.New("the store is away")
	}
	return b.Memory.Claim(ctx, key, owner, now, lease)
}

func (b *broken) Finish(ctx context.Context, key, owner string, until time.Time) error {
	if b.finish {
		return errors.New("the store is away")
	}
	return b.Memory.Finish(ctx, key, owner, until)
}

func TestBrokenStore(t *testing.T) {
	store := &broken{claim: true}
	f := newFunction(t, store)
	if handled, failed := f.call(t, "a b"); handled != "" || failed != `all: claim message "a": the store is away` {
		t.Errorf("handled %q, failed %q", handled, failed)
	}
	store.claim, store.finish = false, true
	if handled, failed := f.call(t, "a"); handled != "a" || failed != "" {
		t.Errorf("what is handled has not failed: handled %q, failed %q", handled, failed)
	}
}

// TestPanic: a message whose handler panics is free again.
func TestPanic(t *testing.T) {
	f := newFunction(t, &Memory{})
	f.fail = func(mq.Message) error { panic("no") }
	if _, failed := f.call(t, "a"); failed != "all: panic: no" {
		t.Errorf("failed %q", failed)
	}
	f.fail = func(mq.Message) error { return nil }
	if handled, failed := f.call(t, "a"); handled != "a" || failed != "" {
		t.Errorf("handled %q, failed %q", handled, failed)
	}
}

func TestMemoryForgets(t *testing.T) {
	m := &Memory{Limit: 2}
	now := time.Now()
	for _, key := range []string{"a", "b", "c"} {
		if s, _ := m.Claim(t.Context(), key, "o", now, now.Add(time.Hour)); s != Claimed {
			t.Error(key, s)
		}
		_ = m.Finish(t.Context(), key, "o", now.Add(time.Hour))
	}
	for key, want := range map[string]State{"c": Done, "b": Done} {
		if s, _ := m.Claim(t.Context(), key, "o", now, now.Add(time.Hour)); s != want {
			t.Errorf("%s is %v", key, s)
		}
	}
	if s, _ := m.Claim(t.Context(), "a", "o", now, now.Add(time.Hour)); s != Claimed {
		t.Errorf("a is %v: it is the oldest of three", s)
	}
	if len(m.entries) > 2 || len(m.order) > 2 {
		t.Errorf("%d entries, %d in order", len(m.entries), len(m.order))
	}
}

func TestPrune(t *testing.T) {
	s := &SQL{DB: table(t), Table: "messages"}
	if err := s.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, key := range []string{"a", "b"} {
		_, _ = s.Claim(t.Context(), key, "o", at, at.Add(time.Duration(i)*time.Minute))
	}
	if n, err := s.Prune(t.Context(), at); n != 1 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}
