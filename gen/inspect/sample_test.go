package inspect_test

import "testing"

// TestSample checks what is made up for each kind of field, and what is left out.
func TestSample(t *testing.T) {
	app := read(t, module(t, "sample.txtar"))
	for function, want := range map[string]string{
		"shop-bound": `{"Amount":1,"Bytes":"dGV4dA==","Raw":{},"at":"2026-01-02T03:04:05Z","base":"text","count":"1","pair":[true,true],"prices":{"key":1},"tags":["text"],"tree":{"Name":"text"}}`,
		"shop-bytes": "",
		"shop-none":  "",
		"shop-own":   "",
		"unknown":    "",
	} {
		got, err := app.Sample(function)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v\nwant %s", function, got, err, want)
		}
	}
}
