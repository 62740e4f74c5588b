package adapter_test

import (
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
)

// answer is an error that stands for a response.
type answer struct{}

func (answer) Error() string { return "an answer" }
func (answer) Answer() any   { return "answered" }

func TestAnAnswerIsTheResult(t *testing.T) {
	text := "x"
	for name, handler := range map[string]framework.Handler{
		"value":       func(c *framework.Context) error { return adapter.Return(c, 7, answer{}) },
		"nothing":     func(c *framework.Context) error { return adapter.Return(c, nil, answer{}) },
		"pointer":     func(c *framework.Context) error { return adapter.ReturnPointer(c, &text, false, answer{}) },
		"nil pointer": func(c *framework.Context) error { return adapter.ReturnPointer(c, (*string)(nil), true, answer{}) },
	} {
		if got, _, err := invoke(t, nil, handler); got != "answered" || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
