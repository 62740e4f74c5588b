package aws_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing/iotest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const (
	// emulatedVariable makes the artefact the unit that TestEmulator runs, whose start does what it says.
	emulatedVariable = "FAAS_PLATFORMTEST_EMULATED"
	// doneVariable is the file that the unit writes down the messages in that it has handled.
	doneVariable = "FAAS_PLATFORMTEST_DONE"
	// started is a line that the unit writes when it starts.
	started = "emulated: started"
)

// rawEvent is the trigger of raw payloads.
type rawEvent struct{}

func (rawEvent) Kind() string { return "raw" }

// emulated is the unit that TestEmulator runs.
func emulated(*framework.Runtime) *framework.App {
	return &framework.App{
		Unit: "emulated",
		Start: func(context.Context) error {
			if _, err := os.Stdout.WriteString(started + "\n"); err != nil {
				return err
			}
			switch os.Getenv(emulatedVariable) {
			case "fail":
				return errors.New(fixture.Secret)
			case "panic":
				panic(fixture.Secret)
			case "exit":
				os.Exit(3)
			case "hang":
				select {}
			}
			return nil
		},
		Stop: func(context.Context) error {
			_, err := os.Stdout.WriteString(fixture.Closed + "\n")
			return err
		},
		Functions: []*framework.Function{
			{Name: "act", Handler: act, Triggers: []framework.Trigger{rawEvent{}}},
			{Name: "jobs", Handler: jobs, Triggers: []framework.Trigger{mq.Subscription{Queue: "jobs"}}},
			{Name: "page", Handler: page, Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/{what}"}}},
		},
	}
}

func act(ctx *framework.Context) error {
	var do string
	if err := json.Unmarshal(ctx.Event().([]byte), &do); err != nil {
		return err
	}
	ctx.SetResult("done")
	switch do {
	case "error":
		return errors.New(fixture.Secret)
	case "refuse":
		return &framework.Error{Status: 409, Code: fixture.Refused, Message: "nothing is left", Err: errors.New(fixture.Secret)}
	case "panic":
		panic(fixture.Secret)
	case "goexit":
		runtime.Goexit()
	case "exit":
		os.Exit(7)
	case "ignore":
		select {}
	case "obey":
		<-ctx.Done()
		return ctx.Err()
	case "large":
		ctx.SetResult(strings.Repeat("x", 7<<20))
	}
	return nil
}

// jobs takes a second for each message.
func jobs(ctx *framework.Context) error {
	return adapter.Each(ctx, ctx.Event().([]mq.Message), func(m mq.Message) error {
		time.Sleep(time.Second)
		done, err := os.OpenFile(os.Getenv(doneVariable), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = done.WriteString(m.ID + "\n")
		return errors.Join(err, done.Close())
	})
}

func page(ctx *framework.Context) error {
	x := web.From(ctx)
	x.Header().Set("Content-Type", "text/plain")
	switch x.Request.PathValues[0].Value {
	case "stream":
		ctx.SetResult(io.MultiReader(strings.NewReader("one\n"), strings.NewReader("two\n")))
	case "cut":
		ctx.SetResult(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New(fixture.Secret))))
	default:
		ctx.SetResult("text")
	}
	return nil
}
