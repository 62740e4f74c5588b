// Package store is configuration that lies in a store of the vendor, such as the parameters of AWS Systems Manager. Main hands the sources
// over:
//
//	aws.Run(store.With(app.New, ssm.New()), aws.HTTP())
//
// A unit refers to a text by a variable, AUTH_TOKEN_FROM=ssm:/shop/prod/token. What its functions refer to is read at the cold start, of
// all sources at once and before anything is built, within the limit of the start. Nothing else of a store is read, and no text is
// written anywhere.
//
// The sources are folders of the platforms; one has a scheme and knows the vendor's API. This package knows none of them.
package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/faasgen/faasgen/framework"
)

// Source is a store. It is used by several goroutines at once.
type Source interface {
	// Scheme is what its references begin with: a word without a colon.
	Scheme() string
	// Read returns what names stand for, in their order. No name is there twice. It stops with ctx, and none of its errors has
	// a text in it.
	Read(ctx context.Context, names []string) []Result
}

// Result is a text, or why there is none.
type Result struct {
	Text string
	Err  error
}

// maxText is how long a text may be, in bytes: as much as a file that a reference leads to.
const maxText = 64 << 10

// With returns the constructor of a unit whose configuration may refer to sources, of which each has a scheme of its own.
func With(newApp func(*framework.Runtime) *framework.App, sources ...Source) func(*framework.Runtime) *framework.App {
	return func(rt *framework.Runtime) *framework.App {
		readers := make([]*reader, len(sources))
		for i, s := range sources {
			readers[i] = &reader{source: s, limit: func() (context.Context, context.CancelFunc) {
				return context.WithTimeoutCause(context.Background(), rt.InitLimit(), errLate)
			}}
			rt.Stores = append(rt.Stores, framework.Store{Scheme: s.Scheme(), Read: readers[i].read, ReadAgain: readers[i].readAgain})
		}
		app := newApp(rt)
		start := app.Start
		app.Start = func(ctx context.Context) error {
			prefetch(ctx, app.Functions, readers)
			if start != nil {
				return start(ctx)
			}
			return nil
		}
		return app
	}
}

var errLate = errors.New("the store did not answer within the limit of a start")

// placeholder stands for a text that is still to be read: without one the other members of a struct would not be looked at. It will do for
// a number, too.
const placeholder = "0"

// prefetch reads what functions refer to. Their checks tell: run once before the texts are there, they find every reference. What
// they report of that run means nothing.
func prefetch(ctx context.Context, functions []*framework.Function, readers []*reader) {
	for _, r := range readers {
		r.list()
	}
	for _, f := range functions {
		if f.Check != nil {
			_ = f.Check(nil)
		}
	}
	var all sync.WaitGroup
	for _, r := range readers {
		all.Go(func() { r.fetch(ctx) })
	}
	all.Wait()
}

// reader keeps what was read of a source.
type reader struct {
	source Source
	limit  func() (context.Context, context.CancelFunc)

	mu      sync.Mutex
	listing bool
	names   []string // to be read, when listing
	results map[string]Result
}

// list makes the reader note names.
func (r *reader) list() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listing, r.names = true, nil
}

// fetch reads the names that were noted.
func (r *reader) fetch(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listing = false
	if len(r.names) > 0 {
		r.get(ctx, r.names)
	}
}

// get reads names. The caller holds mu.
func (r *reader) get(ctx context.Context, names []string) {
	if r.results == nil {
		r.results = map[string]Result{}
	}
	results := r.source.Read(ctx, names)
	for i, name := range names {
		r.results[name] = checked(ctx, results, i)
	}
}

// checked is one of the results of a source, if it can be taken.
func checked(ctx context.Context, results []Result, i int) Result {
	result := Result{Err: errors.New("the store did not answer for it")}
	if i < len(results) {
		result = results[i]
	}
	switch {
	case result.Err != nil && ctx.Err() != nil:
		return Result{Err: context.Cause(ctx)}
	case len(result.Text) > maxText:
		return Result{Err: fmt.Errorf("found %d bytes, expected %d at most", len(result.Text), maxText)}
	}
	return result
}

// readAgain asks the source for what a name stands for now, which what is built later gets, too.
func (r *reader) readAgain(ctx context.Context, name string) (string, error) {
	result := checked(ctx, r.source.Read(ctx, []string{name}), 0)
	if result.Err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.results == nil {
			r.results = map[string]Result{}
		}
		r.results[name] = result
	}
	return result.Text, result.Err
}

// read is what a name stands for. What no check has found, as where code reads the whole configuration, is read by itself.
func (r *reader) read(name string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listing {
		if !slices.Contains(r.names, name) {
			r.names = append(r.names, name)
		}
		return placeholder, nil
	}
	if result, ok := r.results[name]; ok {
		return result.Text, result.Err
	}
	ctx, cancel := r.limit()
	defer cancel()
	r.get(ctx, []string{name})
	result := r.results[name]
	if result.Err != nil {
		delete(r.results, name) // the next call may find it
	}
	return result.Text, result.Err
}

// Each reads names one by one, for a source whose API has no batches, a few at a time.
func Each(ctx context.Context, names []string, read func(ctx context.Context, name string) (string, error)) []Result {
	const atOnce = 8
	results := make([]Result, len(names))
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, name := range names {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			results[i].Text, results[i].Err = read(ctx, name)
		})
	}
	all.Wait()
	return results
}
