package local

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
)

// maxEvent bounds the event that "invoke" and the control endpoints read.
const maxEvent = 32 << 20

// invoke is the sub-command: the whole life of an application around one call.
func invoke(ctx context.Context, app platform.New, s settings, p process) (err error) {
	event, err := io.ReadAll(io.LimitReader(p.in, maxEvent+1))
	if err != nil {
		return fmt.Errorf("read the event: %w", err)
	}
	if len(event) > maxEvent {
		return fmt.Errorf("the event is over %d MB", maxEvent>>20)
	}
	a, err := assemble(app, s, p)
	if err != nil {
		return err
	}
	f := a.engine.App().Function(p.args[1])
	if f == nil {
		return unknownFunction(a.engine.App(), p.args[1])
	}
	if err := a.engine.Start(ctx); err != nil {
		return err
	}
	var form string
	if len(p.args) == 3 {
		form = p.args[2]
	}
	a.background = new(framework.Background)
	o, err := a.call(ctx, f, form, event)
	if err == nil {
		err = report(o, s, p)
	}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		a.background.Wait()
	}()
	select {
	case <-finished:
	case <-ctx.Done():
	}
	closing, cancel := platform.Ending(ctx)
	defer cancel()
	return errors.Join(err, a.engine.Close(closing))
}

func unknownFunction(app *framework.App, name string) error {
	names := make([]string, len(app.Functions))
	for i, f := range app.Functions {
		names[i] = f.Name
	}
	return fmt.Errorf("no function %.80q; there are %q", name, names)
}

// report hands the outcome over: whole to the file that the parent named, else the response to standard output.
func report(o *envelope.Outcome, s settings, p process) error {
	if s.resultFD != 0 {
		out := os.NewFile(s.resultFD, "result")
		defer out.Close()
		return json.NewEncoder(out).Encode(o)
	}
	if o.Error != nil {
		return fmt.Errorf("%s: %s", o.Error.Type, o.Error.Message)
	}
	if o.Kind == "http" {
		fmt.Fprintf(p.err, "%d %s\n", o.Status, cmp.Or(http.StatusText(o.Status), "-"))
		for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
			for _, v := range o.Headers[name] {
				fmt.Fprintf(p.err, "%s: %s\n", name, v)
			}
		}
	}
	b, err := o.Bytes()
	if err != nil {
		return err
	}
	if _, err := p.out.Write(b); err != nil {
		return err
	}
	if o.Status >= http.StatusInternalServerError {
		return fmt.Errorf("function %s answered with status %d", o.Function, o.Status)
	}
	return nil
}
