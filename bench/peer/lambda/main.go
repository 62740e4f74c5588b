// Command lambda is the hello function on aws-lambda-go, built with the tag lambda.norpc: what the event-only hello of
// faasgen is measured against.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/faasgen/faasgen/examples/hello"
)

func main() { lambda.Start(hello.Hello) }
