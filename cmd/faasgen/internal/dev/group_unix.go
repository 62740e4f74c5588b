//go:build unix

package dev

import (
	"os/exec"
	"syscall"
)

// OwnGroup keeps Ctrl-C from reaching a child that its parent stops: the gateway does after the requests that are under way.
func OwnGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
