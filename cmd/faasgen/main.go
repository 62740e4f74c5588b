// Command faasgen generates, builds and runs serverless applications. Everything is in package cli: a company that has a
// cloud of its own writes these five lines too and adds cli.Cloud(its target, its payloads and its simulator).
package main

import "github.com/faasgen/faasgen/cmd/faasgen/cli"

func main() { cli.Main() }
