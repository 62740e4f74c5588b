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
	go.uber.org/multierr v1.10.0 // indirect
	go.uber.org/zap v1.26.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace (
	github.com/faasgen/faasgen => ../
	github.com/faasgen/faasgen/examples => ../examples
)
