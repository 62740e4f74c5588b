//go:build linux

package aws_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// emulatorVariable is the path of AWS's own runtime interface emulator: see "make emulator".
const emulatorVariable = "FAASGEN_EMULATOR"

// emulator is the emulator with a process of ours.
type emulator struct {
	t     *testing.T
	child *sim.Child
	url   string
}

// emulate starts the emulator, which starts the artefact at the first call.
func emulate(t *testing.T, timeout int, environment ...string) *emulator {
	t.Helper()
	program := os.Getenv(emulatorVariable)
	if program == "" {
		t.Skipf("%s is not set: make emulator", emulatorVariable)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, to := range map[string]string{"emulator": program, "bootstrap": exe} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	front, api := address(t), address(t)
	env := append([]string{
		"AWS_LAMBDA_FUNCTION_TIMEOUT=" + strconv.Itoa(timeout), platformtest.Variable + "=1", emulatedVariable + "=1", "LOG_LEVEL=warn",
	}, environment...)
	child, err := sim.Launch(sim.Artifact{
		Dir: dir, Command: "emulator", Unit: "emulated", Output: t.Output(),
		Args: []string{"--runtime-interface-emulator-address", front, "--runtime-api-address", api, filepath.Join(dir, "bootstrap")},
	}, env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Kill() })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := child.Listening(ctx, front); err != nil {
		t.Fatal(err)
	}
	return &emulator{t, child, "http://" + front + "/2015-03-31/functions/function/invocations"}
}

// address is one that was free a moment ago.
func address(t *testing.T) string {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// invoke returns the status of the emulator's response and its body, also one that is cut.
func (e *emulator) invoke(payload any) (int, string, error) {
	e.t.Helper()
	body, ok := payload.([]byte)
	if !ok {
		var err error
		if body, err = json.Marshal(payload); err != nil {
			e.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(e.t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, string(answer), err
}

// want checks one call. body is a part of it, and what must not be in it.
func (e *emulator) want(payload any, status int, body string) {
	e.t.Helper()
	got, answer, err := e.invoke(payload)
	if err != nil || got != status || !strings.Contains(answer, body) || strings.Contains(answer, fixture.Secret) {
		e.t.Errorf("%.60q: status %d, body %.300q, error %v; want %d and %q, and no text of an error", payload, got, answer, err, status, body)
	}
}

// started checks how often the unit has started.
func (e *emulator) started(want int) {
	e.t.Helper()
	n := 0
	for limit := time.Now().Add(20 * time.Second); n < want && time.Now().Before(limit); time.Sleep(time.Millisecond) {
		n = strings.Count(e.child.Tail(), started) // of which the last is still on its way
	}
	if n != want {
		e.t.Errorf("the unit was started %d times, want %d", n, want)
	}
}

// failure is a part of the document of a failed call.
func failure(kind, message string) string {
	return `"errorMessage":"` + message + `","errorType":"` + kind + `"`
}

// reason is what a caller is told of an error that is not for it.
const reason = "the function failed; its log has the reason"

// limit is a time limit in seconds whose margin for the answer, 100 ms, is enough on a machine that is busy with other tests.
const limit = 5

// TestEmulator runs an artefact under AWS's own program, which has more of Lambda in it than a simulator of ours.
func TestEmulator(t *testing.T) {
	t.Run("call", func(t *testing.T) {
		e := emulate(t, 20)
		const done = `"done"`
		e.want("", 200, done)
		e.want("error", 200, failure("Function.Internal", reason))
		e.want("refuse", 200, failure("Function.OutOfStock", "nothing is left"))
		e.want("panic", 200, failure("Function.Panic", reason))
		e.want("goexit", 200, failure("Function.Internal", reason))
		e.want("large", 200, `"errorType":"Function.ResponseSizeTooLarge"`)
		e.started(1)
		e.want("exit", 502, "exit status 7")
		e.want("", 200, done)
		e.started(2)
	})
	t.Run("start", func(t *testing.T) {
		for how, body := range map[string]string{"fail": failure("Function.Internal", reason), "panic": failure("Function.Panic", reason), "exit": ""} {
			e := emulate(t, 20, emulatedVariable+"="+how)
			e.want("", 502, body)
			e.want("", 502, body) // the start is tried again
		}
		emulate(t, 1, emulatedVariable+"=hang").want("", 200, "Task timed out after 1.00 seconds")
	})
	t.Run("deadline", func(t *testing.T) {
		t.Parallel()
		e := emulate(t, limit)
		for _, do := range []string{"ignore", "obey"} {
			e.want(do, 200, `"errorType":"Function.DeadlineExceeded"`)
			e.want("", 200, `"done"`)
		}
		e.started(1)
	})
	t.Run("batch", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "done")
		e := emulate(t, limit, doneVariable+"="+file)
		var messages []mq.Message
		for i := range limit + 3 { // each takes a second
			messages = append(messages, mq.Message{ID: fmt.Sprint("m", i), Body: []byte("x")})
		}
		payload, err := aws.EncodeQueue(messages, platform.Origin{Type: "queue", Name: "jobs"})
		if err != nil {
			t.Fatal(err)
		}
		status, answer, err := e.invoke(payload)
		var failed struct {
			Items []struct {
				ID string `json:"itemIdentifier"`
			} `json:"batchItemFailures"`
		}
		if err != nil || status != 200 || json.Unmarshal([]byte(answer), &failed) != nil || len(failed.Items) == 0 || len(failed.Items) == len(messages) {
			t.Fatalf("status %d, body %q, error %v; want some messages back", status, answer, err)
		}
		// What is not given back is done. The message under way is given back, and may be done all the same.
		done, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range messages {
			if i < len(messages)-len(failed.Items) {
				if !strings.Contains(string(done), m.ID+"\n") {
					t.Errorf("%s is not given back and not done", m.ID)
				}
			} else if back := failed.Items[i-len(messages)+len(failed.Items)].ID; back != m.ID {
				t.Errorf("%s is given back, want %s", back, m.ID)
			}
		}
	})
	t.Run("stream", func(t *testing.T) {
		e := emulate(t, 20, streamVariable+"=1")
		const head = `{"statusCode":200,"headers":{"Content-Type":"text/plain"}}` + "\x00\x00\x00\x00\x00\x00\x00\x00"
		for _, c := range []struct{ what, body string }{{"text", "text"}, {"stream", "one\ntwo\n"}, {"cut", "half"}, {"text", "text"}} {
			e.want([]byte(`{"version":"2.0","rawPath":"/`+c.what+`","rawQueryString":"","headers":{},"requestContext":{"domainName":"x.lambda-url.us-east-1.on.aws","http":{"method":"GET","path":"/`+c.what+`"}},"isBase64Encoded":false}`), 200, head+c.body)
		}
	})
	t.Run("stop", func(t *testing.T) {
		e := emulate(t, 20)
		e.want("", 200, `"done"`)
		if err := e.child.Stop(20 * time.Second); err != nil {
			t.Error(err)
		}
		if !strings.Contains(e.child.Tail(), fixture.Closed) {
			t.Errorf("the unit was not closed; it wrote %s", e.child.Tail())
		}
	})
}
