module github.com/faasgen/faasgen/bench

go 1.26.0

require (
	github.com/aws/aws-lambda-go v1.55.1
	github.com/faasgen/faasgen v0.0.0-00010101000000-000000000000
	github.com/faasgen/faasgen/examples v0.0.0-00010101000000-000000000000
)

replace (
	github.com/faasgen/faasgen => ../
	github.com/faasgen/faasgen/examples => ../examples
)
