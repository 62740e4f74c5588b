package limit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// clock is one that tests set. Sleep moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.add(d)
	return ctx.Err()
}

func (c *clock) After(time.Duration) <-chan time.Time { panic("not used") }

// unit is a unit of functions with the layer.
type unit struct {
	engine *framework.Engine
	clock  *clock
	called atomic.Int64
}

func start(t testing.TB, l *Layer, handler framework.Handler) *unit {
	t.Helper()
	u := &unit{clock: &clock{now: time.Now()}}
	counted := func(ctx *framework.Context) error {
		u.called.Add(1)
		if handler != nil {
			return handler(ctx)
		}
		return nil
	}
	u.engine = framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler), Clock: u.clock}, &framework.App{Unit: "u", Layers: framework.Layers{l},
		Functions: []*framework.Function{{Name: "a", Handler: counted}, {Name: "b", Handler: counted}}})
	if err := u.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.engine.Close(context.WithoutCancel(t.Context())) })
	return u
}

func (u *unit) invoke(inv framework.Invocation) error {
	if inv.Function == nil {
		inv.Function = u.engine.App().Function("a")
	}
	_, err := u.engine.Invoke(context.Background(), inv)
	return err
}

func made(t testing.TB, c Config) *Layer {
	t.Helper()
	if c.Keys == 0 {
		c.Keys = 10
	}
	l, err := New(&c)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func from(address string) *web.Exchange {
	return web.NewExchange(web.Request{Method: "GET", Path: "/", RemoteAddr: address, Header: web.Header{}})
}

// status is that of a refusal, 0 of none.
func status(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	e, ok := errors.AsType[*framework.Error](err)
	if !ok {
		t.Fatalf("found %T %v, expected a *framework.Error", err, err)
	}
	return e.Status
}

func TestRateOfAFunction(t *testing.T) {
	u := start(t, made(t, Config{Rate: 2, Burst: 3}), nil)
	b := u.engine.App().Function("b")
	for i, want := range []int{0, 0, 0, 429, 429} {
		x := from("192.0.2.1")
		if got := status(t, u.invoke(framework.Invocation{Event: x})); got != want {
			t.Errorf("request %d: %d, want %d", i, got, want)
		}
		if got := x.Header().Get("Retry-After"); want == 429 && got != "1" {
			t.Errorf("request %d: Retry-After %q, want half a second rounded up", i, got)
		}
	}
	if got := status(t, u.invoke(framework.Invocation{Event: from("192.0.2.1"), Function: b})); got != 0 {
		t.Errorf("another function: %d, want its own limit", got)
	}
	u.clock.add(500 * time.Millisecond)
	if got := status(t, u.invoke(framework.Invocation{Event: from("192.0.2.1")})); got != 0 {
		t.Errorf("after the time for a token: %d", got)
	}
	if n := u.called.Load(); n != 5 {
		t.Errorf("%d calls, want 5", n)
	}
}

// In any time t there are at most burst + rate × t invocations, however they come, and never fewer than fit.
func TestLawOfTheRate(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 0))
		c := Config{Rate: 0.5 + 20*r.Float64(), Burst: 1 + r.IntN(20)}
		u := start(t, made(t, c), nil)
		begin := u.clock.Now()
		waiting := 0
		for range 500 {
			u.clock.add(time.Duration(r.IntN(200)) * time.Millisecond)
			if status(t, u.invoke(framework.Invocation{Event: from("")})) != 0 {
				waiting++
			}
			most := float64(c.Burst) + c.Rate*u.clock.Now().Sub(begin).Seconds()
			if n := float64(u.called.Load()); n > most+1e-6 {
				t.Fatalf("seed %d, %+v: %v calls, want at most %v", seed, c, n, most)
			}
		}
		if u.called.Load()+int64(waiting) != 500 || u.called.Load() < int64(c.Burst) {
			t.Errorf("seed %d, %+v: %d calls and %d refused", seed, c, u.called.Load(), waiting)
		}
	}
}

func TestWhatBecomesOfEachDelivery(t *testing.T) {
	tick := framework.Invocation{Event: timer.Event{}}
	for name, tt := range map[string]struct {
		inv  framework.Invocation
		want int
	}{
		"request":                     {framework.Invocation{Event: from("192.0.2.1")}, 429},
		"messages of a queue":         {framework.Invocation{Event: []mq.Message{{ID: "1"}}, Redelivered: true}, 429},
		"call that waits":             {framework.Invocation{Event: []byte("{}"), Call: &framework.Call{}}, 429},
		"call that does not wait":     {framework.Invocation{Event: []byte("{}"), Call: &framework.Call{Async: true}}, 0},
		"time":                        {tick, 0},
		"messages that are not again": {framework.Invocation{Event: []mq.Message{{ID: "1"}}}, 0},
		"bytes":                       {framework.Invocation{Event: []byte("{}")}, 0},
	} {
		u := start(t, made(t, Config{Rate: 1}), nil)
		if err := u.invoke(tick); err != nil {
			t.Fatal(err)
		}
		begin := u.clock.Now()
		if got := status(t, u.invoke(tt.inv)); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
		if waited := u.clock.Now().Sub(begin); (waited > 0) != (tt.want == 0) || waited > time.Second {
			t.Errorf("%s: it waited for %s", name, waited)
		}
	}
}

func TestATurnThatComesTooLate(t *testing.T) {
	u := start(t, made(t, Config{Rate: 0.001}), nil)
	late := framework.Invocation{Event: timer.Event{}, Deadline: time.Now().Add(time.Minute), Overdue: func(error) {}}
	if got := status(t, u.invoke(late)); got != 0 {
		t.Fatal(got)
	}
	err := u.invoke(late)
	if got := status(t, err); got != 503 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want 503 for a turn in %s", err, 1000*time.Second)
	}
	u.clock.add(1001 * time.Second) // the token that it did not take is there for the next
	if got := status(t, u.invoke(framework.Invocation{Event: from("")})); got != 0 {
		t.Error(got)
	}
}

func TestConcurrencyOfAFunction(t *testing.T) {
	inside, leave := make(chan bool), make(chan bool)
	u := start(t, made(t, Config{Concurrency: 2}), func(ctx *framework.Context) error {
		inside <- true
		if <-leave {
			panic("a place is given back all the same")
		}
		return nil
	})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { _ = u.invoke(framework.Invocation{Event: from("")}) })
		<-inside
	}
	x := from("")
	if got := status(t, u.invoke(framework.Invocation{Event: x})); got != 429 || x.Header().Get("Retry-After") != "1" {
		t.Errorf("the third of two at once: %d, Retry-After %q", got, x.Header().Get("Retry-After"))
	}
	waited := make(chan error)
	go func() { waited <- u.invoke(framework.Invocation{Event: timer.Event{}}) }()
	leave <- true
	<-inside // the time, which waited
	leave <- false
	leave <- false
	all.Wait()
	if err := <-waited; err != nil {
		t.Error(err)
	}
	all.Go(func() { _ = u.invoke(framework.Invocation{Event: from("")}) })
	<-inside
	leave <- false
	all.Wait()
}

func TestEachCallerHasItsOwn(t *testing.T) {
	u := start(t, made(t, Config{Key: "ip", KeyRate: 1, KeyBurst: 1}), nil)
	for _, tt := range []struct {
		address string
		want    int
	}{
		{"192.0.2.1", 0}, {"192.0.2.1", 429}, {"192.0.2.2", 0}, {"::ffff:192.0.2.2", 429},
		{"2001:db8::1", 0}, {"2001:db8::2", 429}, {"2001:db8:0:1::1", 0}, {"2001:db8::1%eth0", 429},
		{"", 0}, {"", 429},
	} {
		if got := status(t, u.invoke(framework.Invocation{Event: from(tt.address)})); got != tt.want {
			t.Errorf("%q: %d, want %d", tt.address, got, tt.want)
		}
	}
	for range 3 { // what has no address has no limit
		if err := u.invoke(framework.Invocation{Event: timer.Event{}}); err != nil {
			t.Error(err)
		}
	}
	u = start(t, made(t, Config{Key: "header:x-api-key", KeyRate: 1, KeyBurst: 1}), nil)
	for i, tt := range []struct {
		key  string
		want int
	}{{"one", 0}, {"one", 429}, {"two", 0}, {strings.Repeat("k", 9000), 0}, {strings.Repeat("k", 9000), 429}, {strings.Repeat("k", 8999), 0}, {"", 0}, {"", 429}} {
		x := from("192.0.2.1")
		x.Request.Header.Set("X-API-Key", tt.key)
		if got := status(t, u.invoke(framework.Invocation{Event: x})); got != tt.want {
			t.Errorf("key %d: %d, want %d", i, got, tt.want)
		}
	}
	l, err := NewKeyed(&Config{KeyRate: 1, Keys: 5}, func(ctx *framework.Context) (string, bool) {
		return string(ctx.Event().([]byte)), len(ctx.Event().([]byte)) > 0
	})
	if err != nil {
		t.Fatal(err)
	}
	u = start(t, l, nil)
	for i, tt := range []struct {
		tenant string
		want   int
	}{{"a", 0}, {"a", 429}, {"b", 0}, {"", 0}, {"", 0}} {
		if got := status(t, u.invoke(framework.Invocation{Event: []byte(tt.tenant)})); got != tt.want {
			t.Errorf("tenant %d: %d, want %d", i, got, tt.want)
		}
	}
}

func TestConcurrencyOfACaller(t *testing.T) {
	inside, leave := make(chan bool), make(chan bool)
	u := start(t, made(t, Config{Key: "ip", KeyConcurrency: 1, Keys: 1}), func(*framework.Context) error {
		inside <- true
		<-leave
		return nil
	})
	var all sync.WaitGroup
	for i := range 3 { // more than are remembered: those that are under way are never forgotten
		all.Go(func() { _ = u.invoke(framework.Invocation{Event: from(fmt.Sprint("192.0.2.", i))}) })
		<-inside
	}
	for i := range 3 {
		if got := status(t, u.invoke(framework.Invocation{Event: from(fmt.Sprint("192.0.2.", i))})); got != 429 {
			t.Errorf("caller %d a second time: %d, want 429", i, got)
		}
	}
	close(leave)
	all.Wait()
	go func() { <-inside }()
	if got := status(t, u.invoke(framework.Invocation{Event: from("192.0.2.0")})); got != 0 {
		t.Error(got)
	}
}

// Keys by the million, from many goroutines, take no more memory than those that are remembered.
func TestKeysByTheMillion(t *testing.T) {
	const most, keys, at = 1000, 1_000_000, 8
	cs := newCallers(&Config{KeyRate: 1, KeyBurst: 1000, Keys: most})
	now := time.Now()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	var all sync.WaitGroup
	for part := range at {
		all.Go(func() {
			for i := range keys / at {
				key := fmt.Sprint(part, "-", i)
				if i%100 == 0 {
					key = strings.Repeat(key, 1000)
				}
				if c, _, _ := cs.enter(key, now); c != nil {
					cs.leave(c)
				}
			}
		})
	}
	all.Wait()
	if n := len(cs.byKey); n > most {
		t.Errorf("%d callers are remembered, want at most %d", n, most)
	}
	if grown := int64(heap()) - int64(before); grown > 2<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	runtime.KeepAlive(cs)
}

// The list and the map always agree, and idle is its length.
func TestLawOfTheCallers(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		cs := newCallers(&Config{KeyRate: 5, KeyBurst: 1 + r.IntN(3), KeyConcurrency: 1 + r.IntN(3), Keys: 1 + r.IntN(8)})
		now := time.Now()
		var under []*caller
		for range 2000 {
			now = now.Add(time.Duration(r.IntN(300)) * time.Millisecond)
			if len(under) > 0 && r.IntN(2) == 0 {
				i := r.IntN(len(under))
				cs.leave(under[i])
				under = append(under[:i], under[i+1:]...)
			} else if c, over, after := cs.enter(fmt.Sprint(r.IntN(20)), now); c != nil {
				under = append(under, c)
			} else if over == "" || after <= 0 || after > time.Second {
				t.Fatalf("seed %d: refused by %q for %s", seed, over, after)
			}
			n := 0
			for c := cs.first.next; c != &cs.first; c = c.next {
				if n++; c.running != 0 || cs.byKey[c.key] != c {
					t.Fatalf("seed %d: caller %+v is in the list", seed, c)
				}
			}
			running := map[*caller]bool{}
			for _, c := range under {
				running[c] = true
			}
			if n != cs.idle || n > cs.most || len(cs.byKey) != n+len(running) {
				t.Fatalf("seed %d: %d in the list, idle is %d, %d by key, %d under way", seed, n, cs.idle, len(cs.byKey), len(running))
			}
		}
	}
}

func TestCallersWithAllTheirTokensAreForgotten(t *testing.T) {
	cs := newCallers(&Config{KeyRate: 1, KeyBurst: 10, Keys: 100})
	now := time.Now()
	for i := range 50 {
		c, _, _ := cs.enter(fmt.Sprint(i), now)
		cs.leave(c)
	}
	for i := range 30 {
		c, _, _ := cs.enter(fmt.Sprint("new", i), now.Add(11*time.Second))
		cs.leave(c)
	}
	if n := len(cs.byKey); n != 30 {
		t.Errorf("%d callers are remembered, want those of the last ten seconds", n)
	}
}

func TestWrongConfiguration(t *testing.T) {
	for want, c := range map[string]Config{
		"found no limit, expected rate, concurrency, or key with":                {},
		"rate: found -1, expected a number of invocations a second from 0":       {Rate: -1},
		"rate: found NaN, expected":                                              {Rate: nan()},
		"keyRate: found 1e+09, expected":                                         {Key: "ip", KeyRate: 1e9, Keys: 1},
		"burst: found -1, expected a number from 0":                              {Rate: 1, Burst: -1},
		"burst: found 5 without rate, expected both":                             {Burst: 5, Concurrency: 1},
		"keyBurst: found 5 without keyRate, expected both":                       {Key: "ip", KeyBurst: 5, Keys: 1},
		"concurrency: found -1, expected a number":                               {Concurrency: -1},
		"keyConcurrency: found -1, expected a number":                            {Key: "ip", KeyConcurrency: -1, Keys: 1},
		`key: found "cookie", expected ip or header:NAME`:                        {Key: "cookie", KeyRate: 1, Keys: 1},
		`key: found "header:", expected ip or header:NAME`:                       {Key: "header:", KeyRate: 1, Keys: 1},
		`key: found "header:a b", expected ip or header:NAME`:                    {Key: "header:a b", KeyRate: 1, Keys: 1},
		"key: found none and a limit by key, expected ip or header:NAME":         {KeyRate: 1, Keys: 1},
		"key: found one and no limit by key, expected keyRate or keyConcurrency": {Key: "ip", Rate: 1, Keys: 1},
		"keys: found 0, expected a number from 1 to 1000000":                     {Key: "ip", KeyRate: 1},
		"keys: found 2000000, expected a number from 1 to 1000000":               {Key: "ip", KeyRate: 1, Keys: 2_000_000},
	} {
		if _, err := New(&c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if _, err := NewKeyed(&Config{Key: "ip", KeyRate: 1, Keys: 1}, clientIP); err == nil || err.Error() != `key: found "ip" and a function, expected one of both` {
		t.Error(err)
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

func TestNothingIsAllocatedForAnInvocationWithinItsLimits(t *testing.T) {
	l := made(t, Config{Rate: 1e6, Concurrency: 5, Key: "ip", KeyRate: 1e6, KeyConcurrency: 5})
	f := &framework.Function{Name: "a", Handler: func(*framework.Context) error { return nil }}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Layers: framework.Layers{l}, Functions: []*framework.Function{f}})
	bare := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	x := from("192.0.2.1")
	measure := func(e *framework.Engine) float64 {
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(1000, func() {
			if _, err := e.Invoke(context.Background(), framework.Invocation{Function: f, Event: x}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if with, without := measure(e), measure(bare); with > without {
		t.Errorf("%v allocations, want the %v of a unit without the layer", with, without)
	}
}

func FuzzClientIP(f *testing.F) {
	for _, text := range []string{"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0", "", ":", "unix"} {
		f.Add(text)
	}
	l, err := New(&Config{Key: "ip", KeyRate: 1, Keys: 1})
	if err != nil {
		f.Fatal(err)
	}
	var key string
	own := &Layer{config: l.config, key: func(ctx *framework.Context) (string, bool) { key, _ = clientIP(ctx); return key, true }}
	u := start(f, own, nil)
	f.Fuzz(func(t *testing.T, text string) {
		_ = u.invoke(framework.Invocation{Event: from(text)})
		a, err := netip.ParseAddr(text)
		if err != nil || !a.Unmap().Is6() {
			return
		}
		p, err := netip.ParsePrefix(key)
		if err != nil || p.Bits() != 64 || !p.Contains(a.WithZone("")) {
			t.Errorf("%q has the key %q", text, key)
		}
	})
}
