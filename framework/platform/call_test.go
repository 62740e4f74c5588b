package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// told answers with the function's name and its event.
func told(name string, triggers ...framework.Trigger) *framework.Function {
	return function(name, func(ctx *framework.Context) error {
		ctx.SetResult([]byte(fmt.Sprintf("%s %s", ctx.FunctionName(), ctx.Event())))
		return nil
	}, triggers...)
}

// members is a codec of the payloads that have a member of the function's name.
func members(functions ...*framework.Function) Codec {
	return Codec{Kind: "http", Bind: func(*framework.App) (Decoder, error) {
		return func(p *Payload) (Call, bool, error) {
			for _, f := range functions {
				if v := p.Field(f.Name); v != nil {
					return Call{Function: f, Event: v, Reply: EncodeReply}, true, nil
				}
			}
			if p.Has("broken") {
				return Call{}, true, InvalidEvent("broken")
			}
			return Call{}, false, nil
		}, nil
	}}
}

func TestCalls(t *testing.T) {
	web, callee, both := told("web", kind("http")), told("callee", kind("http"), framework.Callee{}), told("both", kind("http"), kind("raw"))
	d, _ := dispatcher(t, app(told("a"), told("b", kind("raw")), web, callee, both), members(web, callee, both), Raw())
	for _, tt := range []struct{ payload, want string }{
		{`{"faas":"call","function":"a","payload":{"n":1}}`, `a {"n":1}`},
		{"\n{ \"payload\" : [1, 2] , \"function\" : \"b\" , \"faas\" : \"call\" } ", `b [1, 2]`},
		{`{"faas":"call","function":"b","payload":null}`, `b null`},
		{`{"faas":"call","function":"b"}`, `b {}`},
		{`{"faas":"call","function":"\u0061","payload":17}`, `a 17`},
		// The payload is data, though it looks like that of another, or like a call.
		{`{"faas":"call","function":"a","payload":{"web":1}}`, `a {"web":1}`},
		{`{"faas":"call","function":"a","payload":{"faas":"call","function":"b"}}`, `a {"faas":"call","function":"b"}`},
		// One that takes raw payloads gets its own, whatever else it takes.
		{`{"faas":"call","function":"both","payload":{"both":1}}`, `both {"both":1}`},
		{`{"faas":"call","function":"both","payload":{"broken":1}}`, `both {"broken":1}`},
		{`{"faas":"call","function":"callee","payload":{"callee":1}}`, `callee {"callee":1}`},
		// The payloads of triggers come from where the deployment says alone.
		{`{"faas":"call","function":"web","payload":{"web":1}}`, `not_callable: function web is not one that other functions call`},
		{`{"faas":"call","function":"web"}`, `not_callable: function web is not one that other functions call`},
		// Broken ones.
		{`{"faas":"call","function":"c"}`, `unknown_function: call: found the function "c", expected one of unit u: a, b, web, callee, both`},
		{`{"faas":"call"}`, `unknown_function: call: found the function "", expected one of unit u: a, b, web, callee, both`},
		{`{"faas":"call","function":1}`, `invalid_event: function: found a number, expected a string`},
		{`{"faas":"call","function":"a","payload":{"n":01}}`, `invalid_event: call: found broken JSON`},
		// None.
		{`{"faas":"timer","function":"a"}`, `ambiguous_event: `},
		{`{"faas":["call"],"function":"a"}`, `ambiguous_event: `},
		{`[{"faas":"call","function":"a"}]`, `ambiguous_event: `},
		{`{"n":1}`, `ambiguous_event: `},
		{`{"faas":"call","function":"b","payload":"x","trace":"later"}`, `ambiguous_event: `},
		{`{"faas":"call","function":"a","function":"b"}`, `ambiguous_event: `},
		{`{"faas":"call","function":"b","Payload":1}`, `ambiguous_event: `},
	} {
		got, err := d.Handle(context.Background(), []byte(tt.payload), framework.Invocation{})
		if err != nil {
			got = []byte(err.Error())
		}
		if whole := string(got); whole != tt.want && (!strings.HasSuffix(tt.want, ": ") || !strings.HasPrefix(whole, tt.want)) {
			t.Errorf("%s: %s, want %s", tt.payload, got, tt.want)
		}
	}
}

// A unit of a hundred functions has an error of a few hundred bytes.
func TestUnknownFunctionIsShort(t *testing.T) {
	var functions []*framework.Function
	for i := range 100 {
		functions = append(functions, told(fmt.Sprintf("f-%d", i)))
	}
	_, _, ok, err := Called(app(functions...), &Payload{Raw: []byte(`{"faas":"call","function":"` + strings.Repeat("x", 1000) + `"}`)})
	if got := text(err); !ok || len(got) > 300 || !strings.HasSuffix(got, "f-8, f-9 and 90 more") {
		t.Errorf("%t, %s", ok, got)
	}
}

func TestEncodeCall(t *testing.T) {
	for payload, want := range map[string]string{
		"":          `{"faas":"call","function":"f"}`,
		" \n":       `{"faas":"call","function":"f"}`,
		` {"a": 1}`: `{"faas":"call","function":"f","payload":{"a": 1}}`,
		`null`:      `{"faas":"call","function":"f","payload":null}`,
		`plain`:     `call of function f: found a payload of 5 bytes that are not JSON; such a payload can only be sent by itself, to a unit with one function for raw payloads`,
	} {
		got, err := EncodeCall("f", []byte(payload))
		if err != nil {
			got = []byte(err.Error())
		}
		if string(got) != want {
			t.Errorf("%q: %s, want %s", payload, got, want)
		}
	}
}

func FuzzCalled(f *testing.F) {
	for _, seed := range []string{
		`{"faas":"call","function":"a","payload":{"n":1}}`, `{"faas":"call","function":"b"}`, `{"faas":"call","function":1,"payload":}`, `{"faas":"timer"}`, `"faas"`,
		`{"faas":"call","function":"a","payload":{},"context":{"answer":true,"timeout":1}}`, `{"faas":"call","function":"a","other":1}`, `{"faas":"call","function":"a","function":"b"}`,
	} {
		f.Add([]byte(seed))
	}
	a := app(told("a"), told("b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		found, payload, ok, err := Called(a, &Payload{Raw: raw})
		var want struct {
			Faas     any             `json:"faas"`
			Function any             `json:"function"`
			Payload  json.RawMessage `json:"payload"`
		}
		switch {
		case !ok && (found != nil || err != nil), err != nil && found != nil, ok && err == nil && found == nil:
			t.Fatalf("found %v, %t, %v", found, ok, err)
		case err == nil && ok && !json.Valid(payload):
			t.Fatalf("payload %q", payload)
		case err == nil && ok:
			// encoding/json takes FAAS for faas, so it only has to agree on what was taken.
			if json.Unmarshal(raw, &want) != nil {
				t.Fatal("a call that is not JSON")
			}
			var members map[string]json.RawMessage
			if json.Unmarshal(raw, &members) != nil {
				t.Fatal("a call that is no object")
			}
			for _, name := range []string{"faas", "function", "payload", "context"} {
				delete(members, name)
			}
			if len(members) > 0 {
				t.Fatalf("a call with other members: %v", members)
			}
			b, err := EncodeCall(found.Name, payload)
			again, second, ok, err2 := Called(a, &Payload{Raw: b})
			if err != nil || err2 != nil || !ok || again != found || !bytes.Equal(second, bytes.TrimSpace(payload)) {
				t.Fatalf("%s: %v, %v, %t, %s", b, err, err2, ok, second)
			}
		}
	})
}
