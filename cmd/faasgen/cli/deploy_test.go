package cli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
)

func TestConfirm(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n": true, "Y\n": true, " yes \n": true, "yes": true, "YES\r\n": true,
		"": false, "\n": false, "n\n": false, "no\n": false, "yep\n": false, "deploy\ny\n": false,
	} {
		var out bytes.Buffer
		tool := &tool{in: strings.NewReader(answer), err: &out}
		got, err := tool.confirm("deploy this?")
		if got != want || err != nil {
			t.Errorf("%q: %v, %v, want %v", answer, got, err, want)
		}
		if out.String() != "deploy this? [y/N] " {
			t.Errorf("asked %q", out.String())
		}
	}
	broken := errors.New("gone")
	if ok, err := (&tool{in: iotest.ErrReader(broken), err: new(bytes.Buffer)}).confirm("?"); ok || !errors.Is(err, broken) {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestInterruptedDeployLeavesNothing: from the end of the cloud's tool on, what ends an interrupted run removes the file that held the
// stage, even if deploy does not come to it.
func TestInterruptedDeployLeavesNothing(t *testing.T) {
	f, _, err := hold.Take(filepath.Join(t.TempDir(), "aws.lock"))
	if err != nil {
		t.Fatal(err)
	}
	tool := &tool{}
	if err := tool.runHolding(exec.Command(os.Args[0], "-test.run=^$"), f); err != nil {
		t.Fatal(err)
	}
	if _, ok := tool.scratch.Load(f.Path()); !ok {
		t.Error("an interrupt would leave the file")
	}
	tool.letGo([]*hold.File{f})
	if _, err := os.Lstat(f.Path()); err == nil {
		t.Error("it is still there")
	}
}
