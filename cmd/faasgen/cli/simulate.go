package cli

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/cmd/faasgen/internal/gobuild"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
)

// maxUnpacked bounds what is unpacked of one zip.
const maxUnpacked = 1 << 30

// invokeTarget builds and packs the function's unit, and calls it as its cloud would: with those units that its calls reach, which
// are deployed beside it.
func (t *tool) invokeTarget(ctx context.Context, app *gen.App, tg target.Target, seen *target.App, f *target.Function, form string, event []byte) (*envelope.Outcome, error) {
	c := t.cloud(tg.Name())
	if c.Runtime == nil {
		return nil, usage("target %s has no simulator", tg.Name())
	}
	unit, _ := find(seen, f.Name)
	dir, remove, err := t.temporary("faasgen-invoke-")
	if err != nil {
		return nil, err
	}
	defer remove()
	units := []*target.Unit{unit}
	reached := seen.Reached(unit, f.Name)
	for _, u := range reached {
		if u != unit {
			units = append(units, u)
		}
	}
	m, err := t.machine(app)
	if err != nil {
		return nil, err
	}
	built, err := t.artifacts(ctx, app, tg, units, m, dir)
	if err != nil {
		return nil, err
	}
	if recorded(c, form, batchTriggers(f), event) {
		form = "raw"
	}
	defer t.running.enter()()
	stopping := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	}
	var deployments []sim.Deployment
	for i, u := range units {
		start := entry(tg, seen, u)
		kept, stop, err := stores(app, tg, c, u, m)
		if err != nil {
			return nil, err
		}
		defer stop()
		environment := m.simulated(seen.Environment(u))
		maps.Copy(environment, kept)
		deployments = append(deployments, sim.Deployment{Runtime: c.Runtime(start), Artifact: sim.Artifact{
			Dir: unpacked(dir, u), Command: start.Command, Unit: built[i].Function, Environment: environment, Role: len(kept) > 0, Memory: int(u.Settings.MemorySize),
			Timeout: time.Duration(u.Settings.Timeout), InitTimeout: time.Duration(u.Settings.InitTimeout), Output: t.err,
		}})
	}
	if len(reached) > 0 {
		a, err := t.deployed(tg, c, seen, units, deployments)
		if err != nil {
			return nil, err
		}
		var o *envelope.Outcome
		err = a.Use(ctx, built[0].Function, func(p sim.Process) (err error) {
			o, err = call(ctx, p, seen, f, form, event)
			return err
		})
		t.settle(ctx, a)
		ending, cancel := stopping()
		defer cancel()
		return o, errors.Join(err, a.Close(ending))
	}
	p, err := deployments[0].Runtime.Start(ctx, deployments[0].Artifact)
	if err != nil {
		return nil, err
	}
	o, err := call(ctx, p, seen, f, form, event)
	ending, cancel := stopping()
	defer cancel()
	return o, errors.Join(err, p.Stop(ending))
}

// unpacked is the folder below dir that has the code of a unit.
func unpacked(dir string, u *target.Unit) string { return filepath.Join(dir, u.Name, "code") }

// artifacts builds the units and unpacks each below dir. What is built stays in the cache, so that the next call of the same unit
// builds nothing; the user's dist is left alone, as it may hold the other units too.
func (t *tool) artifacts(ctx context.Context, app *gen.App, tg target.Target, units []*target.Unit, m *machine, dir string) ([]*gen.BuiltUnit, error) {
	folder, err := gobuild.Folder(app.Dir)
	if err != nil {
		return nil, err
	}
	done := t.progress("building")
	defer done()
	unlock, err := gobuild.Lock(filepath.Join(folder, "lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	var list []*gen.BuiltUnit
	printed := map[string]bool{}
	for _, unit := range units {
		b, err := t.pack(ctx, app, gen.BuildOptions{Target: tg, Unit: unit.Name, Dist: filepath.Join(folder, "dist", unit.Name), Relative: t.dir, Machine: m.elsewhere, Place: m.place})
		if err != nil {
			return nil, err
		}
		failed := b.Diagnostics.Failed() || len(b.Units) != 1
		news := slices.DeleteFunc(b.Diagnostics, func(d annotations.Diagnostic) bool {
			text := annotations.Diagnostics{d}.Render("")
			defer func() { printed[text] = true }()
			return printed[text] // for another unit
		})
		if len(news) > 0 {
			done()
			t.print(news)
		}
		if failed {
			return nil, &failure{code: exitFailed}
		}
		built := &b.Units[0]
		if built.GOARCH != runtime.GOARCH || runtime.GOOS != "linux" {
			return nil, &failure{code: exitFailed, text: fmt.Sprintf("unit %s is built for linux/%s, and this machine is %s/%s", unit.Name, built.GOARCH, runtime.GOOS, runtime.GOARCH),
				hint: "simulators run the artefact itself; without --target the function runs on any machine"}
		}
		if err := unpack(built.Zip, unpacked(dir, unit)); err != nil {
			return nil, err
		}
		list = append(list, built)
	}
	return list, nil
}

// find returns a function with its unit: of several units the one that has its triggers.
func find(app *target.App, function string) (unit *target.Unit, found *target.Function) {
	for _, u := range app.Units {
		for _, f := range u.Functions {
			if f.Name == function && (found == nil || found.Guest && !f.Guest) {
				unit, found = u, f
			}
		}
	}
	return unit, found
}

// call delivers the event in the way of its form.
func call(ctx context.Context, p sim.Process, app *target.App, f *target.Function, form string, event []byte) (*envelope.Outcome, error) {
	e, err := parse(app, f, form, event)
	if err != nil {
		return nil, err
	}
	address(&e, app, f)
	o := &envelope.Outcome{Function: f.Name, Kind: form}
	var result *sim.Result
	switch v := e.Batch.(type) {
	case *sim.Request:
		return o, request(ctx, p, v, o)
	case sim.Timer:
		result, err = p.Timer(ctx, v)
	case []byte:
		var payload []byte
		if payload, err = sim.Raw(e); err == nil {
			result, err = p.Invoke(ctx, payload)
		}
	default:
		result, err = send(ctx, p, e)
	}
	if err != nil {
		return nil, err
	}
	if result.Error != nil {
		o.Error = &envelope.Failure{Type: result.Error.Type, Message: result.Error.Message}
		return o, nil
	}
	o.SetBody(result.Body)
	return o, nil
}

// send delivers events of a kind of which several come at once.
func send(ctx context.Context, p sim.Process, e sim.Events) (*sim.Result, error) {
	sender, ok := p.(sim.Sender)
	if !ok {
		return nil, fmt.Errorf("the simulator sends no events of the form %s; expected a payload of the cloud's own", e.Kind)
	}
	return sender.Events(ctx, e)
}

// request sends a request.
func request(ctx context.Context, p sim.Process, r *sim.Request, o *envelope.Outcome) error {
	r.Host = cmp.Or(r.Host, "localhost")
	response, err := p.HTTP(ctx, r)
	if err != nil {
		return err
	}
	o.Status, o.Headers = response.Status, map[string][]string{}
	for _, h := range response.Header {
		o.Headers[h[0]] = append(o.Headers[h[0]], h[1])
	}
	o.SetBody(response.Body)
	return nil
}

// routes are the http triggers in the form that the framework has them.
func routes(f *target.Function) []web.Route {
	var found []web.Route
	for _, trigger := range f.Triggers {
		m := annotations.HTTPOf(trigger.Marker)
		if m == nil {
			continue
		}
		for _, method := range m.Method {
			if r, err := web.ParsePattern(method, m.Path); err == nil { // else it would not have been built
				r.Host = m.Host
				found = append(found, r)
			}
		}
	}
	return found
}

func schedules(f *target.Function) []timer.Schedule {
	var found []timer.Schedule
	for _, trigger := range f.Triggers {
		if m, ok := trigger.Marker.(*annotations.Timer); ok {
			found = append(found, timer.Schedule{Name: trigger.Name, Payload: m.Payload})
		}
	}
	return found
}

// unpack unpacks a package as a vendor does, with the modes of its files.
func unpack(file, dir string) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", file, err)
	}
	defer z.Close()
	left := int64(maxUnpacked)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if !filepath.IsLocal(f.Name) || slices.Contains(strings.Split(f.Name, "/"), "..") || !f.Mode().IsRegular() {
			return fmt.Errorf("unpack %s: entry %q is not a file inside of it", file, f.Name)
		}
		n, err := unpackFile(f, filepath.Join(dir, filepath.FromSlash(f.Name)), left)
		if err != nil {
			return fmt.Errorf("unpack %s: %w", f.Name, err)
		}
		left -= n
	}
	return nil
}

func unpackFile(f *zip.File, path string, left int64) (int64, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	from, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, f.Mode().Perm())
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(to, io.LimitReader(from, left+1))
	if err == nil && n > left {
		err = fmt.Errorf("it is over %d MB", maxUnpacked>>20)
	}
	return n, errors.Join(err, to.Close())
}
