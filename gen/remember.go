package gen

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/cache"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/output"
	"github.com/faasgen/faasgen/gen/regular"
	"github.com/faasgen/faasgen/gen/target"
)

// query is everything that the outcome depends on.
func query(o Options, tree *load.Tree) cache.Query {
	q := cache.Query{Dir: tree.Dir, Files: tree.Files, Env: o.env()}
	q.Options = append(names(o.Targets), "injector="+o.Injector, "source="+strconv.FormatBool(o.FromSource))
	for _, dir := range tree.Apps {
		q.Outputs = append(q.Outputs, filepath.Join(dir, filepath.FromSlash(output.Folder)))
	}
	return q
}

// remember keeps that all is current.
func (r *Result) remember() {
	e := cache.Entry{}
	for _, d := range r.Diagnostics {
		if d.Code != output.CodeEdited { // of what is not as it was any more
			e.Notes = append(e.Notes, d)
		}
	}
	for _, a := range r.Apps {
		app := cache.App{Dir: a.Dir, Name: a.Name, Provider: a.Provider()}
		for _, f := range a.Functions {
			kept := cache.Function{Name: f.Name, Description: f.Description, Timeout: f.Timeout, Task: f.Task}
			for _, t := range f.Triggers {
				kept.Kinds = append(kept.Kinds, t.Kind)
			}
			app.Functions = append(app.Functions, kept)
		}
		e.Apps = append(e.Apps, app)
		e.Variables = append(e.Variables, a.plan.App.Spec.Variables...)
	}
	slices.Sort(e.Variables)
	e.Variables = slices.Compact(e.Variables)
	r.entry = &e
	r.cache.Save(e)
	r.parts.Save()
}

// fromCache is the result when nothing has changed. A caller that needs more than it holds has the front half read again.
func (r *Result) fromCache(ctx context.Context, o Options, tree *load.Tree, e *cache.Entry) error {
	r.UpToDate, r.Diagnostics, r.entry = true, e.Notes, e
	lazyLoad := sync.OnceValue(func() error {
		apps, ds, err := read(context.WithoutCancel(ctx), o, tree)
		if err != nil {
			return err
		}
		if ds.Failed() || len(apps) != len(r.Apps) {
			return errors.New("the application has changed in the meantime")
		}
		for i, a := range apps {
			r.Apps[i].graph, r.Apps[i].plan, r.Apps[i].plans, r.Apps[i].Functions = a.graph, a.plan, a.plans, a.Functions
		}
		return nil
	})
	for _, kept := range e.Apps {
		a := &App{Dir: kept.Dir, Name: kept.Name, provider: kept.Provider, lazyLoad: lazyLoad, stage: o.Stage, env: o.env(), targets: o.Targets}
		for _, f := range kept.Functions {
			function := &target.Function{Name: f.Name, Description: f.Description, Timeout: f.Timeout, Task: f.Task}
			for _, kind := range f.Kinds {
				function.Triggers = append(function.Triggers, target.Trigger{Kind: kind})
			}
			a.Functions = append(a.Functions, function)
		}
		r.Apps = append(r.Apps, a)
	}
	if o.Stage != "" {
		return lazyLoad() // whether there is such a stage is not remembered
	}
	return nil
}

// CheckConfig has check look at the configuration of each application, or knows that nothing has changed since it found no mistake.
// What a reference to a file leads to does not count for that.
func (r *Result) CheckConfig(check func(*App) (annotations.Diagnostics, error)) (annotations.Diagnostics, error) {
	now := r.configured()
	if r.entry != nil && r.entry.Configured == now {
		return r.entry.Config, nil
	}
	var ds annotations.Diagnostics
	for _, a := range r.Apps {
		found, err := check(a)
		if err != nil {
			return nil, err
		}
		ds = append(ds, found...)
	}
	ds.Sort()
	follows := slices.ContainsFunc(ds, func(d annotations.Diagnostic) bool { return strings.Contains(d.Message, "file:") })
	if r.entry != nil && r.cache != nil && !ds.Failed() && !follows {
		r.entry.Config, r.entry.Configured = ds, now
		r.cache.Save(*r.entry)
	}
	return ds, nil
}

// configured is a hash of the configuration files.
func (r *Result) configured() string {
	h := sha256.New()
	for _, a := range r.Apps {
		entries, err := os.ReadDir(a.Dir)
		fmt.Fprintf(h, "%q %v\n", a.Dir, err)
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), "config.") {
				continue
			}
			content, err := regular.Read(filepath.Join(a.Dir, e.Name()), 16<<20)
			fmt.Fprintf(h, "%q %x %v\n", e.Name(), sha256.Sum256(content), err)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
