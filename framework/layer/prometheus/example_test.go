package prometheus_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/prometheus"
)

func ExampleNew() {
	rt := &framework.Runtime{Server: true} // which the platform says
	layer, err := prometheus.New(&prometheus.Config{Address: "127.0.0.1:0", Buckets: []float64{0.1, 1, 10}}, rt)
	if err != nil {
		panic(err)
	}
	paid := &framework.Function{Name: "paid", Handler: func(*framework.Context) error { return nil }}
	e := framework.NewEngine(rt, &framework.App{Unit: "shop", Functions: []*framework.Function{paid}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	defer e.Close(context.Background())
	if _, err := e.Invoke(context.Background(), framework.Invocation{Function: paid}); err != nil {
		panic(err)
	}
	response, err := http.Get("http://" + layer.Addr().String() + "/metrics")
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "faas_invocations_total") {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// faas_invocations_total{function="paid",outcome="error",unit="shop"} 0
	// faas_invocations_total{function="paid",outcome="ok",unit="shop"} 1
}
