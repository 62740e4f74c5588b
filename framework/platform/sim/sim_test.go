package sim

import (
	"slices"
	"testing"
)

func TestValues(t *testing.T) {
	r := &Response{Header: [][2]string{{"Set-Cookie", "a"}, {"X", "1"}, {"set-COOKIE", "b"}, {"Set-Cookie2", "c"}}}
	if got := r.Values("set-cookie"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("values %q", got)
	}
	if got := r.Values("missing"); got != nil {
		t.Errorf("values of nothing %q", got)
	}
}

func TestErrors(t *testing.T) {
	for want, err := range map[string]error{
		"init error: exited: with code 3":                       &InitError{Type: "exited", Message: "with code 3"},
		"Function.NotFound: no book":                            &FunctionError{Type: "Function.NotFound", Message: "no book"},
		"protocol violations:\n\tanswered twice\n\tspoke first": &ViolationError{Rules: []string{"answered twice", "spoke first"}},
	} {
		if err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	}
}
