package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// serve runs binary against the barest possible Lambda Runtime API: it answers n polls at once and kills the process at
// the next one. The simulator of the project is not used, because what it checks would be measured too.
func serve(ctx context.Context, binary string, n int64) (firstPoll time.Duration, u usage, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, u, err
	}
	polled, done := make(chan struct{}), make(chan struct{})
	var polls, responses atomic.Int64
	deadline := strconv.FormatInt(time.Now().Add(time.Hour).UnixMilli(), 10)
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/invocation/next"):
			i := polls.Add(1)
			if i == 1 {
				close(polled)
			}
			if i > n {
				if i == n+1 {
					close(done)
				}
				<-r.Context().Done()
				return
			}
			h := w.Header()
			h.Set("Lambda-Runtime-Aws-Request-Id", strconv.FormatInt(i, 10))
			h.Set("Lambda-Runtime-Deadline-Ms", deadline)
			h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:1:function:hello")
			h.Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"name":"Ann"}`)
		case strings.HasSuffix(r.URL.Path, "/response"):
			body, _ := io.ReadAll(r.Body)
			if string(body) == `{"message":"hello Ann"}` {
				responses.Add(1)
			}
			w.WriteHeader(http.StatusAccepted)
		default: // extensions and anything else the vendor would refuse here
			w.WriteHeader(http.StatusForbidden)
		}
	})}
	go func() { _ = srv.Serve(listener) }()
	defer srv.Close()

	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(), "AWS_LAMBDA_FUNCTION_NAME=hello", "AWS_REGION=eu-central-1",
		"_HANDLER=bootstrap", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", "LAMBDA_TASK_ROOT=" + filepath.Dir(binary)}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, u, err
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	select {
	case <-polled:
		firstPoll = time.Since(started)
	case err := <-exited:
		return 0, u, fmt.Errorf("%s ended before its first poll: %v", binary, err)
	}
	select {
	case <-done:
	case err := <-exited:
		return 0, u, fmt.Errorf("%s ended after %d of %d invocations: %v", binary, polls.Load(), n, err)
	}
	u.peak, err = peakMemory(cmd.Process.Pid)
	_ = cmd.Process.Kill()
	<-exited
	if err != nil {
		return 0, u, err
	}
	if responses.Load() != n {
		return 0, u, fmt.Errorf("%s answered %d of %d invocations correctly", binary, responses.Load(), n)
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return firstPoll, u, nil
}

// usage is what a process used in its life.
type usage struct {
	cpu  time.Duration
	peak float64 // MB
}

// peakMemory reads VmHWM. The kernel's rusage would not do: it starts with the peak of the process that forked.
func peakMemory(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.Fields(kb)[0])
			return float64(n) / 1024, err
		}
	}
	return 0, fmt.Errorf("process %d: no VmHWM in its status", pid)
}
