package grouping_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// group is one unit of a grouping.
type group struct {
	functions []string
	shared    bool   // the binary has all functions, and the environment chooses
	lazy      string // of the environment; empty is the default
}

func (g group) String() string {
	return fmt.Sprintf("%s shared=%t lazy=%q", strings.Join(g.functions, "+"), g.shared, g.lazy)
}

// unit is a group that runs: an engine, and what leads payloads to it.
type unit struct {
	group      group
	engine     *framework.Engine
	dispatcher *platform.Dispatcher
	ingress    sim.Ingress // nil where requests come as events
	container  *container
}

// variables are the environment of a unit.
type variables map[string]string

// LookupEnv has the form of os.LookupEnv.
func (v variables) LookupEnv(name string) (string, bool) { text, ok := v[name]; return text, ok }

// start starts a unit of the application as the deployment file and the generated main of a cloud do.
func (a *application) start(ctx context.Context, w *world, n *network, grouping []group, g group, planted fault) (*unit, error) {
	u := &unit{group: g, container: newContainer(w, a)}
	environment := variables{"FAAS_UNIT": g.name(), "FAAS_LAZY": g.lazy, platform.CORSVariable: "framework", call.Variable: targets(grouping, g)}
	linked := g.functions
	if g.shared {
		linked = nil
		for _, f := range a.functions {
			linked = append(linked, f.name)
		}
		environment["FAAS_FUNCTIONS"] = strings.Join(g.functions, ",")
	}
	app := &framework.App{Unit: "app", InitTimeout: time.Minute, Layers: framework.Layers{&watcher{w}}, Middleware: []framework.Middleware{w.around("all")}}
	var kinds []string
	var longest time.Duration
	for _, f := range a.functions {
		if slices.Contains(g.functions, f.name) {
			longest = max(longest, f.timeout)
		}
		if slices.Contains(linked, f.name) {
			app.Functions = append(app.Functions, u.container.function(f))
			for _, t := range f.triggers {
				kinds = append(kinds, t.kind)
			}
			if f.raw() {
				kinds = append(kinds, "raw")
			}
		}
	}
	environment["FAAS_TIMEOUT"] = fmt.Sprintf("%dms", longest.Milliseconds())
	rt := &framework.Runtime{Platform: a.cloud.Name, Env: "test", Settings: a.settings(), Variables: environment, Logger: w.logger(), Calls: n}
	u.container.client = call.New(rt)
	if planted != nil && len(g.functions) > 1 {
		planted(rt, app)
	}
	u.engine = framework.NewEngine(rt, app)
	var err error
	if u.dispatcher, err = platform.NewDispatcher(u.engine, codecs(a.cloud, kinds)); err != nil {
		return nil, err
	}
	u.dispatcher.Identify = a.cloud.Identify
	if a.cloud.Ingress != nil {
		if u.ingress, err = a.cloud.Ingress(u.engine); err != nil {
			return nil, err
		}
	}
	return u, u.engine.Start(ctx)
}

// codecs are those that a main names for these kinds.
func codecs(c sim.Cloud, kinds []string) (list []platform.Codec) {
	for _, k := range c.Carries {
		if k.Codec == nil || !slices.Contains(kinds, k.Kind) {
			continue
		}
		codec := k.Codec()
		if !slices.ContainsFunc(list, func(has platform.Codec) bool { return has.Kind == codec.Kind }) {
			list = append(list, codec)
		}
	}
	return list
}

// settings is the file faas.settings, which is the same in all packages of the application.
func (a *application) settings() string {
	var b strings.Builder
	for _, f := range a.functions {
		fmt.Fprintf(&b, "%s - timeout=%dms concurrency=%d", f.name, f.timeout.Milliseconds(), f.concurrency)
		if f.overload != "" {
			fmt.Fprintf(&b, " overload=%s", f.overload)
		}
		if f.cors {
			b.WriteString(" cors.origins=https://a.example.com,https://" + f.name + ".example.com cors.headers=x-test cors.exposeHeaders=X-Answer")
		}
		fmt.Fprintf(&b, " layers=%s\n", strings.Join(f.layers, ","))
	}
	return b.String()
}

// takers are the functions of a unit that raw payloads may be for.
func (a *application) takers(g group) (n int) {
	for _, name := range g.functions {
		if a.function(name).raw() {
			n++
		}
	}
	return n
}

// deliver hands an event to the unit as the cloud does, and describes the response.
func (u *unit) deliver(ctx context.Context, a *application, d delivery, id string) string {
	e := d.event
	if d.bare && a.takers(u.group) == 1 {
		e.Function = ""
	}
	payload, err := a.cloud.Payload(e)
	if err != nil {
		return "payload: " + err.Error()
	}
	if d.call {
		if payload, err = platform.EncodeCall(d.function, payload); err != nil {
			return "call: " + err.Error()
		}
	}
	if u.ingress != nil {
		if r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(payload))); err == nil {
			return serve(u.ingress(id), r.WithContext(ctx))
		}
	}
	response, err := u.dispatcher.Handle(ctx, payload, framework.Invocation{RequestID: id, Vendor: a.cloud.Invocation(id, payload)})
	if err != nil {
		said := platform.Describe(err, false)
		return fmt.Sprintf("%s\nerror %s: %s (%v)", response, said.Type, said.Message, err)
	}
	return string(response)
}

// serve is the response of a server's handler as it goes over the wire.
func serve(h http.Handler, r *http.Request) (response string) {
	w := httptest.NewRecorder()
	defer func() {
		if v := recover(); v == http.ErrAbortHandler {
			response = "broken off: " + w.Body.String()
		} else if v != nil {
			panic(v)
		}
	}()
	h.ServeHTTP(w, r)
	result := w.Result()
	result.Request, result.ContentLength = r, int64(w.Body.Len())
	var b bytes.Buffer
	if err := result.Write(&b); err != nil {
		return err.Error()
	}
	return b.String()
}

// run runs the application as these units and returns a line for all that can be seen from outside: responses, what handlers did and
// what was logged, in order.
func (a *application) run(ctx context.Context, grouping []group, planted fault) (seen []string, err error) {
	w := &world{}
	n := &network{application: a, world: w, ctx: ctx, of: map[string]*unit{}}
	var units []*unit
	defer func() {
		for _, u := range units {
			err = cmp.Or(err, u.engine.Close(ctx))
			err = cmp.Or(err, u.container.left())
		}
	}()
	for _, g := range grouping {
		u, wrong := a.start(ctx, w, n, grouping, g, planted)
		if wrong != nil {
			return nil, fmt.Errorf("start of %s: %w", g, wrong)
		}
		units = append(units, u)
		for _, name := range g.functions {
			n.of[name] = u
		}
	}
	w.take() // what starts say is of units
	for i, d := range a.traffic {
		u := n.of[d.function]
		if u == nil {
			return nil, errors.New("no unit has function " + d.function)
		}
		w.pause(d.pause)
		response := u.deliver(ctx, a, d, fmt.Sprint("request-", i))
		settle()
		seen = append(seen, fmt.Sprintf("event %d for %s, response %s", i, d.function, response))
		n.deliver()
		seen = append(seen, w.take()...)
	}
	w.pause(time.Minute) // in which everything ends
	return append(seen, w.take()...), nil
}

// logger keeps records without what differs between units: their names.
func (w *world) logger() *slog.Logger {
	h := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, at slog.Attr) slog.Attr {
		switch at.Key {
		case slog.TimeKey, "unit", "stack":
			return slog.Attr{}
		}
		return at
	}})
	return slog.New(platform.LogHandler(h, nil))
}
