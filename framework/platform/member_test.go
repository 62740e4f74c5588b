package platform

import "testing"

func TestText(t *testing.T) {
	p := &Payload{Raw: []byte(`{"s":"x\u00e9","e":"","n":null,"i":1,"o":{},"a":[],"b":true}`)}
	tests := []struct{ name, want, err string }{
		{name: "s", want: "xé"},
		{name: "e"},
		{name: "n"},
		{name: "missing"},
		{name: "S"}, // names are exact
		{name: "i", err: "invalid_event: i: found a number, expected a string"},
		{name: "o", err: "invalid_event: o: found an object, expected a string"},
		{name: "a", err: "invalid_event: a: found an array, expected a string"},
		{name: "b", err: "invalid_event: b: found a boolean, expected a string"},
	}
	for _, tt := range tests {
		got, err := p.Text(tt.name)
		if got != tt.want || text(err) != tt.err {
			t.Errorf("Text(%q) = %q, %v; want %q, %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}
