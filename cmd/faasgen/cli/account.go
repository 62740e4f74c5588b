package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/gen/target"
)

// deployed makes an account of units that call each other over the simulated invoke API. Each is started by its first call.
func (t *tool) deployed(tg target.Target, c sim.Cloud, app *target.App, units []*target.Unit, deployments []sim.Deployment) (*sim.Account, error) {
	caller, ok := tg.(target.Caller)
	if !ok || c.Calls == nil {
		return nil, usage("target %s has no simulator of calls between functions", tg.Name())
	}
	a, err := sim.NewAccount(*c.Calls)
	if err != nil {
		return nil, err
	}
	output := &shared{to: t.err}
	for i, u := range units {
		d := deployments[i]
		d.Artifact.Output = output
		d.Concurrency = 1 // whatever the unit takes: a cloud may always start one more, and then no call waits for itself
		if _, qualifier, ok := strings.Cut(caller.Address(app, u), ":"); ok {
			d.Qualifiers = []string{qualifier}
		}
		if s := u.Settings.Async; s != nil && s.Retries != nil {
			d.Retries = cmp.Or(*s.Retries, -1)
		}
		if err := a.Deploy(d); err != nil {
			a.Close(context.Background())
			return nil, err
		}
	}
	return a, nil
}

// settle waits until the calls are delivered that nothing waits for, or until ctx ends, and shows those that failed for good.
func (t *tool) settle(ctx context.Context, a *sim.Account) {
	settled := make(chan struct{})
	go func() {
		defer close(settled)
		a.Settle()
	}()
	select {
	case <-settled:
	case <-ctx.Done():
	}
	for _, d := range a.Dead() {
		var to struct{ Function string }
		json.Unmarshal(d.Payload, &to) // which is a call, as nothing else is sent
		fmt.Fprintf(t.err, "an asynchronous call of %s was dropped: delivered %d times, the last time: %v\n", cmp.Or(to.Function, d.Function), d.Tries, d.Error)
	}
}

// shared is a writer for several processes.
type shared struct {
	mu sync.Mutex
	to io.Writer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.to.Write(p)
}
