package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestConfirm(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n": true, "Y\n": true, " yes \n": true, "yes": true, "YES\r\n": true,
		"": false, "\n": false, "n\n": false, "no\n": false, "yep\n": false, "deploy\ny\n": false,
	} {
		var out bytes.Buffer
		tool := &tool{in: strings.NewReader(answer), err: &out}
		got, err := tool.confirm("deploy this?")
		if got != want || err != nil {
			t.Errorf("%q: %v, %v, want %v", answer, got, err, want)
		}
		if out.String() != "deploy this? [y/N] " {
			t.Errorf("asked %q", out.String())
		}
	}
	broken := errors.New("gone")
	if ok, err := (&tool{in: iotest.ErrReader(broken), err: new(bytes.Buffer)}).confirm("?"); ok || !errors.Is(err, broken) {
		t.Errorf("%v, %v", ok, err)
	}
}
