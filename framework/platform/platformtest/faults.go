package platformtest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

const (
	// soakVariable makes Faults run for its part of the time of soakTimeVariable, all harnesses of one call together, with 1 % of
	// the calls going wrong. seedVariable repeats the calls of a run that has failed.
	soakVariable, soakTimeVariable, seedVariable = "FAASGEN_SOAK", "FAASGEN_SOAKTIME", "FAASGEN_SEED"
	// seed is that of the short run.
	seed = 20261201
	// faultLimit is the platform's time limit for a call. Only one whose process neither answers nor ends gets there.
	faultLimit = 10 * time.Second
	// callers call at once where the platform lets them.
	callers = 4
)

// Faults checks that what goes wrong in one call costs no other anything, on the platforms of the harnesses: each call that
// the process got and could answer is answered, with what is its own, and is run once; what it held is let go of; a process
// that cannot go on ends, and the next one works. So are the phases of the life cycle.
//
// It takes seconds, and calls that differ from run to run in nothing. With FAASGEN_SOAK=1 it goes on for FAASGEN_SOAKTIME, a
// minute if unset, from a random seed, which it logs and takes from FAASGEN_SEED.
func Faults(t *testing.T, harnesses ...Harness) {
	soak := os.Getenv(soakVariable) == "1"
	for _, h := range harnesses {
		t.Run(h.Runtime.Name(), func(t *testing.T) {
			if !soak {
				t.Parallel() // most of it is waiting
			}
			h.Command = cmp.Or(h.Command, "bootstrap")
			s := &storm{suite: &suite{Harness: h}, seed: seed, calls: 600, faulty: 0.7}
			if soak {
				s.calls, s.faulty, s.seed, s.least = 1000, 0.01, rand.Uint64(), 10_000
				s.lasting = soakTime(t) / time.Duration(2*len(harnesses)) // half of it for each of survived and ended
			}
			if text := os.Getenv(seedVariable); text != "" {
				n, err := strconv.ParseUint(text, 10, 64)
				if err != nil {
					t.Fatalf("%s: found %q, expected a number", seedVariable, text)
				}
				s.seed = n
			}
			t.Logf("the seed is %d; %s=%d repeats these calls", s.seed, seedVariable, s.seed)
			t.Run("survived", func(t *testing.T) { s.survived(t) })
			t.Run("ended", func(t *testing.T) { s.ended(t) })
			t.Run("start", func(t *testing.T) { s.startPhases(t) })
			t.Run("api", func(t *testing.T) { s.brokenStarts(t) })
			t.Run("close", func(t *testing.T) { s.closePhases(t, soak) })
		})
	}
}

// soakTime reads soakTimeVariable: a duration, and after a slash how many tests share it.
func soakTime(t *testing.T) time.Duration {
	text := cmp.Or(os.Getenv(soakTimeVariable), "1m")
	whole, parts, _ := strings.Cut(text, "/")
	d, err := time.ParseDuration(whole)
	n, nerr := strconv.Atoi(cmp.Or(parts, "1"))
	if err != nil || nerr != nil || d <= 0 || n < 1 {
		t.Fatalf("%s: found %q, expected a duration, and the number of tests that share it, such as 10m/6", soakTimeVariable, text)
	}
	return d / time.Duration(n)
}

// storm is calls of which some go wrong.
type storm struct {
	*suite
	seed    uint64
	calls   int           // in a round
	faulty  float64       // the part of them that goes wrong
	lasting time.Duration // rounds follow one another as long
	least   int           // and until there were as many calls
}

// wrong is a way in which a call goes wrong.
type wrong struct {
	do, at   string
	function string // act if empty
	web      bool   // only of requests
	outcome  outcome
	effects  int    // how often its handler runs; or, where it cannot be known, at most once
	api      string // what happens outside of the process: see api.arm, and left
}

type outcome int

const (
	failed  outcome = iota // the caller is told, and not why
	well                   // the caller has its answer all the same
	refused                // the caller is told what the function says
	open                   // anything: the caller or the process is gone
)

const unknown = -1

// survivable are those that a process goes on after.
func (s *storm) survivable() (list []wrong) {
	for _, do := range []string{"panic", "panic-nil", "panic-error", "panic-worse", "error", "error-nil", "error-worse", "goexit"} {
		for _, at := range []string{"BeforeInvoke", "Middleware", "Handler", "AfterInvoke", "Encode", "Read"} {
			if at == "Read" && do != "panic" || at == "Encode" && do == "goexit" { // which ends the goroutine of a connection
				continue
			}
			w := wrong{do: do, at: at, effects: 1, web: at == "Read"}
			if at == "BeforeInvoke" || at == "Middleware" {
				w.effects = 0
			}
			list = append(list, w)
		}
		list = append(list, wrong{do: do, at: "Background", effects: 1, outcome: well})
	}
	list = append(list,
		wrong{do: "refuse", at: "Handler", outcome: refused, effects: 1},
		wrong{do: "ignore", at: "Handler", function: "hang", effects: 1},
		wrong{do: "obey", at: "Handler", function: "hang", effects: 1})
	if s.MaxResponse > 0 {
		list = append(list, wrong{do: "large", at: "Handler", effects: 1})
	}
	if s.Concurrent {
		list = append(list, gone()...)
		list = append(list, wrong{outcome: open, effects: unknown, api: torn}, wrong{outcome: open, effects: unknown, api: junk})
	}
	return list
}

// gone are calls whose client does not wait for the answer.
func gone() []wrong {
	return []wrong{
		{do: "obey", at: "Handler", function: "hang", outcome: open, effects: unknown, api: left},
		{do: "ignore", at: "Handler", function: "hang", outcome: open, effects: unknown, api: left},
		{outcome: open, effects: unknown, api: left},
	}
}

// Words of wrong.api: a client that goes away, one that does so in the middle of its request, and one that sends no http.
const (
	left = "gone"
	torn = "torn"
	junk = "junk"
)

// fatal are those that a process ends after.
func (s *storm) fatal() (list []wrong) {
	for _, at := range []string{"BeforeInvoke", "Middleware", "Handler", "AfterInvoke", "Encode"} {
		list = append(list, wrong{do: "die", at: at, effects: unknown})
	}
	if s.Concurrent {
		return list
	}
	for _, call := range []string{idle, poll, answer, acknowledged} {
		for _, how := range breaks() {
			if call == poll && how == "reset" {
				continue // as it does not tell who waited for hours, a poll is sent again: see idle
			}
			list = append(list, wrong{outcome: open, effects: unknown, api: call + " " + how})
		}
	}
	return append(list, gone()...)
}

// survived sends calls to one process, and compares what it has in use at the beginning and at the end.
func (s *storm) survived(t *testing.T) {
	r := s.begin(t)
	kinds := s.survivable()
	n := len(kinds)
	r.round(n, func(i int) *wrong { return &kinds[i] }) // all that is made once is there now
	pid := r.usage(func(fixture.Usage) bool { return true }).Pid
	early := r.quiet()
	faults := r.rounds(kinds)
	// One leak in 50 faults is more than this.
	most := early.Goroutines + 1 + faults/100
	files, heap := early.Files+1+faults/100, early.Heap+uint64(max(faults/100, 2))<<20
	late := r.usage(func(u fixture.Usage) bool { return u.Goroutines <= most && u.Files <= files && u.Heap <= heap })
	t.Logf("%d calls, %d of them with faults; at the beginning %+v, at the end %+v", r.sent, faults, early, r.quiet())
	if late.Pid != pid {
		t.Error("the process has ended, want it to go on")
	} else if late.Goroutines > most || late.Files > files || late.Heap > heap {
		t.Errorf("at the end there are %d goroutines, %d files, %d bytes, want at most %d, %d, %d", late.Goroutines, late.Files, late.Heap, most, files, heap)
	}
	r.end()
}

// ended sends calls to processes that end, and start again.
func (s *storm) ended(t *testing.T) {
	r := s.begin(t)
	r.alone = true
	few := *s
	if few.lasting == 0 {
		few.calls = 60
	}
	r.storm = &few
	faults := r.rounds(s.fatal())
	t.Logf("%d calls, %d of them with faults", r.sent, faults)
	r.end()
}

// run is one sequence of calls.
type run struct {
	*storm
	t       *testing.T
	random  *rand.Rand
	journal string
	api     *api
	alone   bool // one call at a time

	p       *process
	sent    int // how many calls there were
	wrongly int // how many calls were not as they should be
}

// sent is one call and what became of it.
type sent struct {
	id     string
	raw    bool
	wrong  *wrong // nil if it should go well
	ok     bool   // it was answered as one that went well
	answer string
	err    error
}

func (s *storm) begin(t *testing.T) *run {
	r := &run{storm: s, t: t, random: rand.New(rand.NewPCG(s.seed, 1)), journal: filepath.Join(t.TempDir(), "journal"), api: &api{}}
	if err := os.WriteFile(r.journal, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.restart()
	return r
}

func (r *run) restart() {
	r.t.Helper()
	r.p = r.start(r.t, sim.Artifact{Timeout: faultLimit, API: r.api.before, Environment: map[string]string{fixture.JournalVariable: r.journal}}, "")
}

// rounds sends calls as long as they last, and returns how many went wrong.
func (r *run) rounds(kinds []wrong) (faults int) {
	for began := time.Now(); ; {
		r.round(r.calls, func(int) *wrong {
			if r.random.Float64() >= r.faulty {
				return nil
			}
			faults++
			return &kinds[r.random.IntN(len(kinds))]
		})
		if r.t.Failed() || time.Since(began) >= r.lasting && r.sent >= r.least {
			return faults
		}
	}
}

// round sends n calls, and checks what became of them.
func (r *run) round(n int, next func(i int) *wrong) {
	r.t.Helper()
	todo := make(chan *sent)
	var wg sync.WaitGroup
	workers := 1
	if r.Concurrent && !r.alone {
		workers = callers
	}
	for range workers {
		wg.Go(func() {
			for c := range todo {
				r.send(c)
			}
		})
	}
	var round []*sent
	for i := range n {
		c := &sent{id: fmt.Sprintf("%d-%d", r.sent, r.random.Uint32()), wrong: next(i)}
		c.raw = r.Raw && (!r.HTTP || r.random.IntN(2) == 0)
		if c.wrong != nil && c.wrong.web {
			if !r.HTTP {
				c.wrong = nil
			} else {
				c.raw = false
			}
		}
		r.sent++
		round = append(round, c)
		todo <- c
	}
	close(todo)
	wg.Wait()
	r.check(round)
}

// send makes one call, and waits for the next process where this one ends.
func (r *run) send(c *sent) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	f := fixture.Fault{ID: c.id}
	function := "act"
	if c.wrong != nil {
		f.Do, f.At = c.wrong.do, c.wrong.at
		function = cmp.Or(c.wrong.function, function)
		if c.wrong.api == left {
			time.AfterFunc(fixture.FaultTimeout/10, cancel)
		} else {
			r.api.arm(c.wrong.api)
		}
	}
	if c.wrong != nil && (c.wrong.api == torn || c.wrong.api == junk) {
		c.err = tear(ctx, r.p.Process, c.wrong.api, f.ID)
		return
	}
	c.ok, c.answer, c.err = r.call(ctx, function, f, c.raw)
	if r.alone && c.wrong != nil {
		r.usage(func(fixture.Usage) bool { return true })
		r.api.arm("")
	}
}

// call calls a function in one of the two ways.
func (r *run) call(ctx context.Context, function string, f fixture.Fault, raw bool) (ok bool, answer string, err error) {
	if !raw {
		q := url.Values{"id": {f.ID}, "do": {f.Do}, "at": {f.At}}
		response, err := r.p.HTTP(ctx, &sim.Request{Method: "GET", Target: "/" + function + "?" + q.Encode(), Host: "shop.example.com"})
		if err != nil {
			return false, "", err
		}
		return response.Status == http.StatusOK, string(response.Body), nil
	}
	payload, err := json.Marshal(f)
	if err != nil {
		return false, "", err
	}
	if payload, err = platform.EncodeCall(function+"-raw", payload); err != nil {
		return false, "", err
	}
	result, err := r.p.Invoke(ctx, payload)
	switch {
	case err != nil:
		return false, "", err
	case result.Error != nil:
		return false, result.Error.Error(), nil
	}
	return true, string(result.Body), nil
}

// usage returns what the process has in use, as soon as it is good, or else when the patience is at its end. Where there is no
// process the vendor, or the test in its place, starts one.
func (r *run) usage(good func(fixture.Usage) bool) (u fixture.Usage) {
	r.t.Helper()
	began := time.Now()
	for answered := false; ; {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		ok, answer, err := r.call(ctx, "use", fixture.Fault{}, !r.HTTP)
		cancel()
		u = fixture.Usage{}
		if ok && json.Unmarshal([]byte(answer), &u) == nil {
			answered = true
			if good(u) {
				return u
			}
		}
		if time.Since(began) > patience {
			if !answered {
				r.t.Fatalf("no call is answered any more: %s, error %v", answer, err)
			}
			return u
		}
		if !ok && r.alone && errors.Is(err, syscall.ECONNREFUSED) {
			r.restart()
		}
		time.Sleep(10 * time.Millisecond) // for what ends by itself soon, such as handlers that ignore their deadline
	}
}

// quiet returns what the process has in use when what runs has ended: the least of several looks.
func (r *run) quiet() fixture.Usage {
	looks := 0
	var least fixture.Usage
	r.usage(func(u fixture.Usage) bool {
		if looks++; looks == 1 {
			least = u
		}
		least.Pid, least.Goroutines, least.Files, least.Heap = u.Pid, min(least.Goroutines, u.Goroutines), min(least.Files, u.Files), min(least.Heap, u.Heap)
		return looks == 20
	})
	return least
}

// end stops the process, which must have broken no rule.
func (r *run) end() {
	if err := r.p.Stop(within(r.t)); err != nil {
		r.t.Error(err)
	}
}
