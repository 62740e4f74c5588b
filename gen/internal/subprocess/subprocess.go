// Package subprocess makes commands that end when their context does, with all that they have started. It starts none.
package subprocess

import (
	"context"
	"os/exec"
	"time"
)

// patience is how long a command that was interrupted may take before it is killed.
const patience = 5 * time.Second

// Command is [exec.CommandContext] for a command that starts others, such as the go command: the end of ctx interrupts it
// and them, as Ctrl-C does, so that it ends soon and removes its temporary files.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = patience
	interruptible(cmd)
	return cmd
}
