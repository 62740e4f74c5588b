package aws_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
)

// built builds a unit of testdata as users do. It returns the symbols and the path of the stripped binary.
func built(t *testing.T, unit string) (symbols []byte, stripped string) {
	t.Helper()
	plain, stripped := filepath.Join(t.TempDir(), "plain"), filepath.Join(t.TempDir(), "stripped")
	for _, args := range [][]string{
		{"build", "-trimpath", "-buildvcs=false", "-o", plain},
		{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", stripped},
	} {
		cmd := exec.Command("go", append(args, "./testdata/"+unit)...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %q: %v\n%s", args, err, out)
		}
	}
	symbols, err := exec.Command("go", "tool", "nm", plain).Output()
	if err != nil {
		t.Fatalf("go tool nm: %v", err)
	}
	return symbols, stripped
}

// TestCallerLinksNoServer: a unit that calls others links TLS, and neither the client nor the server of net/http, which are another
// megabyte.
func TestCallerLinksNoServer(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a binary")
	}
	symbols, stripped := built(t, "caller")
	if !bytes.Contains(symbols, []byte(" crypto/tls.")) {
		t.Fatal("the symbols do not have TLS: the check would find nothing")
	}
	if bytes.Contains(symbols, []byte(" net/http.")) {
		t.Error("the binary links net/http")
	}
	info, err := os.Stat(stripped)
	if err != nil {
		t.Fatal(err)
	}
	if limit := int64(6 << 20); info.Size() > limit {
		t.Errorf("the stripped binary has %d bytes, the limit is %d", info.Size(), limit)
	}
	t.Logf("%d bytes", info.Size())
}

// TestEventUnitIsLean builds a unit of one event function as users do and looks into the binary.
func TestEventUnitIsLean(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a binary")
	}
	symbols, stripped := built(t, "event")
	if !bytes.Contains(symbols, []byte("platform/aws.serve")) {
		t.Fatal("the symbols do not have the loop: the check would find nothing")
	}
	for _, heavy := range []string{" net/http.", " crypto/tls.", " net.(*Resolver).", " text/template.", " regexp.", "/framework/call.",
		" os.(*Process).", "/framework.(*hookTable).", "/framework.layerOrder", "/framework.newHookTable", "/framework.slotsOf"} {
		if bytes.Contains(symbols, []byte(heavy)) {
			t.Errorf("the binary links%s", heavy)
		}
	}
	info, err := os.Stat(stripped)
	if err != nil {
		t.Fatal(err)
	}
	// aws-lambda-go makes 6.3 MB of the same function; half of that is the budget.
	if limit := int64(3 << 20); info.Size() > limit {
		t.Errorf("the stripped binary has %d bytes, the limit is %d", info.Size(), limit)
	}
	t.Logf("%d bytes", info.Size())

	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	p, err := awssim.New(awssim.Options{}).Start(ctx, sim.Artifact{Dir: filepath.Dir(stripped), Command: "stripped", Unit: "event"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Invoke(ctx, []byte(`{"name":"world"}`))
	if err != nil || r.Error != nil || string(r.Body) != `{"message":"hello world"}` {
		t.Errorf("the unit answered %v, %v", r, err)
	}
	if err := p.Stop(ctx); err != nil {
		t.Error(err)
	}
}
