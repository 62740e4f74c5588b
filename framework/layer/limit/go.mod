module github.com/faasgen/faasgen/framework/layer/limit

go 1.26.0

replace github.com/faasgen/faasgen => ../../..

require (
	github.com/faasgen/faasgen v0.0.0-00010101000000-000000000000
	golang.org/x/time v0.16.0
)
