//go:build unix

package dev

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps Ctrl-C from reaching the child: the gateway stops it, after the requests that are under way.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
