package faastest

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/aws/cloudwatch"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/tencent"
	"github.com/faasgen/faasgen/framework/platform/tencent/cls"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Deliver hands a payload over as a cloud would, to whichever function it is for, through that cloud's own codecs, and
// returns the answer as that cloud would get it; [Response] reads the answer to a request. The payload is one of
// [Payload], or one that was taken from the cloud. An error is the function's own, of which the cloud would be told only
// what a stranger may know.
func (a *App) Deliver(platformName string, payload []byte) ([]byte, error) {
	switch platformName {
	case AWS, Tencent, Aliyun, Local:
	default:
		return nil, unknownPlatform(platformName)
	}
	inv := framework.Invocation{RequestID: a.newID()}
	if c, ok := clouds()[platformName]; ok {
		if c.Front != nil {
			if r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(payload))); err == nil {
				front, err := c.Front(a.engine, inv.RequestID)
				if err != nil {
					return nil, err
				}
				return answered(front, r.WithContext(a.ctx))
			}
		}
		inv.Vendor = c.Invocation(inv.RequestID, payload)
	}
	switch platformName {
	case AWS:
		inv.Vendor = &aws.Invocation{RequestID: inv.RequestID, Event: payload}
	case Tencent:
		inv.Vendor = &tencent.Invocation{RequestID: inv.RequestID, Event: payload}
	case Local:
		if envelope.IsRequest(payload) {
			return a.localRequest(payload)
		}
		if envelope.IsTimer(payload) {
			return a.localTimer(payload)
		}
	}
	d, err := a.dispatcher(platformName)
	if err != nil {
		return nil, err
	}
	return d.Handle(a.ctx, payload, inv)
}

// dispatcher has the codecs that a main of that platform would name for the unit.
func (a *App) dispatcher(platformName string) (*platform.Dispatcher, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if d := a.dispatchers[platformName]; d != nil {
		return d, nil
	}
	kinds := map[string]bool{}
	for _, f := range a.engine.App().Functions {
		for _, kind := range envelope.Kinds(f) {
			kinds[kind] = true
		}
	}
	var codecs []platform.Codec
	add := func(kind string, codec func() platform.Codec) {
		if kinds[kind] {
			codecs = append(codecs, codec())
		}
	}
	var looks func(*platform.Payload) string
	if c, ok := clouds()[platformName]; ok {
		looks = c.Looks
		for _, k := range c.Carries {
			if k.Codec != nil && slices.ContainsFunc(a.engine.App().Functions, func(f *framework.Function) bool {
				return slices.ContainsFunc(f.Triggers, func(t framework.Trigger) bool { return k.Of(t) })
			}) {
				codecs = append(codecs, k.Codec())
			}
		}
	}
	switch platformName {
	case AWS:
		looks = aws.Looks
		add("http", aws.HTTP)
		add("timer", aws.Timer)
		add("os", aws.Bucket)
		add("mq", aws.Queue)
		add("kafka", aws.Kafka)
		add("log", cloudwatch.Log)
		add("event", aws.Bus)
	case Tencent:
		looks = tencent.Looks
		add("http", tencent.HTTP)
		add("timer", tencent.Timer)
		add("os", tencent.Bucket)
		add("mq", tencent.Queue)
		add("kafka", tencent.Kafka)
		add("log", cls.Log)
	}
	codecs = append(codecs, raw(a.engine.App()))
	d, err := platform.NewDispatcher(a.engine, codecs)
	if err != nil {
		return nil, err
	}
	d.Looks = looks
	a.dispatchers[platformName] = d
	return d, nil
}

// raw is the codec of raw payloads. A whole application may have several functions for them, which is no mistake before
// such a payload comes; and a function of another trigger takes none, though it be the unit's only one.
func raw(app *framework.App) platform.Codec {
	takers := &framework.App{Unit: app.Unit}
	for _, f := range app.Functions {
		takes := len(f.Triggers) == 0
		takes = takes || slices.Contains(envelope.Kinds(f), "raw")
		if takes {
			takers.Functions = append(takers.Functions, f)
		}
	}
	return platform.Codec{Kind: "raw", Bind: func(*framework.App) (platform.Decoder, error) {
		if len(takers.Functions) == 0 {
			return func(*platform.Payload) (platform.Call, bool, error) { return platform.Call{}, false, nil }, nil
		}
		decode, err := platform.Raw().Bind(takers)
		if err != nil {
			return func(*platform.Payload) (platform.Call, bool, error) { return platform.Call{}, true, err }, nil
		}
		return decode, nil
	}}
}

// answered sends a request to a server's handler and returns the response as it goes over the wire.
func answered(h http.Handler, r *http.Request) (answer []byte, err error) {
	w, err := recorded(h, r)
	if err != nil {
		return nil, err
	}
	resp := w.Result()
	resp.Request = r // of HEAD the answer has no body
	resp.ContentLength = int64(w.Body.Len())
	var b bytes.Buffer
	err = resp.Write(&b)
	return b.Bytes(), err
}

// recorded returns an answer, and an error where a server would cut the connection.
func recorded(h http.Handler, r *http.Request) (w *httptest.ResponseRecorder, err error) {
	defer func() {
		if v := recover(); v == http.ErrAbortHandler {
			err = fmt.Errorf("%s %s: the function broke its answer off", r.Method, r.URL)
		} else if v != nil {
			panic(v)
		}
	}()
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w, nil
}

// localRequest answers with the outcome that faasgen invoke has.
func (a *App) localRequest(event []byte) ([]byte, error) {
	in, err := envelope.ParseRequest(nil, event)
	if err != nil {
		return nil, err
	}
	u, err := url.ParseRequestURI(in.Target)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(a.ctx, in.Method, in.Target, bytes.NewReader(in.Body))
	if err != nil {
		return nil, err
	}
	r.URL, r.Host, r.RemoteAddr = u, cmp.Or(in.Host, "localhost"), "127.0.0.1:0"
	for _, h := range in.Header {
		r.Header.Add(h[0], h[1])
	}
	w, err := recorded(a.handler, r)
	if err != nil {
		return nil, err
	}
	o := envelope.Outcome{Kind: "http", Status: w.Code, Headers: w.Result().Header}
	if m := a.router.Match(in.Method, r.Host, u.Path, u.RawPath); m.Function != nil {
		o.Function = m.Function.Name
	}
	o.SetBody(w.Body.Bytes())
	return json.Marshal(o)
}

// localTimer fires the timer that the event names.
func (a *App) localTimer(event []byte) ([]byte, error) {
	var form struct{ Name string }
	if err := json.Unmarshal(event, &form); err != nil {
		return nil, err
	}
	for _, f := range a.engine.App().Functions {
		for _, s := range triggers[timer.Schedule](f) {
			if s.Name != form.Name {
				continue
			}
			e, err := envelope.ParseTimer([]timer.Schedule{s}, event, a.now())
			if err != nil {
				return nil, err
			}
			result, err := a.invoke(f, e)
			return platform.EncodeReply(a.ctx, result, err)
		}
	}
	return nil, fmt.Errorf("no timer %q", form.Name)
}
