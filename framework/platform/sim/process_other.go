//go:build !unix

package sim

import (
	"errors"
	"os"
	"os/exec"
)

// Artefacts are Linux programs; elsewhere this only has to compile and to fail clearly.

var errNoSignals = errors.New("this system cannot freeze processes")

func isolate(*exec.Cmd) {}

func killGroup(p *os.Process) error   { return p.Kill() }
func stopGroup(*os.Process) error     { return errNoSignals }
func continueGroup(*os.Process) error { return errNoSignals }
