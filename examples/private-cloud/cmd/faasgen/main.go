// Command faasgen is the company's own: faasgen with the cloud nimbus beside those that everybody has.
package main

import (
	"github.com/faasgen/faasgen/cmd/faasgen/cli"
	sim "github.com/faasgen/faasgen/examples/private-cloud/sim/nimbus"
	target "github.com/faasgen/faasgen/examples/private-cloud/target/nimbus"
)

func main() { cli.Main(cli.Cloud(target.New(), sim.Cloud())) }
