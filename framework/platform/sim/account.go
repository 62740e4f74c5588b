package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// CallsAPI is a cloud's invoke API, by which functions call each other.
type CallsAPI struct {
	// Handler is the API over the functions of an account.
	Handler func(a *Account) http.Handler
	// Environment leads the calls of a unit to the API at an URL.
	Environment func(url string) map[string]string
	// Retries is how often a failed asynchronous call is delivered again unless a deployment says otherwise.
	Retries int
}

// Deployment is a deployed function.
type Deployment struct {
	Runtime  Runtime
	Artifact Artifact
	// Qualifiers are its aliases and versions, besides the vendor's word for the latest.
	Qualifiers []string
	// Limit is how many calls it takes at once before it throttles; zero is any number.
	Limit int
	// Retries is how often a failed asynchronous call is delivered again; zero is the vendor's default, -1 is never.
	Retries int
	// Concurrency is how many calls one process takes at once before another one is started, as the vendors do it; zero is any number,
	// and so one process. Functions that call each other in a circle need a number.
	Concurrency int
}

// Errors of calls that reach no function.
var (
	ErrNoFunction = errors.New("there is no such function")
	ErrThrottled  = errors.New("too many calls at once")
)

// Account is the functions of an account that call each other through the vendor's API, each started by its first call. It is used
// by several goroutines at once.
type Account struct {
	api    CallsAPI
	server *http.Server
	url    string

	mu        sync.Mutex
	functions map[string]*deployed
	dead      []Dead
	clock     func() time.Time
	wait      func(try int) time.Duration
	closed    bool
	async     sync.WaitGroup
	ending    context.Context
	end       context.CancelFunc
}

// Dead is an asynchronous call whose last delivery failed.
type Dead struct {
	Function string
	Payload  []byte
	// Tries is how often it was delivered, and Error why the last one failed.
	Tries int
	Error error
}

type deployed struct {
	Deployment

	mu        sync.Mutex // held while a process starts
	processes []*started
	running   int
}

// started is a process with the number of calls that it has.
type started struct {
	Process
	running int
}

// NewAccount starts the API on a free port of the loopback interface.
func NewAccount(api CallsAPI) (*Account, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("invoke API: %w", err)
	}
	a := &Account{api: api, url: "http://" + l.Addr().String(), functions: map[string]*deployed{}, clock: time.Now, wait: func(int) time.Duration { return 0 }}
	a.ending, a.end = context.WithCancel(context.Background())
	a.server = &http.Server{Handler: api.Handler(a), ReadHeaderTimeout: 10 * time.Second}
	go a.server.Serve(l)
	return a, nil
}

// URL is where the API is.
func (a *Account) URL() string { return a.url }

// SetClock sets the account's clock, which signatures are checked by.
func (a *Account) SetClock(now func() time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clock = now
}

// Now is the time by the account's clock.
func (a *Account) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.clock()
}

// SetRetryWait sets what is waited for before the given try of an asynchronous call; the first repetition is 2. It is nothing
// otherwise, where the vendors wait for minutes.
func (a *Account) SetRetryWait(wait func(try int) time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wait = wait
}

// Deploy adds a function under the name of its artefact, with a role that may call all others. It is an error if there is one.
func (a *Account) Deploy(d Deployment) error {
	environment := maps.Clone(a.api.Environment(a.url))
	maps.Copy(environment, d.Artifact.Environment)
	d.Artifact.Environment, d.Artifact.Role = environment, true
	if d.Retries == 0 {
		d.Retries = a.api.Retries
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.functions[d.Artifact.Unit] != nil {
		return fmt.Errorf("function %s is deployed already", d.Artifact.Unit)
	}
	a.functions[d.Artifact.Unit] = &deployed{Deployment: d}
	return nil
}

// Call calls a function and waits for its result. Qualifier is empty for the latest version.
func (a *Account) Call(ctx context.Context, name, qualifier string, payload []byte) (*Result, error) {
	f, err := a.find(name, qualifier)
	if err != nil {
		return nil, err
	}
	return f.call(ctx, payload)
}

// Send accepts an asynchronous call, which is delivered until it succeeds or its tries are used up.
func (a *Account) Send(name, qualifier string, payload []byte) error {
	f, err := a.find(name, qualifier)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return ErrNoFunction
	}
	payload = slices.Clone(payload)
	a.async.Go(func() { a.deliver(f, payload) })
	return nil
}

func (a *Account) deliver(f *deployed, payload []byte) {
	for try := 1; ; try++ {
		r, err := f.call(a.ending, payload)
		if err == nil && r.Error != nil {
			err = r.Error
		}
		if err == nil {
			return
		}
		if errors.Is(err, ErrThrottled) && a.pause(10*time.Millisecond) { // which uses up no try
			try--
			continue
		}
		a.mu.Lock()
		wait := a.wait(try + 1)
		a.mu.Unlock()
		if try > f.Retries || !a.pause(wait) {
			a.mu.Lock()
			a.dead = append(a.dead, Dead{f.Artifact.Unit, payload, try, err})
			a.mu.Unlock()
			return
		}
	}
}

// pause waits, and reports whether the account goes on.
func (a *Account) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-a.ending.Done():
	}
	return a.ending.Err() == nil
}

func (a *Account) find(name, qualifier string) (*deployed, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.functions[name]
	if f == nil || qualifier != "" && qualifier != "$LATEST" && qualifier != "LATEST" && qualifier != "$DEFAULT" && !slices.Contains(f.Qualifiers, qualifier) {
		return nil, ErrNoFunction
	}
	return f, nil
}

// call has the function called, which it starts if it does not run.
func (f *deployed) call(ctx context.Context, payload []byte) (*Result, error) {
	p, err := f.acquire(ctx)
	if ie, ok := errors.AsType[*InitError](err); ok {
		return &Result{Body: []byte("{}"), Error: &FunctionError{ie.Type, ie.Message}}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.release(p)
	return p.Invoke(ctx, payload)
}

// acquire takes a process for one call: the first that takes another, or a new one.
func (f *deployed) acquire(ctx context.Context) (*started, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Limit > 0 && f.running >= f.Limit {
		return nil, ErrThrottled
	}
	i := slices.IndexFunc(f.processes, func(p *started) bool { return f.Concurrency <= 0 || p.running < f.Concurrency })
	if i < 0 {
		p, err := f.Runtime.Start(ctx, f.Artifact)
		if err != nil {
			return nil, err
		}
		i, f.processes = len(f.processes), append(f.processes, &started{Process: p})
	}
	p := f.processes[i]
	p.running++
	f.running++
	return p, nil
}

func (f *deployed) release(p *started) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p.running--
	f.running--
}

// Use has use deliver something to a process of a function, which is started if none is free: for events that come in another way than
// by a call. It returns the error of use, an *InitError or one of this package.
func (a *Account) Use(ctx context.Context, name string, use func(Process) error) error {
	f, err := a.find(name, "")
	if err != nil {
		return fmt.Errorf("function %s: %w", name, err)
	}
	p, err := f.acquire(ctx)
	if err != nil {
		return err
	}
	defer f.release(p)
	return use(p.Process)
}

// Settle waits until no asynchronous call is under way.
func (a *Account) Settle() { a.async.Wait() }

// Dead returns the asynchronous calls that failed for good so far.
func (a *Account) Dead() []Dead {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.dead)
}

// Close gives asynchronous calls up, stops every function and returns the rules that they broke.
func (a *Account) Close(ctx context.Context) error {
	a.mu.Lock()
	a.closed = true
	functions := slices.Collect(maps.Values(a.functions))
	a.mu.Unlock()
	a.end()
	a.async.Wait()
	var errs []error
	for _, f := range functions {
		f.mu.Lock()
		processes := slices.Clone(f.processes)
		f.mu.Unlock()
		for _, p := range processes {
			errs = append(errs, p.Stop(ctx))
		}
	}
	a.server.Close()
	return errors.Join(errs...)
}
