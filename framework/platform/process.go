package platform

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	// Grace is how long a process takes at most to end after it was stopped. The vendors document no time of their own, and
	// most container runtimes kill after ten seconds: this is a little less.
	Grace = 9500 * time.Millisecond
	// Patience is the part of it in which running calls may continue. The rest is left to the end of the unit.
	Patience = 9 * time.Second
)

// Main is the main function of a loop: it runs it with a context that SIGTERM or SIGINT ends, and never returns. The process
// exits with 0 when run returns nil, else with 1 and the error on standard error.
func Main(run func(context.Context) error) {
	Process(func(ctx context.Context) int {
		if err := run(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "faasgen: "+err.Error())
			return 1
		}
		return 0
	})
}

// Process is [Main] for a program that chooses its exit code and says itself what went wrong. A second signal ends the
// process at once, as if nothing had been caught.
func Process(run func(context.Context) int) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-signals
		signal.Stop(signals) // first, so that the second signal is not caught and lost, as signal.NotifyContext may
		cancel()
	}()
	os.Exit(run(ctx))
}

// Stop is what [framework.Runtime.Stop] is where a loop runs under [Main], [Process] or its own handler of SIGTERM: the process ends as
// if it had been sent that signal. Where a process cannot send it to itself, which is on Windows, it exits at once.
func Stop() {
	if err := terminate(os.Getpid()); err != nil {
		os.Exit(1)
	}
}

// Ending is the context of what follows after ctx has ended: what runs is finished and the unit is closed, within [Grace].
func Ending(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), Grace)
}
