// Command faasgen is the company's own: faasgen with the cloud nimbus in addition to the built-in ones.
package main

import (
	"github.com/faasgen/faasgen/cmd/faasgen/cli"
	sim "github.com/faasgen/faasgen/examples/private-cloud/sim/nimbus"
	target "github.com/faasgen/faasgen/examples/private-cloud/target/nimbus"
)

func main() { cli.Main(cli.Cloud(target.New(), sim.Cloud())) }
