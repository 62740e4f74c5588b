package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
)

type kind string

func (k kind) Kind() string { return string(k) }

func app(functions ...*framework.Function) *framework.App {
	return &framework.App{Unit: "u", Functions: functions}
}

func function(name string, h framework.Handler, triggers ...framework.Trigger) *framework.Function {
	return &framework.Function{Name: name, Handler: h, Triggers: triggers}
}

// dispatcher starts a.
func dispatcher(t *testing.T, a *framework.App, codecs ...Codec) (*Dispatcher, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewJSONHandler(log, nil))}, a)
	d, err := NewDispatcher(e, codecs)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return d, log
}

// takes is a codec that claims payloads with a member of its name.
func takes(member string, f *framework.Function, err error) Codec {
	return Codec{Kind: member, Bind: func(*framework.App) (Decoder, error) {
		return func(p *Payload) (Call, bool, error) {
			return Call{Function: f, Event: member, Reply: func(_ context.Context, result any, err error) ([]byte, error) {
				return fmt.Appendf(nil, "%s %v %v %s", member, result, err, p.Invocation.RequestID), nil
			}}, p.Has(member), err
		}, nil
	}}
}

func TestHandle(t *testing.T) {
	f := function("f", func(ctx *framework.Context) error { ctx.SetResult(ctx.Event()); return nil }, kind("raw"))
	broken := errors.New("broken")
	d, _ := dispatcher(t, app(f), takes("first", f, nil), takes("nobody", nil, nil), takes("second", f, nil))
	for raw, want := range map[string]string{
		`{"first":1,"second":2}`: "first first <nil> id",
		`{"second":2}`:           "second second <nil> id",
		`{"nobody":1}`:           "nobody <nil> <nil> id", // answered without a call
	} {
		got, err := d.Handle(context.Background(), []byte(raw), framework.Invocation{RequestID: "id"})
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", raw, got, err, want)
		}
	}
	_, err := d.Handle(context.Background(), []byte(`{"b":"private","a":1}`), framework.Invocation{})
	if want := `unknown_event: no trigger of unit u matches this event, a JSON object with the members "a", "b"`; text(err) != want {
		t.Errorf("an event that no function is for: %v, want %s", err, want)
	}
	d, _ = dispatcher(t, app(f), takes("first", f, broken))
	if _, err := d.Handle(context.Background(), []byte(`{"first":1}`), framework.Invocation{}); err != broken {
		t.Errorf("a broken event: %v", err)
	}
}

func TestBindErrors(t *testing.T) {
	bad := Codec{Kind: "http", Bind: func(*framework.App) (Decoder, error) { return nil, errors.New("two routes") }}
	e := framework.NewEngine(&framework.Runtime{}, app())
	if _, err := NewDispatcher(e, []Codec{bad}); text(err) != "http payloads: two routes" {
		t.Errorf("error %v", err)
	}
}

type panics struct{}

func (panics) MarshalJSON() ([]byte, error) { panic("private") }

func TestPanicOutsideOfTheHandler(t *testing.T) {
	f := function("f", func(ctx *framework.Context) error { ctx.SetResult(panics{}); return nil })
	d, log := dispatcher(t, app(f), Raw())
	_, err := d.Handle(context.Background(), []byte(`1`), framework.Invocation{RequestID: "id-1"})
	var pe *framework.PanicError
	if !errors.As(err, &pe) || !strings.Contains(log.String(), "panic outside of the handler") || !strings.Contains(log.String(), `"request_id":"id-1"`) {
		t.Errorf("error %v, log %s", err, log)
	}
}

func TestRaw(t *testing.T) {
	none := function("none", nil)
	event := function("event", nil, kind("raw"))
	web := function("web", nil, kind("http"))
	for _, tt := range []struct {
		app  *framework.App
		want string // the function, or the error
	}{
		{app(none), "none"},
		{app(web), "web"}, // the only function takes what there is
		{app(event, web), "event"},
		{app(web, none), "none"},
		{app(web, web), "no function of unit u takes raw events"},
		{app(event, web, none), `ambiguous_event: found a payload that names no function, and several of unit u take raw payloads: event, none; ` +
			`expected one such as {"faas":"call","function":"event","payload":{}}`},
		{app(), "no function of unit u takes raw events"},
	} {
		decode, err := Raw().Bind(tt.app)
		got := text(err)
		if err == nil {
			call, ok, err := decode(&Payload{Raw: []byte("x")})
			if got = text(err); err == nil {
				got = call.Function.Name
				if !ok || string(call.Event.([]byte)) != "x" {
					t.Errorf("call %v, %t", call, ok)
				}
			}
		}
		if got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// written writes itself as JSON.
type written string

func (w written) MarshalJSON() ([]byte, error) { return []byte(`"` + w + `"`), nil }

func TestEncodeReply(t *testing.T) {
	failed := errors.New("failed")
	for _, tt := range []struct {
		result any
		err    error
		want   string
		fault  string
	}{
		{nil, nil, "null", ""},
		{[]byte(" {"), nil, " {", ""},
		{json.RawMessage("1"), nil, "1", ""},
		{"<ü> & \u2028\n", nil, `"<ü> & \u2028\n"`, ""},
		{struct{ A []string }{[]string{"<b>"}}, nil, `{"A":["<b>"]}`, ""},
		{written("<b>&"), nil, `"<b>&"`, ""},
		{map[string]any{"a": []int(nil)}, nil, `{"a":null}`, ""},
		{"dropped", failed, "", "failed"},
		{make(chan int), nil, "", "encode the result of type chan int: json: unsupported type: chan int"},
	} {
		got, err := EncodeReply(context.Background(), tt.result, tt.err)
		if string(got) != tt.want || text(err) != tt.fault {
			t.Errorf("%v: %s, %v; want %s, %s", tt.result, got, err, tt.want, tt.fault)
		}
	}
}

func TestDescribe(t *testing.T) {
	const hidden = "the function failed; its log has the reason"
	for _, tt := range []struct {
		err  error
		dev  bool
		want Description
	}{
		{errors.New("private"), false, Description{"internal", hidden}},
		{errors.New("private"), true, Description{"internal", "private"}},
		{&framework.PanicError{Value: "private"}, false, Description{"panic", hidden}},
		{&framework.Error{Code: "c", Message: "m", Err: errors.New("private")}, false, Description{"c", "m"}},
		{fmt.Errorf("private: %w", &framework.Error{Message: "m"}), false, Description{"error", "m"}},
		{&framework.Error{Code: "c", Message: "m", Err: errors.New("cause")}, true, Description{"c", "c: m: cause"}},
	} {
		if got := Describe(tt.err, tt.dev); got != tt.want {
			t.Errorf("%v (dev %t): %+v, want %+v", tt.err, tt.dev, got, tt.want)
		}
	}
}

// A vendor refuses an error document that is too large, and a refused answer ends the process.
func TestDescribeCutsWhatIsLong(t *testing.T) {
	long := strings.Repeat("ü", 4<<20)
	for _, dev := range []bool{false, true} {
		d := Describe(&framework.Error{Code: long, Message: "x" + long}, dev)
		if len(d.Message) > 33<<10 || len(d.Type) > 300 || !utf8.ValidString(d.Message+d.Type) || !strings.HasSuffix(d.Message, "ü...") || !strings.HasSuffix(d.Type, "ü...") {
			t.Errorf("dev %t: %d bytes %.20q, %d bytes %.20q", dev, len(d.Type), d.Type, len(d.Message), d.Message)
		}
	}
}

func TestShape(t *testing.T) {
	for raw, want := range map[string]string{
		`{"b":1,"a":2}`: `a JSON object with the members "a", "b"`,
		`{}`:            "a JSON object with no members",
		`[1]`:           "JSON that is not an object",
		`null`:          "JSON that is not an object",
		`{"a":`:         "5 bytes that are not JSON",
		`{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0}`: `a JSON object with the members "1", "2", "3", "4", "5", "6", "7", "8" and 1 more`,
		`{"` + strings.Repeat("x", 99) + `":0}`:                   `a JSON object with the members "` + strings.Repeat("x", 40) + `"`,
	} {
		if got := Shape([]byte(raw)); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
}
