package platformtest

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// Guarantees checks what a unit can rely on in its life, on the platforms of the harnesses: a test for each row of the table in
// docs/lifecycle.md, called by its first cell. A row without a test fails, and a test without a row.
func Guarantees(t *testing.T, harnesses ...Harness) {
	rows := guarantees()
	documented(t, slices.Sorted(maps.Keys(rows)))
	for _, h := range harnesses {
		t.Run(h.Runtime.Name(), func(t *testing.T) {
			t.Parallel() // most of it is waiting
			h.Command = cmp.Or(h.Command, "bootstrap")
			l := &life{&suite{Harness: h}}
			for name, check := range rows {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					check(l, t)
				})
			}
			t.Run("log", func(t *testing.T) { t.Parallel(); l.logs(t) })
		})
	}
}

// documented compares the rows of the page with those that are checked. The page is above the test; a cloud in a repository of its
// own has none.
func documented(t *testing.T, checked []string) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		page, err := os.ReadFile(filepath.Join(dir, "docs", "lifecycle.md"))
		if err == nil {
			if rows := tableOf(string(page), "## What you can rely on"); !slices.Equal(rows, checked) {
				t.Errorf("docs/lifecycle.md has the rows\n%q, the suite checks\n%q", rows, checked)
			}
			return
		}
		if dir == filepath.Dir(dir) {
			t.Log("there is no docs/lifecycle.md above the test, so its rows are not compared")
			return
		}
	}
}

// tableOf returns the first cells of the first table below a heading, sorted.
func tableOf(page, heading string) (rows []string) {
	_, page, _ = strings.Cut(page, "\n"+heading+"\n")
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "|") {
			if len(rows) > 0 {
				break
			}
			continue
		}
		rows = append(rows, strings.TrimSpace(strings.Split(line, "|")[1]))
	}
	if len(rows) < 2 {
		return nil
	}
	rows = rows[2:] // the head and the line below it
	slices.Sort(rows)
	return rows
}

// life checks the life of a unit.
type life struct{ *suite }

// Steps of a life in which nothing goes wrong.
func runtimeStart() []string {
	return []string{"a.BeforeRuntimeStart", "b.BeforeRuntimeStart", "b.AfterRuntimeStart", "a.AfterRuntimeStart"}
}

func functionStart() []string {
	return []string{"a.BeforeFunctionStart", "b.BeforeFunctionStart", "Start", "b.AfterFunctionStart", "a.AfterFunctionStart"}
}

func invoking() []string {
	return []string{"a.BeforeInvoke", "b.BeforeInvoke", "a.Middleware", "b.Middleware", "Handler", "Destroy", "clean-up", "b.AfterInvoke", "a.AfterInvoke"}
}

func closing() []string {
	return []string{"a.BeforeClose", "b.BeforeClose", "Stop", "b.AfterClose", "a.AfterClose"}
}

// guarantees are the checks by the names of the rows.
func guarantees() map[string]func(*life, *testing.T) {
	return map[string]func(*life, *testing.T){
		"order": func(l *life, t *testing.T) { l.lives(t, "none", answered, invoking(), closing()) },
		"once": func(l *life, t *testing.T) {
			p := l.begin(t, "none")
			for range 3 {
				l.invoked(t, p, answered)
			}
			l.ends(t, p, slices.Concat(runtimeStart(), functionStart(), invoking(), invoking(), invoking(), closing()))
			if n := strings.Count(p.out.String(), fixture.LifeLine+"cold"); n != 1 {
				t.Errorf("%d invocations are the cold one, want 1", n)
			}
		},
		"a before-hook fails": func(l *life, t *testing.T) {
			l.starts(t, "error@b.BeforeRuntimeStart", "", []string{"a.BeforeRuntimeStart", "b.BeforeRuntimeStart", "b.AfterRuntimeStart error", "a.AfterRuntimeStart error"})
			l.starts(t, "error@a.BeforeRuntimeStart", "", []string{"a.BeforeRuntimeStart", "a.AfterRuntimeStart error"})
			undone := []string{"Stop"}
			if l.Package != "" {
				undone = nil // generated code destroys what was built, and nothing was
			}
			l.starts(t, "error@a.BeforeFunctionStart", "", runtimeStart(), []string{"a.BeforeFunctionStart", "a.AfterFunctionStart error"}, undone)
			l.lives(t, "error@b.BeforeInvoke", failed, []string{"a.BeforeInvoke", "b.BeforeInvoke", "b.AfterInvoke error", "a.AfterInvoke error"}, closing())
			l.lives(t, "error@a.BeforeInvoke", failed, []string{"a.BeforeInvoke", "a.AfterInvoke error"}, closing())
		},
		"the body fails": func(l *life, t *testing.T) {
			l.starts(t, "error@Start", "", runtimeStart(), afterError(functionStart(), "Start"), []string{"Stop"})
			l.lives(t, "error@Handler", failed, afterError(invoking(), "Handler"), closing())
			l.lives(t, "error@Stop", answered, invoking(), afterError(closing(), "Stop"))
		},
		"an after-hook fails": func(l *life, t *testing.T) {
			l.starts(t, "error@b.AfterRuntimeStart", "", afterError(runtimeStart(), "b.AfterRuntimeStart"))
			l.starts(t, "error@b.AfterFunctionStart", "", runtimeStart(), afterError(functionStart(), "b.AfterFunctionStart"), []string{"Stop"})
			l.lives(t, "error@b.AfterInvoke", failed, afterError(invoking(), "b.AfterInvoke"), closing())
			l.lives(t, "error@b.AfterClose", answered, invoking(), afterError(closing(), "b.AfterClose"))
		},
		"a hook of Close fails": func(l *life, t *testing.T) {
			for _, do := range []string{"error", "panic", "goexit"} {
				l.lives(t, do+"@a.BeforeClose", answered, invoking(), afterError(closing(), "Stop"))
			}
		},
		"a panic": func(l *life, t *testing.T) {
			l.starts(t, "panic@b.BeforeRuntimeStart", fixture.Secret, []string{"a.BeforeRuntimeStart", "b.BeforeRuntimeStart", "b.AfterRuntimeStart error", "a.AfterRuntimeStart error"})
			l.starts(t, "panic@Start", fixture.Secret, runtimeStart(), afterError(functionStart(), "Start"), []string{"Stop"})
			l.panics(t, "panic@b.BeforeInvoke", []string{"a.BeforeInvoke", "b.BeforeInvoke", "b.AfterInvoke error", "a.AfterInvoke error"})
			l.panics(t, "panic@Handler", afterError(invoking(), "Handler"))
			l.panics(t, "panic@b.AfterInvoke", afterError(invoking(), "b.AfterInvoke"))
			l.lives(t, "panic@b.AfterClose", answered, invoking(), afterError(closing(), "b.AfterClose"))
		},
		"a goroutine ends": func(l *life, t *testing.T) {
			l.starts(t, "goexit@b.BeforeRuntimeStart", "layer b: it ended its goroutine", []string{"a.BeforeRuntimeStart", "b.BeforeRuntimeStart", "b.AfterRuntimeStart error", "a.AfterRuntimeStart error"})
			l.starts(t, "goexit@Start", "goroutine", runtimeStart(), afterError(functionStart(), "Start"), []string{"Stop"})
			l.starts(t, "goexit@b.AfterFunctionStart", "layer b: it ended its goroutine", runtimeStart(), afterError(functionStart(), "b.AfterFunctionStart"), []string{"Stop"})
			l.lives(t, "goexit@b.BeforeInvoke", failed, []string{"a.BeforeInvoke", "b.BeforeInvoke", "b.AfterInvoke error", "a.AfterInvoke error"}, closing())
			l.lives(t, "goexit@Handler", failed, afterError(invoking(), "Handler"), closing())
			l.lives(t, "goexit@b.AfterInvoke", failed, afterError(invoking(), "b.AfterInvoke"), closing())
			l.lives(t, "goexit@b.AfterClose", answered, invoking(), afterError(closing(), "b.AfterClose"))
		},
		"Destroy of a call": func(l *life, t *testing.T) {
			for _, do := range []string{"error", "panic"} {
				p := l.begin(t, do+"@Destroy")
				l.invoked(t, p, answered)
				l.invoked(t, p, answered)
				l.ends(t, p, slices.Concat(runtimeStart(), functionStart(), invoking(), invoking(), closing()))
				if n := strings.Count(strings.ToLower(p.out.String()), `destroy fixture.work"`); n != 2 {
					t.Errorf("%s: the log has %d failures of Destroy, want 2", do, n)
				}
			}
		},
		"background work": func(l *life, t *testing.T) {
			for _, do := range []string{"error", "panic", "goexit"} {
				p := l.begin(t, do+"@Background")
				l.invoked(t, p, answered)
				l.stop(t, p)
				steps := l.steps(p)
				if !slices.Contains(steps, "Background") || steps[len(steps)-1] != "a.AfterClose" {
					t.Errorf("%s: %q", do, steps)
				}
				l.line(t, p, map[bool]string{true: "panic in background work", false: "background work failed"}[do == "panic"])
			}
		},
		"an invocation is too slow": func(l *life, t *testing.T) {
			// The caller is answered before the handler is done; what follows it comes when it is.
			l.lives(t, "ignore@Handler", failed, invoking(), closing())
		},
		"a start is too slow": func(l *life, t *testing.T) {
			ie, out := l.startFailsIn(t, sim.Artifact{InitTimeout: patience / 2, Environment: map[string]string{fixture.LifeVariable: "hang@Start", "FAAS_INIT_TIMEOUT": "200ms"}})
			if ie.ExitCode <= 0 || !strings.Contains(out, "init did not finish within 200ms") {
				t.Errorf("exit code %d, want a failure with the reason in the log", ie.ExitCode)
			}
		},
		"a hook of Close hangs": func(l *life, t *testing.T) {
			if l.Package != "" {
				t.Skip("it waits for half of the time that the platform leaves, for what generated code has no part in")
			}
			p := l.begin(t, "hang@b.BeforeClose")
			l.invoked(t, p, answered)
			l.ends(t, p, slices.Concat(runtimeStart(), functionStart(), invoking(), afterError(closing(), "Stop")))
		},
		"the cold-start report": func(l *life, t *testing.T) {
			p := l.begin(t, "none")
			l.invoked(t, p, answered)
			l.stop(t, p)
			l.coldStart(t, p)
		},
	}
}

// answered is the outcome of a call that goes well.
const answered = well

// afterError marks the steps after one as those that saw an error.
func afterError(steps []string, failing string) []string {
	i := slices.Index(steps, failing)
	for j := range steps {
		hook := strings.Contains(steps[j], ".After")
		if hook && (j > i) {
			steps[j] += " error"
		}
	}
	return steps
}

// begin starts a process whose unit fails as do says.
func (l *life) begin(t *testing.T, do string) *process {
	t.Helper()
	return l.start(t, sim.Artifact{Environment: map[string]string{fixture.LifeVariable: do}}, "")
}

// lives takes a process through its life, with one call in it.
func (l *life) lives(t *testing.T, do string, want outcome, steps ...[]string) {
	t.Helper()
	p := l.begin(t, do)
	l.invoked(t, p, want)
	l.ends(t, p, slices.Concat(append([][]string{runtimeStart(), functionStart()}, steps...)...))
}

// panics is lives with a panic in the call, which the log has once, with its stack.
func (l *life) panics(t *testing.T, do string, steps []string) {
	t.Helper()
	p := l.begin(t, do)
	l.invoked(t, p, failed)
	l.ends(t, p, slices.Concat(runtimeStart(), functionStart(), steps, closing()))
	line := l.line(t, p, `"msg":"panic in h`)
	for _, part := range []string{`"level":"ERROR"`, `"function":"life`, `"panic":"` + fixture.Secret, `"stack":"`, "fault.go"} {
		if !strings.Contains(line, part) {
			t.Errorf("%s: %s is not in the line %.300s", do, part, line)
		}
	}
	for _, only := range []string{`"stack":"`, fixture.Secret} {
		l.line(t, p, only)
	}
}

// starts has a start fail, with reason in the log.
func (l *life) starts(t *testing.T, do, reason string, steps ...[]string) {
	t.Helper()
	ie, out := l.startFailsIn(t, sim.Artifact{Environment: map[string]string{fixture.LifeVariable: do}})
	if ie.ExitCode <= 0 {
		t.Errorf("%s: exit code %d, want a failure", do, ie.ExitCode)
	}
	if want, got := slices.Concat(steps...), stepsOf(out); !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %q\nwant %q", do, got, want)
	}
	if !strings.Contains(out, reason) {
		t.Errorf("%s: the log does not have %q", do, reason)
	}
}

// ends stops a process and compares the steps of its life.
func (l *life) ends(t *testing.T, p *process, want []string) {
	t.Helper()
	l.stop(t, p)
	if got := l.steps(p); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// stop stops a process, whose end may have something to report.
func (l *life) stop(t *testing.T, p *process) {
	t.Helper()
	if err := p.Stop(within(t)); err != nil && !l.StopReport {
		t.Error(err)
	}
}

// steps are those that the unit has written so far.
func (l *life) steps(p *process) []string { return stepsOf(p.out.String()) }

func stepsOf(out string) (steps []string) {
	for line := range strings.Lines(out) {
		if step, ok := strings.CutPrefix(strings.TrimSpace(line), fixture.LifeLine); ok && step != "cold" {
			steps = append(steps, step)
		}
	}
	return steps
}

// invoked calls the function in any way that the platform has.
func (l *life) invoked(t *testing.T, p *process, want outcome) {
	t.Helper()
	ok := false
	if l.HTTP {
		r, err := p.HTTP(within(t), &sim.Request{Method: "GET", Target: "/life", Host: "shop.example.com"})
		if err != nil {
			t.Fatal(err)
		}
		ok = r.Status == 200
		if strings.Contains(string(r.Body), fixture.Secret) {
			t.Errorf("the caller was told %s", r.Body)
		}
	} else {
		payload, err := platform.EncodeCall("life-raw", []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.Invoke(within(t), payload)
		if err != nil {
			t.Fatal(err)
		}
		ok = r.Error == nil
	}
	if ok != (want == answered) {
		t.Errorf("the call went well: %t", ok)
	}
}

// line returns the one line of the log that has a text.
func (l *life) line(t *testing.T, p *process, text string) (found string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(p.out.String()) {
		if strings.Contains(line, text) {
			n++
			found = line
		}
	}
	if n != 1 {
		t.Errorf("the log has %d lines with %q, want 1", n, text)
	}
	return found
}

// coldStart checks the record with the report of the start.
func (l *life) coldStart(t *testing.T, p *process) {
	t.Helper()
	var report struct {
		Level, Unit    string
		MS             float64
		Phases, Layers []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(l.line(t, p, `"cold start"`)), &report); err != nil {
		t.Fatal(err)
	}
	if report.Level != "INFO" || report.Unit != "fixture" || report.MS <= 0 || len(report.Phases) != 2 || len(report.Layers) != 2 {
		t.Errorf("the report is %+v", report)
	}
}

// logs checks the lines of a handler's log, and the level.
func (l *life) logs(t *testing.T) {
	p := l.begin(t, "none")
	l.invoked(t, p, answered)
	l.stop(t, p)
	var lines []string
	for line := range strings.Lines(p.out.String()) {
		if strings.Contains(line, fixture.LifeLogged) {
			lines = append(lines, line)
		}
	}
	if len(lines) != 2 {
		t.Fatalf("the log has %d lines of the handler, want 2", len(lines))
	}
	for i, line := range lines {
		var record struct {
			ID             string `json:"request_id"`
			Function, Unit string
			N              int
			G              struct{ N int }
		}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if record.ID == "" || !strings.HasPrefix(record.Function, "life") || record.Unit != "fixture" || record.N+record.G.N != i+1 {
			t.Errorf("found %s", line)
		}
		for _, key := range []string{"request_id", "function", "unit"} {
			if n := strings.Count(line, `"`+key+`":`); n != 1 {
				t.Errorf("%s is %d times in %s", key, n, line)
			}
		}
	}
	for level, want := range map[string]int{"warn": 0, "loud": 2} {
		p := l.start(t, sim.Artifact{Environment: map[string]string{fixture.LifeVariable: "none", platform.LevelVariable: level}}, "")
		l.invoked(t, p, answered)
		if err := p.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		out := p.out.String()
		if n := strings.Count(out, fixture.LifeLogged); n != want {
			t.Errorf("at level %s the log has %d lines of the handler, want %d", level, n, want)
		}
		if wrong := strings.Count(out, "FAAS_LOG_LEVEL is ignored"); wrong != want/2 {
			t.Errorf("at level %s the log complains %d times of it", level, wrong)
		}
	}
}
