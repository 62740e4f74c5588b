package config_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
)

// hands is a clock that a test moves.
type hands struct{ now atomic.Int64 }

func (h *hands) Now() time.Time                                   { return time.Unix(0, h.now.Load()) }
func (h *hands) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
func (h *hands) After(time.Duration) <-chan time.Time             { return nil }
func (h *hands) move(d time.Duration)                             { h.now.Add(int64(d)) }

// vault is a store whose text a test changes.
type vault struct {
	mu    sync.Mutex
	text  string
	err   error
	reads int
}

func (v *vault) set(text string, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.text, v.err = text, err
}

func (v *vault) read(string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.reads++
	return v.text, v.err
}

// living is a unit with one live value of the key plain.value, and what it takes to call it.
type living[T any] struct {
	hands
	vault
	log  bytes.Buffer
	live config.Live[T]
	e    *framework.Engine
	get  *framework.Function
}

type set map[string]string

func (v set) LookupEnv(name string) (string, bool) { text, ok := v[name]; return text, ok }

func live[T any](t *testing.T, text string) *living[T] {
	t.Helper()
	l := &living[T]{}
	l.set(text, nil)
	rt := &framework.Runtime{
		Platform: "test", Clock: &l.hands, Variables: set{"PLAIN_VALUE_FROM": "vault:x"}, Logger: slog.New(slog.NewTextHandler(&l.log, nil)), CodeDir: t.TempDir(),
		Stores: []framework.Store{{Scheme: "vault", Read: func(string) (string, error) { return text, nil }, ReadAgain: func(_ context.Context, name string) (string, error) { return l.read(name) }}},
	}
	var once config.Once
	var err error
	l.live, err = config.Read(func() (*config.Config, error) { return once.Load(rt) }, func(r *config.Reader) config.Live[T] {
		return config.ReadLive(r, "plain.value", time.Minute, func(r *config.Reader) T { return config.Value[T](r, "plain.value") })
	})
	if err != nil {
		t.Fatal(err)
	}
	l.get = &framework.Function{Name: "get", Handler: func(ctx *framework.Context) error {
		ctx.SetResult(l.live.Get(ctx))
		return nil
	}}
	l.e = framework.NewEngine(rt, &framework.App{Functions: []*framework.Function{l.get}})
	if err := l.e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

// call calls the function, and waits for what it leaves running.
func (l *living[T]) call(t *testing.T) T {
	t.Helper()
	var background framework.Background
	out, err := l.e.Invoke(t.Context(), framework.Invocation{Function: l.get, Background: &background})
	if err != nil {
		t.Fatal(err)
	}
	background.Wait()
	return out.(T)
}

// A value is read again by the invocation that finds it too old, after which the next sees the new one; a failure keeps the old one, says so
// without a value, and is tried less and less often.
func TestLive(t *testing.T) {
	l := live[int](t, "1")
	expect := func(what string, want, reads int) {
		t.Helper()
		if got := l.call(t); got != want || l.reads != reads {
			t.Errorf("%s: found %d after %d readings, expected %d after %d", what, got, l.reads, want, reads)
		}
	}
	l.set("2", nil)
	expect("at once", 1, 0)
	l.move(59 * time.Second)
	expect("not yet", 1, 0)
	l.move(time.Second)
	if got := l.live.Get(context.Background()); got != 1 || l.reads != 0 {
		t.Errorf("outside of an invocation: found %d after %d readings", got, l.reads)
	}
	expect("the one that reads", 1, 1)
	expect("the next", 2, 1)
	l.set("hunter2", nil)
	l.move(time.Minute)
	expect("a wrong type", 2, 2)
	expect("its next", 2, 2)
	l.set("", errors.New("the store is gone"))
	l.move(time.Minute)
	expect("no second try after an interval", 2, 2)
	l.move(time.Minute)
	expect("but after two", 2, 3)
	l.move(4*time.Minute - 1)
	expect("then after four", 2, 3)
	l.move(1)
	expect("after four", 2, 4)
	l.set("3", nil)
	for range 3 {
		l.move(10 * time.Minute) // the longest
		l.call(t)
	}
	expect("again well", 3, 7)
	if log := l.log.String(); strings.Count(log, "configuration key plain.value could not be read again and keeps its value") != 3 ||
		!strings.Contains(log, "expected a whole number, found a text") || !strings.Contains(log, "the store is gone") || strings.Contains(log, "hunter2") {
		t.Errorf("the log is %s", log)
	}
}

// Every invocation may get it while it is read.
func TestLiveAtOnce(t *testing.T) {
	l := live[config.Secret](t, "first")
	l.set("second", nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if got := l.call(t).Reveal(); got != "first" && got != "second" {
					t.Errorf("found %q", got)
				}
				l.move(time.Second)
			}
		})
	}
	all.Wait()
	if got := l.call(t).Reveal(); got != "second" {
		t.Errorf("found %q", got)
	}
}

// Getting a value that is not due allocates nothing.
func TestLiveAllocatesNothing(t *testing.T) {
	l := live[[]string](t, "a,b")
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() { l.live.Get(ctx) }); n != 0 {
		t.Errorf("found %v allocations", n)
	}
}

// A file is read again, too.
func TestLiveFile(t *testing.T) {
	l := live[string](t, "x")
	file := filepath.Join(t.TempDir(), "value")
	rt := &framework.Runtime{Clock: &l.hands, Variables: set{"PLAIN_VALUE_FROM": "file:" + file}}
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one\n")
	var once config.Once
	var err error
	l.live, err = config.Read(func() (*config.Config, error) { return once.Load(rt) }, func(r *config.Reader) config.Live[string] {
		return config.ReadLive(r, "plain.value", time.Minute, func(r *config.Reader) string { return config.Value[string](r, "plain.value") })
	})
	if err != nil {
		t.Fatal(err)
	}
	write("two\n")
	l.move(time.Minute)
	if first, second := l.call(t), l.call(t); first != "one" || second != "two" {
		t.Errorf("found %q and %q", first, second)
	}
}

func TestNewLive(t *testing.T) {
	if got := config.NewLive("x").Get(t.Context()); got != "x" {
		t.Errorf("found %q", got)
	}
	if got := (config.Live[int]{}).Get(t.Context()); got != 0 {
		t.Errorf("found %d", got)
	}
}
