package aliyun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"testing"
)

// prints returns inv as every usual way of printing shows it.
func prints(inv *Invocation) []string {
	asJSON, _ := json.Marshal(inv)
	var text, object bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("x", "inv", inv, "credentials", inv.Credentials)
	slog.New(slog.NewJSONHandler(&object, nil)).Info("x", "inv", inv, "credentials", inv.Credentials)
	return []string{
		fmt.Sprint(inv), fmt.Sprint(*inv), fmt.Sprintf("%+v", inv), fmt.Sprintf("%#v", *inv), fmt.Sprintf("(%s)", inv.Credentials),
		fmt.Sprintf("%v", &inv.Credentials), fmt.Sprintf("%q", inv.Credentials), string(asJSON), text.String(), object.String(),
	}
}

func TestCredentialsAreNeverPrinted(t *testing.T) {
	inv := &Invocation{RequestID: "1-a", Credentials: Credentials{AccessKeyID: "id-secret", AccessKeySecret: "key-secret", SecurityToken: "token-secret"}}
	for _, s := range prints(inv) {
		if strings.Contains(s, "secret") || !strings.Contains(s, redacted) {
			t.Errorf("prints %s", s)
		}
	}
}

func TestPackageLinksNoServer(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.Contains("\n"+string(out), "\nnet/http\n") {
		t.Error("the package links net/http")
	}
}
