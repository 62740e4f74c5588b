package aws_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
)

// Lambda hands over no event whose time is up: if the deadline has passed all the same, the clock of the sandbox is wrong, as it
// may be for a while after it was frozen, and the function is not to pay for it.
func TestDeadlineInThePast(t *testing.T) {
	a := artefact(t)
	a.Output = t.Output()
	a.API = func(vendor http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/invocation/next") {
				vendor.ServeHTTP(w, r)
				return
			}
			event := httptest.NewRecorder()
			vendor.ServeHTTP(event, r)
			for name, values := range event.Header() {
				w.Header()[name] = values
			}
			w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(-time.Hour).UnixMilli()))
			w.WriteHeader(event.Code)
			w.Write(event.Body.Bytes())
		})
	}
	p, err := awssim.New(awssim.Options{Ingress: "url", Streaming: true, Grace: testBudget}).Start(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop(context.Background()) })
	response, err := p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/slow?ms=50", Host: "shop.example.com"})
	if err != nil || response.Status != 200 {
		t.Errorf("response %+v, error %v; want the function's own", response, err)
	}
}
