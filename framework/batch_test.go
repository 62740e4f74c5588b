package framework_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
)

// letter is a message.
type letter struct{ id, key string }

func (l letter) MessageID() string   { return l.id }
func (l letter) OrderingKey() string { return l.key }

func letters(text string) []letter {
	var list []letter
	for f := range strings.FieldsSeq(text) {
		id, key, _ := strings.Cut(f, ":")
		list = append(list, letter{id, key})
	}
	return list
}

// deliver runs a handler over a batch in an engine, as platforms do.
func deliver(t *testing.T, ctx context.Context, inv framework.Invocation, batch []letter, handle func(*framework.Context, letter) error) (any, error) {
	t.Helper()
	f := &framework.Function{Name: "f", Handler: func(c *framework.Context) error {
		return adapter.Each(c, c.Event().([]letter), func(l letter) error { return handle(c, l) })
	}}
	e := framework.NewEngine(quiet(), &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.WithoutCancel(ctx)) })
	inv.Function, inv.Event = f, batch
	return e.Invoke(ctx, inv)
}

func TestEach(t *testing.T) {
	tests := []struct {
		batch   string
		handled string
		failed  string // ids; "-" is not a BatchError
		result  any
	}{
		{batch: "", handled: "", failed: ""},
		{batch: "a", handled: "a", failed: "", result: "a"},
		{batch: "a b c", handled: "a b c", failed: ""},
		{batch: "bad", handled: "bad", failed: "-"},
		{batch: "bad b", handled: "bad b", failed: "bad"},
		{batch: "a panic c", handled: "a panic c", failed: "panic"},
		{batch: "a:1 bad:1 c:1 d:2 e:", handled: "a bad d e", failed: "bad c"},
		{batch: "bad: b: bad:1 d:1 e:1 f:2", handled: "bad b bad f", failed: "bad bad d e"},
		{batch: "bad panic", handled: "bad panic", failed: "bad panic"},
	}
	for _, tt := range tests {
		t.Run(tt.batch, func(t *testing.T) {
			var handled []string
			result, err := deliver(t, t.Context(), framework.Invocation{}, letters(tt.batch), func(c *framework.Context, l letter) error {
				handled = append(handled, l.id)
				switch l.id {
				case "bad":
					return errors.New("a bad one")
				case "panic":
					panic("a panic")
				}
				c.SetResult(l.id)
				return nil
			})
			if got := strings.Join(handled, " "); got != tt.handled {
				t.Errorf("handled %q, want %q", got, tt.handled)
			}
			if result != tt.result {
				t.Errorf("result %v, want %v", result, tt.result)
			}
			if got := failures(err); got != tt.failed {
				t.Errorf("failed %q, want %q: %v", got, tt.failed, err)
			}
		})
	}
}

// failures are the ids of the messages that failed.
func failures(err error) string {
	if err == nil {
		return ""
	}
	b, ok := errors.AsType[*framework.BatchError](err)
	if !ok {
		return "-"
	}
	ids := make([]string, len(b.Failures))
	for i, f := range b.Failures {
		ids[i] = f.ID
	}
	return strings.Join(ids, " ")
}

// TestEachAtTheDeadline lets the second of three messages wait for longer than there is time, on both ways that the engine
// has to run a handler.
func TestEachAtTheDeadline(t *testing.T) {
	for _, here := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			released := make(chan struct{})
			ended := make(chan error, 1)
			inv := framework.Invocation{Deadline: time.Now().Add(20 * time.Millisecond)}
			if here {
				inv.Overdue = func(err error) { ended <- err; close(released) }
			}
			var handled []string
			ctx := t.Context()
			if here {
				ctx = context.Background() // Overdue is for callers that never cancel
			}
			_, err := deliver(t, ctx, inv, letters("a b c"), func(c *framework.Context, l letter) error {
				handled = append(handled, l.id)
				if l.id == "b" {
					if here {
						<-released
					} else {
						<-c.Done()
					}
				}
				return nil
			})
			if here {
				if !errors.Is(err, framework.ErrAbandoned) {
					t.Errorf("the handler's own end: %v", err)
				}
				err = <-ended
				if !slices.Equal(handled, []string{"a", "b"}) {
					t.Errorf("handled %q: nothing is begun after the deadline", handled)
				}
			}
			fe, ok := errors.AsType[*framework.Error](err)
			if got := failures(err); got != "b c" || !ok || fe.Status != 504 || !errors.Is(err, framework.ErrAbandoned) {
				t.Errorf("here %v: failed %q, want b and c with status 504: %v", here, got, err)
			}
		})
	}
}

// TestEachBeforeWhatHangs: a batch is not done as long as middleware around its handler still runs, such as a commit.
func TestEachBeforeWhatHangs(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	f := &framework.Function{Name: "f", Handler: func(c *framework.Context) error {
		err := adapter.Each(c, letters("a b c"), func(l letter) error {
			if l.id == "b" {
				return errors.New("no")
			}
			return nil
		})
		<-release
		return err
	}}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: time.Now().Add(time.Millisecond)})
	if b, ok := errors.AsType[*framework.BatchError](err); ok || !errors.Is(err, framework.ErrAbandoned) {
		t.Errorf("only %v failed of %v", b, err)
	}
}

func TestBatchError(t *testing.T) {
	var b framework.BatchError
	if b.Add("fine", nil); b.Err() != nil {
		t.Error("nothing has failed")
	}
	first := errors.New("first")
	for _, id := range []string{"1", "2", "3", "4"} {
		b.Add(id, first)
	}
	if got, want := b.Err().Error(), "4 messages of the batch failed; 1: first; 2: first; 3: first; and 1 more"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if !errors.Is(b.Err(), first) {
		t.Error("the errors of messages are part of it")
	}
}
