package platformtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
)

// check compares the calls of a round with the journal.
func (r *run) check(round []*sent) {
	r.t.Helper()
	effects, err := ran(round, func() ([]byte, error) { return os.ReadFile(r.journal) }, patience)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, c := range round {
		if problem := c.problem(effects[c.id]); problem != "" {
			if r.wrongly++; r.wrongly > 10 {
				r.t.Fatal("and more")
			}
			what := "a call that should go well"
			if c.wrong != nil {
				what = strings.TrimSpace(fmt.Sprintf("a call with %s@%s %s", c.wrong.do, c.wrong.at, c.wrong.api))
			}
			r.t.Errorf("%s (id %s, raw %t): %s; answered %.200q, error %v, its handler ran %d times", what, c.id, c.raw, problem, c.answer, c.err, effects[c.id])
		}
	}
	if err := os.Truncate(r.journal, 0); err != nil {
		r.t.Fatal(err)
	}
}

// ran counts how often the handlers of calls ran, as soon as each did as often as it has to, or else when the limit has passed: on a busy
// machine a call may be answered at its deadline before its handler has begun.
func ran(round []*sent, journal func() ([]byte, error), limit time.Duration) (map[string]int, error) {
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		text, err := journal()
		if err != nil {
			return nil, err
		}
		effects := map[string]int{}
		for line := range strings.Lines(string(text)) {
			effects[strings.TrimSuffix(line, "\n")]++
		}
		late := slices.ContainsFunc(round, func(c *sent) bool { return effects[c.id] < c.effects() })
		if !late || time.Since(began) >= limit {
			return effects, nil
		}
	}
}

// effects is how often the handler of a call has to run at least.
func (c *sent) effects() int {
	switch {
	case c.wrong == nil:
		return 1
	case c.wrong.effects == unknown:
		return 0
	}
	return c.wrong.effects
}

// problem says what is wrong with a call whose handler ran n times, "" if nothing is.
func (c *sent) problem(n int) string {
	var done fixture.Done
	own := c.ok && json.Unmarshal([]byte(c.answer), &done) == nil && done.ID == c.id
	switch {
	case strings.Contains(c.answer, fixture.Secret) || c.err != nil && strings.Contains(c.err.Error(), fixture.Secret):
		return "the text of an error reached the caller"
	case n > 1:
		return "want it run once at most"
	case c.wrong == nil && (c.err != nil || !own):
		return "want its answer"
	case c.wrong == nil && n != 1:
		return "want it run once"
	case c.wrong == nil:
		return ""
	case c.wrong.effects != unknown && n != c.wrong.effects:
		return fmt.Sprintf("want it run %d times", c.wrong.effects)
	}
	switch c.wrong.outcome {
	case failed:
		if c.ok && c.err == nil {
			return "want a failure"
		}
		if errors.Is(c.err, context.DeadlineExceeded) {
			return "it was never answered"
		}
	case well:
		if c.err != nil || !own {
			return "want its answer"
		}
	case refused:
		if c.ok || c.err != nil || !strings.Contains(c.answer, c.id) {
			return "want the error that the function has returned"
		}
	case open:
		if c.err == nil && c.ok && (!own || n != 1) {
			return "want its own answer, if any"
		}
	}
	return ""
}
