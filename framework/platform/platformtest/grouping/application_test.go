package grouping_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	"github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/platform/sim/local"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// application is what f.yml and the code of an application say, as data, with the events that it gets. It is drawn, and made
// smaller when it shows a fault.
type application struct {
	cloud      sim.Cloud
	functions  []*function
	singletons [][]int // what each needs of those before it
	traffic    []delivery
}

// function is one function.
type function struct {
	name        string
	triggers    []bound
	timeout     time.Duration
	concurrency int
	overload    string
	cors        bool
	needs       []int    // singletons
	scoped      bool     // it has a value that lives for one call
	guarded     bool     // it has middleware of its own
	layers      []string // of f.yml, in their order
	calls       []calling
	called      bool // others call it
	answer      string
}

// bound is a trigger by the word of its kind: those of http and apigw are of one type.
type bound struct {
	kind string
	framework.Trigger
}

// delivery is one event, which is for one function.
type delivery struct {
	function string
	event    sim.Events
	bare     bool // a raw payload that names nobody where it need not
	call     bool // in a call that names the function
	pause    time.Duration
}

const (
	answers  = "json json text bytes stream nothing response none spaced empty typed typed same"
	timeouts = "1000 1500 2000 3000"
	layers   = "trace limit audit"
)

// draw draws an application for a cloud.
func draw(r *rand.Rand, cloud sim.Cloud) *application {
	a := &application{cloud: cloud}
	for i := range r.IntN(5) {
		var needs []int
		for j := range i {
			if r.IntN(2) == 0 {
				needs = append(needs, j)
			}
		}
		a.singletons = append(a.singletons, needs)
	}
	for i := range 2 + r.IntN(6) {
		f := &function{name: fmt.Sprintf("f%d-%s", i, word(r, "list create purge")), answer: word(r, answers), cors: r.IntN(3) == 0, scoped: r.IntN(2) == 0, guarded: r.IntN(2) == 0}
		f.timeout = time.Duration(slices.Index(strings.Fields(timeouts), word(r, timeouts))+2) * 500 * time.Millisecond
		if r.IntN(3) == 0 {
			f.concurrency = 1
			f.overload = word(r, " wait fail")
		}
		for s := range a.singletons {
			if r.IntN(2) == 0 {
				f.needs = append(f.needs, s)
			}
		}
		own := rand.New(rand.NewPCG(uint64(f.timeout), uint64(8*i+len(f.needs)))) // leaves what else is drawn as it was
		for _, l := range strings.Fields(layers) {
			if own.IntN(2) == 0 {
				f.layers = append(f.layers, l)
			}
		}
		for range 1 + r.IntN(5)/3 {
			a.trigger(r, f)
		}
		a.functions = append(a.functions, f)
	}
	a.callings(r)
	for range 4 + r.IntN(14) {
		if d, ok := a.deliver(r); ok {
			a.traffic = append(a.traffic, d)
		}
	}
	return a
}

// trigger gives a function one more trigger, if one is found that the generator would take.
func (a *application) trigger(r *rand.Rand, f *function) {
	for range 5 {
		kind := a.cloud.Carries[r.IntN(len(a.cloud.Carries))].Kind
		t := kinds()[kind].trigger(r, f)
		if t == nil {
			return // a function that can only be called
		}
		if f.accepts(t) && a.routes(f, t) {
			f.triggers = append(f.triggers, bound{kind, t})
			return
		}
	}
}

// accepts reports whether a function may have the trigger, too: a name of a timer is there once, and no event may be for two of its triggers.
func (f *function) accepts(t framework.Trigger) bool {
	return !slices.ContainsFunc(f.triggers, func(b bound) bool { return overlap(b.Trigger, t) })
}

// routes reports whether the route of a function conflicts with no other of the application.
func (a *application) routes(f *function, t framework.Trigger) bool {
	app := &framework.App{Functions: []*framework.Function{{Name: f.name, Triggers: append(f.list(), t)}}}
	for _, other := range a.functions {
		app.Functions = append(app.Functions, &framework.Function{Name: other.name, Triggers: other.list()})
	}
	_, err := web.NewRouter(app)
	return err == nil
}

func (f *function) list() (list []framework.Trigger) {
	for _, b := range f.triggers {
		list = append(list, b.Trigger)
	}
	return list
}

// raw reports whether a function takes raw payloads.
func (f *function) raw() bool {
	return len(f.triggers) == 0 || slices.ContainsFunc(f.triggers, func(b bound) bool { return trigger.DeliveryOf(b.Trigger) == trigger.Raw })
}

func (a *application) function(name string) *function {
	i := slices.IndexFunc(a.functions, func(f *function) bool { return f.name == name })
	if i < 0 {
		return nil
	}
	return a.functions[i]
}

// deliver draws an event for one of the functions; none is found where another function takes every request that was drawn.
func (a *application) deliver(r *rand.Rand) (d delivery, ok bool) {
	f := a.functions[r.IntN(len(a.functions))]
	d = delivery{function: f.name, pause: time.Duration(r.IntN(2)) * 10 * time.Second}
	b := bound{kind: "raw"}
	if len(f.triggers) > 0 {
		b = f.triggers[r.IntN(len(f.triggers))]
	}
	d.event = kinds()[b.kind].event(r, f, b.Trigger)
	switch {
	case d.event.Kind == "raw":
		d.bare = r.IntN(3) == 0
		if other := a.functions[r.IntN(len(a.functions))]; !d.bare && len(other.triggers) > 0 && r.IntN(3) == 0 { // which looks like that of another function
			t := other.triggers[0]
			if e := kinds()[t.kind].event(r, other, t.Trigger); e.Batch != nil {
				if p, err := a.cloud.Payload(e); err == nil && p[0] == '{' {
					d.event.Batch = p
				}
			}
		}
		return d, true
	case d.event.Batch == nil:
		return d, false
	}
	if q, request := d.event.Batch.(*sim.Request); request {
		owner, kind, preflight := a.owner(q)
		if owner == nil || preflight && !(owner.cors && a.preflights(kind)) {
			return d, false // a 404 or 405, which a unit of some routes says of less
		}
		d.function, d.event.Kind = owner.name, kind
	}
	if p, err := a.cloud.Payload(d.event); err != nil { // the vendor has no such resource
		return d, false
	} else if p[0] == '{' {
		d.call = r.IntN(4) == 0
	}
	return d, true
}

// preflights reports whether units answer preflights of that kind: a function URL of AWS and the API gateway of Alibaba do it themselves, and
// the events that people write are of no page.
func (a *application) preflights(kind string) bool {
	switch a.cloud.Name {
	case local.Cloud().Name:
		return false
	case aws.Cloud().Name:
		return kind != "http"
	case aliyun.Cloud().Name:
		return kind != "apigw"
	}
	return true
}

// owner is the function that a request, or that of a preflight, is for when all routes are known, as the gateway before the units knows
// them, and the kind of its route.
func (a *application) owner(q *sim.Request) (f *function, kind string, preflight bool) {
	app := &framework.App{}
	for _, f := range a.functions {
		app.Functions = append(app.Functions, &framework.Function{Name: f.name, Triggers: f.list()})
	}
	router, err := web.NewRouter(app)
	if err != nil {
		return nil, "", false
	}
	var in web.Request
	if in.SetTarget(q.Target) != nil {
		return nil, "", false
	}
	method := q.Method
	for _, h := range q.Header {
		if h[0] == "Access-Control-Request-Method" {
			method, preflight = h[1], true
		}
	}
	m := router.Match(method, q.Host, in.Path, in.RawPath)
	if m.Function == nil {
		return nil, "", false
	}
	f = a.function(m.Function.Name)
	for _, b := range f.triggers {
		if route, ok := b.Trigger.(web.Route); ok && route.Method == m.Route.Method && route.Pattern == m.Route.Pattern && route.Host == m.Route.Host {
			return f, b.kind, preflight
		}
	}
	return nil, "", false
}

// String describes what was drawn, for the report of a failure.
func (a *application) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cloud %s\n", a.cloud.Name)
	for i, needs := range a.singletons {
		fmt.Fprintf(&b, "singleton %d needs %v\n", i, needs)
	}
	for _, f := range a.functions {
		fmt.Fprintf(&b, "function %s timeout=%s concurrency=%d overload=%q cors=%t needs=%v scoped=%t guarded=%t answer=%s\n", f.name, f.timeout, f.concurrency, f.overload, f.cors, f.needs, f.scoped, f.guarded, f.answer)
		for _, t := range f.triggers {
			fmt.Fprintf(&b, "\t%s %+v\n", t.kind, t.Trigger)
		}
		for _, c := range f.calls {
			fmt.Fprintf(&b, "\tcalls %+v\n", c)
		}
	}
	for i, d := range a.traffic {
		payload, err := a.cloud.Payload(d.event)
		fmt.Fprintf(&b, "event %d after %s for %s, bare=%t call=%t, %s: %.1500s %v\n", i, d.pause, d.function, d.bare, d.call, d.event.Kind, payload, err)
	}
	return b.String()
}

func word(r *rand.Rand, list string) string {
	words := strings.Split(list, " ")
	return words[r.IntN(len(words))]
}
