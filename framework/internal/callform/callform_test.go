package callform

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestAppendCall(t *testing.T) {
	for _, tt := range []struct {
		function, payload string
		context           *Context
		want              string
	}{
		{"f", "", nil, `{"faas":"call","function":"f"}`},
		{"f", `{"a":1}`, nil, `{"faas":"call","function":"f","payload":{"a":1}}`},
		{"f", `1`, &Context{}, `{"faas":"call","function":"f","payload":1,"context":{}}`},
		{"ü\"", `1`, &Context{Answer: true, Timeout: 5, Key: "k\n", Traceparent: "00-a", Tracestate: "x=1"},
			`{"faas":"call","function":"ü\"","payload":1,"context":{"answer":true,"timeout":5,"key":"k\n","traceparent":"00-a","tracestate":"x=1"}}`},
	} {
		got := AppendCall(nil, tt.function, []byte(tt.payload), tt.context)
		if string(got) != tt.want || !json.Valid(got) {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, tt := range []struct {
		result  string
		failure *Error
		want    string
	}{
		{`{"a":1}`, nil, `{"faas":"answer","payload":{"a":1}}`},
		{`null`, nil, `{"faas":"answer","payload":null}`},
		{"\xff", nil, `{"faas":"answer","base64":"/w=="}`},
		{"", nil, `{"faas":"answer","base64":""}`},
		{"", &Error{Status: 409, Code: "c", Message: "m"}, `{"faas":"answer","error":{"status":409,"code":"c","message":"m"}}`},
	} {
		got := AppendAnswer(nil, []byte(tt.result), tt.failure)
		if string(got) != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
		result, failure, err := ReadAnswer(got)
		if err != nil || string(result) != tt.result || (failure == nil) != (tt.failure == nil) || failure != nil && *failure != *tt.failure {
			t.Errorf("%s: %q, %v, %v", got, result, failure, err)
		}
	}
}

func TestReadAnswerRefuses(t *testing.T) {
	for raw, want := range map[string]string{
		``:                                      "0 bytes that are no JSON",
		`{"faas":"answer","payload":{"secret":`: "no JSON of that form",
		`{"secret":1}`:                          "other JSON",
		`{"faas":"answer"}`:                     "neither a result nor an error",
		`[1]`:                                   "no JSON of that form",
		`{"faas":"answer","base64":"%secret"}`:  "no JSON of that form",
	} {
		result, failure, err := ReadAnswer([]byte(raw))
		if err == nil || result != nil || failure != nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %q, %v, %v; want %s", raw, result, failure, err, want)
		}
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add([]byte(`{"faas":"answer","payload":{"a":1}}`))
	f.Add([]byte(`{"faas":"answer","base64":"/w=="}`))
	f.Add([]byte(`{"faas":"answer","error":{"status":409,"code":"c","message":"m"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		result, failure, err := ReadAnswer(raw)
		if err != nil {
			if result != nil || failure != nil {
				t.Fatalf("%q, %v and an error", result, failure)
			}
			return
		}
		again, second, err := ReadAnswer(AppendAnswer(nil, result, failure))
		if err != nil || !bytes.Equal(again, result) || (second == nil) != (failure == nil) {
			t.Fatalf("%q, %v became %q, %v, %v", result, failure, again, second, err)
		}
	})
}
