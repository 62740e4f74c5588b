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
	"strings"
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
// against the same handler on bare net/http, and the time from the start of each process to its first response. They take
// turns.
func benchHTTP(ctx context.Context, work string) (table, error) {
	bare := &server{name: "net/http", binary: filepath.Join(work, "bare")}
	if err := goBuild(ctx, ".", bare.binary, "./peer/nethttp"); err != nil {
		return nil, err
	}
	clouds := []struct{ what, target string }{{"FC custom runtime", "aliyun"}, {"SCF web function", "tencent"}}
	all := []*server{bare}
	found := map[string]*server{}
	for _, side := range sides() {
		dist, err := side.build(ctx, "hello", "aliyun,tencent")
		if err != nil {
			return nil, err
		}
		for _, c := range clouds {
			key := side.name + " " + c.target
			units, err := packages(dist, c.target)
			if err != nil {
				return nil, err
			}
			binary, err := program(units["hello"], work, strings.ReplaceAll(key, " ", "-"))
			if err != nil {
				return nil, err
			}
			found[key] = &server{name: key, binary: binary}
			all = append(all, found[key])
		}
	}
	for range starts {
		for _, s := range all {
			d, err := s.firstResponse(ctx)
			if err != nil {
				return nil, err
			}
			s.started = append(s.started, float64(d.Microseconds())/1000)
		}
	}
	for _, s := range all {
		addr, stop, err := listen(ctx, s.binary)
		if err != nil {
			return nil, err
		}
		defer stop()
		s.addr = addr
	}
	for range bursts {
		for _, s := range all {
			rate, err := load(ctx, "http://"+s.addr+"/hello?name=Ann")
			if err != nil {
				return nil, err
			}
			s.rates = append(s.rates, rate)
		}
	}
	rows := table{{"", "faasgen", "", "ratio", "budget"}}
	for _, c := range clouds {
		ours := found["faasgen "+c.target]
		rows = append(rows, []string{c.what, "", bare.name, "", ""},
			compare("requests a second", "", median(ours.rates), median(bare.rates), ">= 0.95x"),
			compare("start to first response", "ms", median(ours.started), median(bare.started), "<= 0.60x in the end"))
		if before := found["before "+c.target]; before != nil {
			rows = append(rows, []string{"", "", "before", "", ""},
				compare("requests a second", "", median(ours.rates), median(before.rates), ">= 1.00x"),
				compare("start to first response", "ms", median(ours.started), median(before.started), "<= 1.00x"))
		}
	}
	return rows, nil
}

// server is one program that listens, and its figures.
type server struct {
	name, binary, addr string
	rates, started     []float64
}

// firstAnswer starts the program, and returns how long it took until a request was answered.
func (s *server) firstResponse(ctx context.Context) (time.Duration, error) {
	started := time.Now()
	addr, stop, err := listen(ctx, s.binary)
	if err != nil {
		return 0, err
	}
	defer stop()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	ok, err := ask(ctx, transport, "http://"+addr+"/hello?name=Ann")
	took := time.Since(started)
	if err == nil && !ok {
		err = fmt.Errorf("%s: a wrong response", s.name)
	}
	return took, err
}

// listen starts a server on a free port, and returns when it answers. The process is shown to those who want to know it.
func listen(ctx context.Context, binary string, started ...func(*exec.Cmd)) (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr = l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = []string{"FC_SERVER_PORT=" + port, "FAAS_PORT=" + port, "FAAS_ADDR=" + addr, "FC_FUNC_CODE_PATH=" + filepath.Dir(binary)}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	for _, f := range started {
		f(cmd)
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

// load sends requests over a fixed number of connections for one burst and returns the responses a second.
func load(ctx context.Context, url string) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, burst)
	defer cancel()
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	defer transport.CloseIdleConnections()
	var responses, wrong atomic.Int64
	var wg sync.WaitGroup
	started := time.Now()
	for range clients {
		wg.Go(func() {
			for ctx.Err() == nil {
				switch ok, _ := ask(ctx, transport, url); {
				case ok:
					responses.Add(1)
				case ctx.Err() == nil:
					wrong.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := wrong.Load(); n > 0 {
		return 0, fmt.Errorf("%s: %d wrong responses", url, n)
	}
	return float64(responses.Load()) / time.Since(started).Seconds(), nil
}

// ask sends one request, and reports whether the response is the right one.
func ask(ctx context.Context, transport *http.Transport, url string) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("X-Fc-Control-Path", "/http-invoke")
	req.Header.Set("X-Fc-Request-Id", "1")
	req.Header.Set("X-Fc-Function-Timeout", "60")
	res, err := transport.RoundTrip(req)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body) == `{"message":"hello Ann"}`, err
}
