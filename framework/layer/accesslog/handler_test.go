package accesslog_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/accesslog"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// user hides its password in a group that it makes when it is logged.
type user struct{ name, password string }

func (u user) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", u.name), slog.String("password", u.password))
}

func TestRedaction(t *testing.T) {
	deep := slog.String("deepest", "hunter2")
	for range 40 {
		deep = slog.Group("g", deep)
	}
	for name, log := range map[string]func(l *slog.Logger){
		"attribute":    func(l *slog.Logger) { l.Info("m", "password", "hunter2", "name", "Ann") },
		"other case":   func(l *slog.Logger) { l.Info("m", "PassWord", "hunter2", "name", "Ann") },
		"words joined": func(l *slog.Logger) { l.Info("m", "API-Key", "hunter2", "name", "Ann") },
		"group": func(l *slog.Logger) {
			l.Info("m", slog.Group("a", slog.Group("b", "password", "hunter2", "name", "Ann")))
		},
		"group as a whole": func(l *slog.Logger) { l.Info("m", slog.Group("secret", "any", "hunter2"), "name", "Ann") },
		"of the logger":    func(l *slog.Logger) { l.With("password", "hunter2", "name", "Ann").Info("m") },
		"open group":       func(l *slog.Logger) { l.WithGroup("a").With("name", "Ann").Info("m", "password", "hunter2") },
		"open group as a whole": func(l *slog.Logger) {
			l.With("name", "Ann").WithGroup("secret").With("any", "hunter2").Info("m", "other", "hunter2")
		},
		"value that says itself": func(l *slog.Logger) { l.Info("m", "user", user{"Ann", "hunter2"}) },
		"headers":                func(l *slog.Logger) { l.Info("m", "headers", web.Header{"Password": {"hunter2"}, "Name": {"Ann"}}) },
		"map": func(l *slog.Logger) {
			l.Info("m", "map", map[string]any{"a": map[string]string{"password": "hunter2", "name": "Ann"}})
		},
		"number": func(l *slog.Logger) { l.Info("m", "secret", 4711, "name", "Ann") },
		"deep":   func(l *slog.Logger) { l.Info("m", deep, slog.String("name", "Ann")) },
		"long":   func(l *slog.Logger) { l.Info("m", strings.Repeat("x", 80), "hunter2", "name", "Ann") },
	} {
		t.Run(name, func(t *testing.T) {
			u := start(t, accesslog.Config{Redact: []string{"password", "api_key", "secret", strings.Repeat("X", 80)}}, nil, &framework.Function{Handler: func(c *framework.Context) error {
				log(c.Logger())
				log(c.Runtime().Log())
				return nil
			}})
			_, _ = u.invoke(framework.Invocation{})
			got := u.log()
			if strings.Contains(got, "hunter2") || strings.Contains(got, "4711") {
				t.Errorf("a secret is in the log:\n%s", got)
			}
			if n := strings.Count(got, "[redacted]"); n < 2 {
				t.Errorf("%d values are redacted, want those of both records:\n%s", n, got)
			}
			if n := strings.Count(got, `"Ann"`); n != 2 {
				t.Errorf("%d of 2 values that are no secrets are there:\n%s", n, got)
			}
			_ = u.lines(t)
		})
	}
}

// Nothing is changed where nothing is found, nor without names.
func TestRedactionLeavesTheRest(t *testing.T) {
	for _, c := range []accesslog.Config{{}, {Redact: []string{"password"}}} {
		u := start(t, c, nil, &framework.Function{Handler: func(c *framework.Context) error {
			c.Logger().Info("m", "n", 1, "map", map[int]string{1: "a"}, slog.Group("g", "x", true), "nil", nil, "nilmap", map[string]string(nil), "err", framework.Errorf(404, "not_found", "gone"))
			return nil
		}})
		_, _ = u.invoke(framework.Invocation{})
		if want := `"n":1,"map":{"1":"a"},"g":{"x":true},"nil":null,"nilmap":null,"err":"not_found: gone"}`; !strings.Contains(u.log(), want) {
			t.Errorf("found\n%swant %s", u.log(), want)
		}
	}
}

func TestDebugRecordsOfSampledInvocations(t *testing.T) {
	handler := func(c *framework.Context) error {
		c.Logger().Debug("of the invocation", "n", 1)
		c.Logger().With("a", 1).WithGroup("g").Debug("of one made of it")
		c.Runtime().Log().DebugContext(c, "of an injected logger")
		c.Runtime().Log().Debug("of a logger that knows no invocation")
		c.Runtime().Log().Log(c, slog.LevelDebug-4, "of a lower level")
		return nil
	}
	for rate, want := range map[float64]int{0: 0, 1: 3} {
		u := start(t, accesslog.Config{DebugRate: rate, Redact: []string{"password"}}, nil, &framework.Function{Handler: handler})
		_, _ = u.invoke(framework.Invocation{})
		if n := strings.Count(u.log(), `"level":"DEBUG"`); n != want {
			t.Errorf("rate %v: %d debug records, want %d:\n%s", rate, n, want, u.log())
		}
		if sampled := strings.Contains(u.log(), `"sampled":true`); sampled != (rate == 1) {
			t.Errorf("rate %v: sampled is %v", rate, sampled)
		}
		for _, m := range u.lines(t) {
			if m["request_id"] != "r-1" {
				t.Errorf("rate %v: no request id in %v", rate, m)
			}
		}
	}
	u := start(t, accesslog.Config{DebugRate: 0.5}, nil, &framework.Function{Handler: handler})
	const calls = 2000
	for range calls {
		_, _ = u.invoke(framework.Invocation{})
	}
	if n := strings.Count(u.log(), "of the invocation"); n < calls*4/10 || n > calls*6/10 { // 9 standard deviations
		t.Errorf("%d of %d invocations at the rate 0.5 were sampled", n, calls)
	}
}
