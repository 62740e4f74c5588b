module github.com/faasgen/faasgen/bench

go 1.26.0

require (
	github.com/aws/aws-lambda-go v1.55.1
	github.com/faasgen/faasgen v0.0.0-00010101000000-000000000000
	github.com/faasgen/faasgen/examples v0.0.0-00010101000000-000000000000
	go.uber.org/dig v1.19.0
	go.uber.org/fx v1.24.0
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/prometheus/client_golang v1.25.0 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/otel v1.47.0 // indirect
	go.opentelemetry.io/otel/log v1.47.0 // indirect
	go.opentelemetry.io/otel/metric v1.47.0 // indirect
	go.opentelemetry.io/otel/sdk v1.47.0 // indirect
	go.opentelemetry.io/otel/sdk/metric v1.47.0 // indirect
	go.opentelemetry.io/otel/trace v1.47.0 // indirect
	golang.org/x/time v0.16.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)

require (
	github.com/faasgen/faasgen/framework/layer/limit v0.0.0-00010101000000-000000000000
	github.com/faasgen/faasgen/framework/layer/otel v0.0.0-00010101000000-000000000000
	github.com/faasgen/faasgen/framework/layer/prometheus v0.0.0-00010101000000-000000000000
	go.uber.org/multierr v1.11.0 // indirect
	go.uber.org/zap v1.26.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace (
	github.com/faasgen/faasgen => ../
	github.com/faasgen/faasgen/examples => ../examples
)

replace github.com/faasgen/faasgen/framework/layer/limit => ../framework/layer/limit

replace github.com/faasgen/faasgen/framework/layer/prometheus => ../framework/layer/prometheus

replace github.com/faasgen/faasgen/framework/layer/otel => ../framework/layer/otel
