//go:build unix

package invoke

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
)

// serverVariable makes the test binary the API of a benchmark.
const serverVariable = "FAAS_BENCHMARK_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(serverVariable) == "" {
		os.Exit(m.Run())
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"faas":"answer","payload":{"id":1}}`)
	}))
	fmt.Println(s.URL)
	io.Copy(io.Discard, os.Stdin) // until the benchmark ends
}

// BenchmarkCall is one call, with the API in another process: cpu-ns/op is what the caller's process uses.
func BenchmarkCall(b *testing.B) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serverVariable+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	for name, value := range map[string]string{"AWS_ENDPOINT_URL_LAMBDA": strings.TrimSpace(url), "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": strings.Repeat("t", 1000), call.Variable: "f=u:live"} {
		b.Setenv(name, value)
	}
	c := call.New(&framework.Runtime{Calls: New()})
	b.ReportAllocs()
	before := used(b)
	for b.Loop() {
		if _, err := c.Call(b.Context(), "f", []byte(`{"id":1}`), call.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(used(b)-before)/float64(b.N), "cpu-ns/op")
}

// used is the processor time of this process in nanoseconds.
func used(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
