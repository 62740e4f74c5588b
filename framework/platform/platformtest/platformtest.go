// Package platformtest is the conformance suite of the platforms. Each platform's test starts the unit in
// platformtest/fixture under the simulator of its vendor's runtime and has every rule checked that users rely on
// on every cloud:
//
//	func TestMain(m *testing.M) {
//		platformtest.Main(m, func() { aws.Run(fixture.New, platformtest.Codecs(aws.HTTP(), aws.Timer(), aws.Queue(), aws.Raw())...) })
//	}
//
//	func TestConformance(t *testing.T) {
//		platformtest.Run(t, platformtest.Harness{Runtime: sim.New(sim.Options{Ingress: "url"}), HTTP: true, Timer: true, Raw: true, Queue: "queue"})
//	}
//
// The artefact is the test binary itself, started again with [Variable] set, or for [Guarantees] also a package that was built.
package platformtest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

const (
	// Variable makes the test binary play the artefact.
	Variable = "FAAS_PLATFORMTEST"
	// rawVariable leaves the raw codec out when it is 0.
	rawVariable = "FAAS_PLATFORMTEST_RAW"
	// patience is how long a step may take before the suite gives up. Nothing needs a tenth of it.
	patience = 20 * time.Second
)

// Main runs the tests or, in the copy of the test binary that a simulator has started, the platform's loop.
func Main(m *testing.M, run func()) {
	if os.Getenv(Variable) != "1" {
		os.Exit(m.Run())
	}
	run()
	os.Stderr.WriteString("the platform's loop returned\n")
	os.Exit(99)
}

// Codecs returns the codecs that the artefact should bind: all of them where it is a group of functions of all kinds, else
// those of requests, timers and raw payloads, or all but the last, which is the raw one, when the suite looks at how
// unknown payloads are refused.
func Codecs(codecs ...platform.Codec) []platform.Codec {
	if os.Getenv(fixture.GroupVariable) == "1" {
		return codecs
	}
	if os.Getenv(fixture.CallsVariable) != "" {
		return codecs[len(codecs)-1:]
	}
	if os.Getenv(rawVariable) == "0" {
		codecs = codecs[:len(codecs)-1]
	}
	return slices.DeleteFunc(codecs, func(c platform.Codec) bool { return c.Kind == "mq" })
}

// Lack is something that a platform's HTTP ingress cannot carry. The suite then checks that the rest arrives.
type Lack int

const (
	// SeveralCookies: a response has one Set-Cookie at most.
	SeveralCookies Lack = 1 << iota
	// EncodedPath: the path arrives decoded, so that %2F is a slash like any other.
	EncodedPath
	// BinaryRequest: the body of a request is text.
	BinaryRequest
	// BinaryResponse: the body of a response is text.
	BinaryResponse
	// RepeatedValues: of a header or query parameter that the client repeats, the last value alone arrives.
	RepeatedValues
)

// Harness is one platform as the suite sees it.
type Harness struct {
	// Runtime is the simulator.
	Runtime sim.Runtime
	// HTTP, Timer and Raw say what the platform carries.
	HTTP, Timer, Raw bool
	// Queue is where messages come from if the artefact has a codec of mq, too: queue or topic.
	Queue string
	// Command is the entry's file name, "bootstrap" if empty.
	Command string
	// Package is the unpacked package of a built unit that [Guarantees] takes in place of the test binary: it writes down its life as
	// the fixture does for fixture.LifeVariable, and its functions are life or life-raw. Run and Faults have no use for it.
	Package string
	// Script is what that file holds, where it is none of the program itself, which is then the file bootstrap next to it.
	Script string
	// Environment is added to the artefact's.
	Environment map[string]string
	// Lacks is what the HTTP ingress cannot carry.
	Lacks Lack
	// Streams says that the client gets the response piece by piece.
	Streams bool
	// AnswersPages says that the loop answers pages of other origins, as the vendor does not.
	AnswersPages bool
	// IngressOnly leaves out what does not depend on the HTTP ingress, where another harness of the platform has it.
	IngressOnly bool
	// MaxRequest and MaxResponse are the vendor's limits in bytes where they are under 7 MB; zero is none.
	MaxRequest, MaxResponse int
	// InitReport says that the vendor has a call for init errors, so that the reason is in the *sim.InitError.
	InitReport bool
	// StopReport says that the vendor calls the process before it stops it, and is told when the end has failed.
	StopReport bool
	// Vendor says that the artefact was made with fixture.With and Options.Vendor.
	Vendor bool
	// Concurrent says that the runtime lets the process have several invocations at once.
	Concurrent bool
	// GoesOn says that the process is not frozen after each invocation: the next one may come before background work has ended.
	GoesOn bool
}

// Run checks the platform. How the process treats connections is checked where it is a [sim.Dialer].
func Run(t *testing.T, h Harness) {
	if h.Command == "" {
		h.Command = "bootstrap"
	}
	s := &suite{Harness: h}
	p := s.start(t, sim.Artifact{}, "")
	if h.HTTP {
		t.Run("request", func(t *testing.T) { s.requests(t, p) })
		t.Run("binding", func(t *testing.T) { s.binding(t, p) })
		t.Run("form", func(t *testing.T) { s.forms(t, p) })
		t.Run("answers", func(t *testing.T) { s.answers(t, p) })
		t.Run("answer", func(t *testing.T) { s.responses(t, p) })
		t.Run("failure", func(t *testing.T) { s.failures(t, p) })
		t.Run("case", func(t *testing.T) { s.cases(t, p) })
		t.Run("pages", func(t *testing.T) { s.pages(t, p) })
		t.Run("stream", func(t *testing.T) { s.streams(t, p) })
		t.Run("size", func(t *testing.T) { s.sizes(t, p) })
		if _, ok := p.Process.(sim.Dialer); ok {
			t.Run("unread body", func(t *testing.T) { s.unreadBodies(t) })
		}
	}
	t.Run("identity", func(t *testing.T) { s.identity(t, p) })
	if h.IngressOnly {
		t.Run("stop", func(t *testing.T) { s.stop(t, p) })
		return
	}
	if h.Timer {
		t.Run("timer", func(t *testing.T) { s.timers(t, p) })
	}
	if h.Raw {
		t.Run("raw", func(t *testing.T) { s.raw(t, p) })
		t.Run("unknown", func(t *testing.T) { s.unknown(t) })
	}
	t.Run("group", func(t *testing.T) { s.group(t) })
	t.Run("concurrency", func(t *testing.T) { s.concurrency(t, p) })
	t.Run("deadline", func(t *testing.T) { s.deadline(t) })
	t.Run("background", func(t *testing.T) { s.background(t) })
	t.Run("stop", func(t *testing.T) { s.stop(t, p) })
	t.Run("stop while running", func(t *testing.T) { s.stopWhileRunning(t) })
	t.Run("init error", func(t *testing.T) { s.initErrors(t) })
	t.Run("init hangs", func(t *testing.T) { s.initHangs(t) })
}

type suite struct{ Harness }

// process is a running artefact with what it wrote.
type process struct {
	sim.Process
	out *output
}

// artifact puts the test binary into a package of its own.
func (s *suite) artifact(t *testing.T, a sim.Artifact, out *output) sim.Artifact {
	t.Helper()
	if a.Dir = s.Package; a.Dir == "" {
		a.Dir = s.self(t)
	}
	a.Command, a.Unit, a.Memory, a.Output = s.Command, "fixture", 128, out
	environment := map[string]string{Variable: "1", "GORACE": "atexit_sleep_ms=0"} // or a process with the race detector ends a second later
	maps.Copy(environment, s.Environment)
	maps.Copy(environment, a.Environment)
	a.Environment = environment
	if a.Timeout == 0 {
		a.Timeout = patience
	}
	a.Environment["FAAS_TIMEOUT"] = fmt.Sprintf("%dms", a.Timeout.Milliseconds()) // as deployment files do
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the process wrote:\n%s", out.String())
		}
	})
	return a
}

// self is a folder with the test binary as the program.
func (s *suite) self(t *testing.T) (dir string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	program := s.Command
	if s.Script != "" {
		program = "bootstrap"
		if err := os.WriteFile(filepath.Join(dir, s.Command), []byte(s.Script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(exe, filepath.Join(dir, program)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts the artefact, which must become ready. codecs is the value of rawVariable.
func (s *suite) start(t *testing.T, a sim.Artifact, codecs string) *process {
	t.Helper()
	if codecs != "" {
		a.Environment = map[string]string{rawVariable: codecs}
	}
	a.InitTimeout = cmp.Or(a.InitTimeout, patience) // the vendor's own is not tested here, and a busy machine may take it
	out := newOutput()
	p, err := s.Runtime.Start(within(t), s.artifact(t, a, out))
	if err != nil {
		t.Fatalf("start under %s: %v\nthe process wrote:\n%s", s.Runtime.Name(), err, out.String())
	}
	t.Cleanup(func() { p.Stop(context.Background()) })
	return &process{p, out}
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// output keeps what a process writes and lets the suite wait for it.
type output struct {
	mu     sync.Mutex
	text   bytes.Buffer
	change chan struct{} // closed and replaced at each write
}

func newOutput() *output { return &output{change: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.change)
	o.change = make(chan struct{})
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// changed is closed when the process writes more.
func (o *output) changed() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.change
}

// wait returns when the process has written text.
func (o *output) wait(t *testing.T, text string) {
	t.Helper()
	limit := time.After(patience)
	for {
		o.mu.Lock()
		found, change := strings.Contains(o.text.String(), text), o.change
		o.mu.Unlock()
		if found {
			return
		}
		select {
		case <-change:
		case <-limit:
			t.Fatalf("the process did not write %q", text)
		}
	}
}
