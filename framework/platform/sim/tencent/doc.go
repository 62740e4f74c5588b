// Package tencent simulates the runtime of Tencent Cloud SCF for built artefacts: web functions, which listen for http on
// port 9000, and event functions on the custom runtime, which poll. It starts the process as SCF does, speaks its protocol
// and enforces its rules; it deploys nothing and knows no account.
//
// Where the vendor's documents say nothing, it does what a function can least rely on, and a comment at the code says so.
package tencent

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

const (
	maxPayload = 6 << 20   // of a synchronous event, and of a response
	maxAsync   = 128 << 10 // of an asynchronous event, which a timer's is

	defaultTimeout     = 3 * time.Second
	defaultInitTimeout = 65 * time.Second

	// grace is the time between SIGTERM and SIGKILL. The vendor documents neither.
	grace = 10 * time.Second
)

// environment is what SCF sets for every function. A function without a role has no credentials.
func environment(a sim.Artifact) []string {
	env := []string{
		"SCF_FUNCTIONNAME=" + a.Unit, "SCF_FUNCTIONVERSION=$LATEST", "SCF_NAMESPACE=default",
		"TENCENTCLOUD_REGION=" + region, "TENCENTCLOUD_APPID=" + owner, "TENCENTCLOUD_UIN=100000000001",
		"TENCENTCLOUD_RUNENV=SCF", "USER_CODE_ROOT=" + codeRoot(a) + "/",
	}
	if a.Role {
		env = append(env, "TENCENTCLOUD_SECRETID="+keyID, "TENCENTCLOUD_SECRETKEY="+secretKey, "TENCENTCLOUD_SESSIONTOKEN="+sessionToken)
	}
	return env
}

// codeRoot is absolute, as the vendor's is: the process has a working directory of its own.
func codeRoot(a sim.Artifact) string {
	if dir, err := filepath.Abs(a.Dir); err == nil {
		return dir
	}
	return a.Dir
}

func requestID() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b[:4]) + "-" + hex.EncodeToString(b[4:6]) + "-" + hex.EncodeToString(b[6:8]) + "-" + hex.EncodeToString(b[8:10]) + "-" + hex.EncodeToString(b[10:])
}

// failure is an outcome that SCF reports itself, by its status code.
type failure struct {
	code          int
	word, message string
}

func (f failure) body() []byte {
	b, _ := json.Marshal(struct {
		Code    int    `json:"errorCode"`
		Message string `json:"errorMessage"`
	}{f.code, f.word + ": " + f.message})
	return b
}

func (f failure) response() *sim.Response {
	return &sim.Response{Status: f.code, Header: [][2]string{{"Content-Type", "application/json"}}, Body: f.body()}
}

func (f failure) result() *sim.Result {
	return &sim.Result{Body: f.body(), Error: &sim.FunctionError{Type: fmt.Sprintf("%d %s", f.code, f.word), Message: f.message}}
}

func requestTooLarge(size, limit int) failure {
	return failure{406, "RequestTooLarge", fmt.Sprintf("the event is %d bytes, the limit is %d", size, limit)}
}

func responseTooLarge() failure {
	return failure{407, "ResponseTooLarge", fmt.Sprintf("the size of response exceeds the upper limit of %d bytes", maxPayload)}
}

func timeLimit(d time.Duration) failure {
	return failure{433, "TimeLimitReached", fmt.Sprintf("the function did not answer within %s", d)}
}

func exited(code int) failure {
	return failure{439, "UserProcessExit", fmt.Sprintf("the process exited with code %d", code)}
}
