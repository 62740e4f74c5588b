package shop_test

import (
	"io"
	"net/http/httptest"
	"testing"

	"github.com/faasgen/faasgen/examples/private-cloud/shop/internal/faasgen/app"
	nimbus "github.com/faasgen/faasgen/examples/private-cloud/sim/nimbus"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Payloads of the company's cloud arrive in tests as those of any other do.
func TestShop(t *testing.T) {
	a := faastest.Start(t, app.New, faastest.Cloud(nimbus.Cloud()))
	for _, tt := range []struct {
		kind  string
		event any
		want  string
	}{
		{"timer", timer.Event{Name: "sweep", Payload: "old"}, `"swept what is old"`},
		{"mq", mq.Message{ID: "1", Source: "orders", Body: []byte("tea")}, `"took tea from orders"`},
	} {
		response, err := a.Deliver("nimbus", a.Payload("nimbus", tt.kind, tt.event))
		if err != nil || string(response) != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.kind, response, err, tt.want)
		}
	}
	response, err := a.Deliver("nimbus", a.Payload("nimbus", "http", httptest.NewRequest("GET", "/orders/7", nil)))
	if err != nil {
		t.Fatal(err)
	}
	r := a.Response("nimbus", response)
	if body, err := io.ReadAll(r.Body); r.StatusCode != 200 || string(body) != `{"id":"7","state":"open"}` || err != nil {
		t.Errorf("%d %s, %v", r.StatusCode, body, err)
	}
}
