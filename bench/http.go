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
	"sync"
	"sync/atomic"
	"time"
)

const (
	clients = 8               // connections that send requests at once
	burst   = 2 * time.Second // of requests to one server
	bursts  = 5               // for each median
)

// benchHTTP measures requests a second of the http hello as Alibaba's custom runtime and Tencent's web functions run it,
// against the same handler on bare net/http. They take turns.
func benchHTTP(ctx context.Context, work string) (table, error) {
	fc, scf, bare := filepath.Join(work, "fc"), filepath.Join(work, "scf"), filepath.Join(work, "bare")
	for out, main := range map[string]string{fc: "aliyun", scf: "tencent"} {
		if err := goBuild(ctx, "../examples", out, "./hello/internal/faasgen/hello/"+main); err != nil {
			return nil, err
		}
	}
	if err := goBuild(ctx, ".", bare, "./peer/nethttp"); err != nil {
		return nil, err
	}
	binaries := []string{fc, scf, bare}
	addrs := make([]string, len(binaries))
	for i, binary := range binaries {
		addr, stop, err := listen(ctx, binary)
		if err != nil {
			return nil, err
		}
		defer stop()
		addrs[i] = addr
	}
	rates := make([][]float64, len(binaries))
	for range bursts {
		for i, addr := range addrs {
			rate, err := load(ctx, "http://"+addr+"/hello?name=Ann")
			if err != nil {
				return nil, err
			}
			rates[i] = append(rates[i], rate)
		}
	}
	return table{
		{"requests a second", "faasgen", "net/http", "ratio", "budget"},
		compare("FC custom runtime", "", median(rates[0]), median(rates[2]), ">= 0.97x"),
		compare("SCF web function", "", median(rates[1]), median(rates[2]), ">= 0.97x"),
	}, nil
}

// listen starts a server on a free port, and returns when it answers.
func listen(ctx context.Context, binary string) (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr = l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = []string{"FC_SERVER_PORT=" + port, "FAAS_PORT=" + port, "FC_FUNC_CODE_PATH=" + filepath.Dir(binary)}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	for tries := 0; ; tries++ {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return addr, stop, c.Close()
		}
		if tries == 1000 {
			stop()
			return "", nil, fmt.Errorf("%s does not listen: %w", binary, err)
		}
		time.Sleep(time.Millisecond)
	}
}

// load sends requests over a fixed number of connections for one burst and returns the answers a second.
func load(ctx context.Context, url string) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, burst)
	defer cancel()
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	defer transport.CloseIdleConnections()
	var answers, wrong atomic.Int64
	var wg sync.WaitGroup
	started := time.Now()
	for range clients {
		wg.Go(func() {
			for ctx.Err() == nil {
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
				if err != nil {
					wrong.Add(1)
					return
				}
				req.Header.Set("X-Fc-Control-Path", "/http-invoke")
				req.Header.Set("X-Fc-Request-Id", "1")
				req.Header.Set("X-Fc-Function-Timeout", "60")
				res, err := transport.RoundTrip(req)
				if err != nil {
					if ctx.Err() == nil {
						wrong.Add(1)
					}
					continue
				}
				body, err := io.ReadAll(res.Body)
				res.Body.Close()
				switch {
				case err == nil && string(body) == `{"message":"hello Ann"}`:
					answers.Add(1)
				case ctx.Err() == nil:
					wrong.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := wrong.Load(); n > 0 {
		return 0, fmt.Errorf("%s: %d wrong answers", url, n)
	}
	return float64(answers.Load()) / time.Since(started).Seconds(), nil
}
