package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	uploadSize = 20 << 20
	uploadRuns = 3 // processes for each median
)

// benchUpload measures what a process holds of a file that its function reads as web.Upload: the peak of its memory after a file of 20 MB
// against the peak after one of 20 KB, with examples/guestbook behind Alibaba's loop and as an ordinary server.
func benchUpload(ctx context.Context, work string) (table, error) {
	dist, err := sides()[0].build(ctx, "guestbook", "aliyun")
	if err != nil {
		return nil, err
	}
	units, err := packages(dist, "aliyun")
	if err != nil {
		return nil, err
	}
	custom, err := program(units["guestbook-show"], work, "guestbook-aliyun")
	if err != nil {
		return nil, err
	}
	local := filepath.Join(work, "guestbook-local")
	if err := goBuild(ctx, "../examples", local, "./guestbook/internal/faasgen/local"); err != nil {
		return nil, err
	}
	rows := table{{"", "20 MB", "20 KB", "ratio", "budget"}}
	for _, p := range []struct{ what, binary string }{{"FC custom runtime", custom}, {"local server", local}} {
		var large, small []float64
		for range uploadRuns {
			for _, m := range []struct {
				size  int64
				peaks *[]float64
			}{{uploadSize, &large}, {20 << 10, &small}} {
				peak, err := uploadPeak(ctx, p.binary, m.size)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", p.what, err)
				}
				*m.peaks = append(*m.peaks, peak)
			}
		}
		rows = append(rows, compare(p.what+", peak RSS", "MB", median(large), median(small), "<= 1.25x"))
	}
	return rows, nil
}

// uploadPeak starts a server, sends it one film, and returns the peak of its memory in MB.
func uploadPeak(ctx context.Context, binary string, size int64) (float64, error) {
	var pid int
	addr, stop, err := listen(ctx, binary, func(cmd *exec.Cmd) { pid = cmd.Process.Pid })
	if err != nil {
		return 0, err
	}
	defer stop()
	const head = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nt\r\n--b\r\nContent-Disposition: form-data; name=\"film\"; filename=\"f\"\r\n\r\n"
	const tail = "\r\n--b--\r\n"
	zeros, err := os.Open("/dev/zero")
	if err != nil {
		return 0, err
	}
	defer zeros.Close()
	r, err := http.NewRequestWithContext(ctx, "POST", "http://"+addr+"/films", io.MultiReader(strings.NewReader(head), io.LimitReader(zeros, size), strings.NewReader(tail)))
	if err != nil {
		return 0, err
	}
	r.ContentLength = int64(len(head)) + size + int64(len(tail))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if want := fmt.Sprintf(`"bytes":%d,`, size); err != nil || response.StatusCode != 201 || !strings.Contains(string(body), want) {
		return 0, fmt.Errorf("status %d, %s, %v; expected %s", response.StatusCode, body, err, want)
	}
	return peakMemory(pid)
}
