package flags_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/layer/flags"
)

const rules = `
flag new-checkout
  serve on when plan in [pro, team]
  serve on=20%
flag size
  variants small=20 large=100.5
  default small
  serve large when beta == true
flag greeting
  variants plain=hello warm="hello there"
  default plain
  serve warm=100%
`

// call runs a handler in a unit with the layer, or without, and returns the log.
func call(t testing.TB, with bool, handler framework.Handler) string {
	t.Helper()
	layer, err := flags.New(config.NewLive(rules))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	app := &framework.App{Unit: "shop", Functions: []*framework.Function{{Name: "pay", Handler: handler}}}
	if with {
		app.Layers = framework.Layers{layer}
	}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}, app)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	log.Reset()
	for range 2 { // what is logged once is logged once
		if _, err := e.Invoke(context.Background(), framework.Invocation{Function: app.Functions[0], RequestID: "1"}); err != nil {
			t.Fatal(err)
		}
	}
	return log.String()
}

// values are those of all flags, of some that there are not, and of wrong types.
func values(ctx context.Context) string {
	return fmt.Sprint(flags.BooleanValue(ctx, "new-checkout", true), " ", flags.IntValue(ctx, "size", 7), " ", flags.FloatValue(ctx, "size", 7), " ",
		flags.StringValue(ctx, "greeting", "code"), " | ",
		flags.BooleanValue(ctx, "size", true), " ", flags.StringValue(ctx, "size", "code"), " ", flags.IntValue(ctx, "greeting", 7), " ", flags.BooleanValue(ctx, "other", true))
}

func TestValues(t *testing.T) {
	for _, tt := range []struct {
		context flags.EvaluationContext
		want    string
	}{
		{flags.EvaluationContext{}, "false 20 20 hello | true code 7 true"},
		{flags.EvaluationContext{Attributes: []flags.Attribute{flags.String("plan", "pro")}}, "true 20 20 hello | true code 7 true"},
		{flags.EvaluationContext{TargetingKey: "user-1"}, "false 20 20 hello there | true code 7 true"},
		{flags.EvaluationContext{TargetingKey: "user-1", Attributes: []flags.Attribute{flags.Bool("beta", true)}}, "false 7 100.5 hello there | true code 7 true"},
	} {
		log := call(t, true, func(ctx *framework.Context) error {
			flags.SetContext(ctx, tt.context)
			below := context.WithoutCancel(ctx)
			if got := values(below); got != tt.want {
				t.Errorf("%+v: found %s, want %s", tt.context, got, tt.want)
			}
			return nil
		})
		for _, line := range []string{"flag=other error_code=FLAG_NOT_FOUND", "flag=size error_code=TYPE_MISMATCH", "flag=greeting error_code=TYPE_MISMATCH"} {
			if n := strings.Count(log, line); n != 1 {
				t.Errorf("the log has %q %d times, want once\n%s", line, n, log)
			}
		}
	}
}

func TestDetails(t *testing.T) {
	call(t, true, func(ctx *framework.Context) error {
		flags.SetContext(ctx, flags.EvaluationContext{TargetingKey: "user-1"})
		for flag, want := range map[string]string{
			"greeting": `{warm "hello there" SPLIT }`,
			"size":     `{small 20 DEFAULT }`,
			"other":    `{  ERROR FLAG_NOT_FOUND}`,
		} {
			if got := fmt.Sprint(flags.Evaluate(ctx, flag)); got != want {
				t.Errorf("%s: found %s, want %s", flag, got, want)
			}
		}
		return nil
	})
}

// Without the layer the code has its own values, and nothing is logged.
func TestWithoutTheLayer(t *testing.T) {
	log := call(t, false, func(ctx *framework.Context) error {
		flags.SetContext(ctx, flags.EvaluationContext{TargetingKey: "user-1"})
		if got, want := values(ctx), "true 7 7 code | true code 7 true"; got != want {
			t.Errorf("found %s, want %s", got, want)
		}
		if d := flags.Evaluate(ctx, "size"); d.ErrorCode != flags.ProviderNotReady || d.Reason != flags.Failed {
			t.Errorf("found %+v", d)
		}
		return nil
	})
	if log != "" {
		t.Errorf("the log is %s", log)
	}
	if flags.BooleanValue(t.Context(), "new-checkout", false) {
		t.Error("outside of an invocation it is on")
	}
}

// Names of flags that come from outside take no memory that grows.
func TestWarningsAreBounded(t *testing.T) {
	log := call(t, true, func(ctx *framework.Context) error {
		for i := range 3000 {
			flags.BooleanValue(ctx, fmt.Sprint("no-", i), false)
		}
		return nil
	})
	if n := strings.Count(log, "FLAG_NOT_FOUND"); n != 1000 {
		t.Errorf("%d warnings, want 1000", n)
	}
}

// What is remembered of a name does not keep the request that it was cut from.
func TestWarningsKeepNoRequests(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	call(t, true, func(ctx *framework.Context) error {
		before := heap()
		for i := range 64 {
			request := strings.Repeat(fmt.Sprintf("name-%06d ", i), 1<<16) // 768 KB
			flags.BooleanValue(ctx, request[:11], false)
			flags.BooleanValue(ctx, request, false)
		}
		if grown := heap() - before; grown > 8<<20 {
			t.Errorf("%d bytes are kept after 64 names", grown)
		}
		return nil
	})
}

// hands are a clock that the test sets.
type hands struct{ now atomic.Int64 }

func (h *hands) Now() time.Time                                   { return time.Unix(0, h.now.Load()) }
func (h *hands) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
func (h *hands) After(time.Duration) <-chan time.Time             { return nil }

// A text that has changed counts from the invocation after the one that has it read again. One that is wrong changes nothing.
func TestRulesAreReadAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flags.txt")
	clock := &hands{}
	var log bytes.Buffer
	rt := &framework.Runtime{Clock: clock, Variables: variables{"LAYERS_FLAGS_RULES_FROM": "file:" + file}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	var once config.Once
	read := func() (*flags.Layer, error) {
		text, err := config.Read(func() (*config.Config, error) { return once.Load(rt) }, func(r *config.Reader) config.Live[string] {
			return config.ReadLive(r, "layers.flags.rules", time.Minute, func(r *config.Reader) string { return config.Value[string](r, "layers.flags.rules") })
		})
		if err != nil {
			t.Fatal(err)
		}
		return flags.New(text)
	}
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("flag a\n serve onn")
	if _, err := read(); err == nil || err.Error() != `rules: line 2, column 8: found "onn", expected one of the variants on, off` {
		t.Errorf("at the start: %v", err)
	}
	write("flag a\n serve on")
	once = config.Once{}
	l, err := read()
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error {
		first := flags.BooleanValue(ctx, "a", false)
		if first != flags.BooleanValue(ctx, "a", false) {
			t.Error("a flag changes within an invocation")
		}
		got += fmt.Sprint(first, " ")
		return nil
	}}
	e := framework.NewEngine(rt, &framework.App{Unit: "shop", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"flag a\n serve on", "flag a", "flag a\n serve", "flag a\n serve on"} {
		write(text)
		clock.now.Add(int64(10 * time.Minute))
		for range 2 {
			var background framework.Background
			if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Background: &background}); err != nil {
				t.Fatal(err)
			}
			background.Wait()
		}
	}
	if got != "true true true false false false false true " {
		t.Errorf("found %s", got)
	}
	if n := strings.Count(log.String(), `the old ones stay" `); n != 1 || !strings.Contains(log.String(), "line 2, column 7: found the end of the line") {
		t.Errorf("the log is %s", log.String())
	}
}

// variables are those of a test.
type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { s, ok := v[name]; return s, ok }

func TestAnEvaluationAllocatesNothing(t *testing.T) {
	call(t, true, func(ctx *framework.Context) error {
		c := flags.EvaluationContext{TargetingKey: "user-1", Attributes: []flags.Attribute{flags.String("plan", "free"), flags.Bool("beta", true)}}
		flags.SetContext(ctx, c)
		if n := testing.AllocsPerRun(100, func() {
			flags.SetContext(ctx, c)
			_ = flags.BooleanValue(ctx, "new-checkout", false)
			_ = flags.FloatValue(ctx, "size", 0)
			_ = flags.StringValue(ctx, "greeting", "")
			_ = flags.Evaluate(ctx, "greeting")
			_ = flags.BooleanValue(ctx, "size", false) // whose warning is in the log by now
		}); n != 0 {
			t.Errorf("%v allocations, want none", n)
		}
		return nil
	})
}

// BenchmarkEvaluation is one flag by attribute, by share, and the one that is not there.
func BenchmarkEvaluation(b *testing.B) {
	for name, flag := range map[string]string{"attribute": "size", "share": "new-checkout", "none": "other"} {
		b.Run(name, func(b *testing.B) {
			call(b, true, func(ctx *framework.Context) error {
				flags.SetContext(ctx, flags.EvaluationContext{TargetingKey: "0f2f6b0e-9d1b-4a77-9d5f-3f6f6d0a1b2c", Attributes: []flags.Attribute{flags.String("plan", "free"), flags.Bool("beta", true)}})
				b.ReportAllocs()
				for range b.N {
					_ = flags.Evaluate(ctx, flag)
				}
				return nil
			})
		})
	}
}
