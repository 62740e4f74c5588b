package faastest

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// Deliver hands a payload over as a cloud would, to whichever function it is for, through that cloud's own codecs, and
// returns the response as that cloud would get it; [Response] reads the response to a request. The payload is one of
// [Payload], or one that was taken from the cloud. An error is the function's own, of which the cloud would see only
// what a stranger may know.
func (a *App) Deliver(platformName string, payload []byte) ([]byte, error) {
	d, err := a.delivery(platformName)
	if err != nil {
		return nil, err
	}
	id := a.newID()
	if d.ingress != nil {
		if r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(payload))); err == nil {
			return answered(d.ingress(id), r.WithContext(a.ctx))
		}
	}
	var background framework.Background
	defer a.finish(&background)
	return d.dispatcher.Handle(a.ctx, payload, framework.Invocation{RequestID: id, Vendor: d.cloud.Invocation(id, payload), Background: &background})
}

// delivery is how payloads of a cloud reach the functions.
type delivery struct {
	cloud      *sim.Cloud
	ingress    sim.Ingress // nil where requests come as events
	dispatcher *platform.Dispatcher
}

// delivery has what a main of that platform would name for the unit.
func (a *App) delivery(platformName string) (*delivery, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if d := a.deliveries[platformName]; d != nil {
		return d, nil
	}
	c, err := a.clouds.of(platformName)
	if err != nil {
		return nil, err
	}
	d := &delivery{cloud: c}
	var codecs []platform.Codec
	for _, k := range c.Carries {
		if k.Codec == nil || !slices.ContainsFunc(a.engine.App().Functions, func(f *framework.Function) bool { return slices.ContainsFunc(f.Triggers, k.Of) }) {
			continue
		}
		if codec := k.Codec(); codec.Kind != "raw" && !slices.ContainsFunc(codecs, func(has platform.Codec) bool { return has.Kind == codec.Kind }) {
			codecs = append(codecs, codec)
		}
	}
	if c.Ingress != nil {
		if d.ingress, err = c.Ingress(a.engine); err != nil {
			return nil, err
		}
	}
	if d.dispatcher, err = platform.NewDispatcher(a.engine, append(codecs, raw(a.engine.App()))); err != nil {
		return nil, err
	}
	d.dispatcher.Identify = c.Identify
	a.deliveries[platformName] = d
	return d, nil
}

// raw is the codec of raw payloads. A function of another trigger takes none, though it be the unit's only one.
func raw(app *framework.App) platform.Codec {
	candidates := &framework.App{Unit: app.Unit}
	for _, f := range app.Functions {
		takes := len(f.Triggers) == 0
		takes = takes || slices.Contains(envelope.Kinds(f), "raw")
		if takes {
			candidates.Functions = append(candidates.Functions, f)
		}
	}
	return platform.Codec{Kind: "raw", Bind: func(*framework.App) (platform.Decoder, error) {
		if len(candidates.Functions) == 0 {
			return func(*platform.Payload) (platform.Call, bool, error) { return platform.Call{}, false, nil }, nil
		}
		return platform.Raw().Bind(candidates)
	}}
}

// answered sends a request to a server's handler and returns the response as it goes over the wire.
func answered(h http.Handler, r *http.Request) (response []byte, err error) {
	w, err := recorded(h, r)
	if err != nil {
		return nil, err
	}
	resp := w.Result()
	resp.Request = r // of HEAD the response has no body
	resp.ContentLength = int64(w.Body.Len())
	var b bytes.Buffer
	err = resp.Write(&b)
	return b.Bytes(), err
}

// recorded returns a response, and an error where a server would cut the connection.
func recorded(h http.Handler, r *http.Request) (w *httptest.ResponseRecorder, err error) {
	defer func() {
		if v := recover(); v == http.ErrAbortHandler {
			err = fmt.Errorf("%s %s: the function broke its response off", r.Method, r.URL)
		} else if v != nil {
			panic(v)
		}
	}()
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w, nil
}
