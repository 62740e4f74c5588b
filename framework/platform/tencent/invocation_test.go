package tencent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"testing"
)

func TestCredentialsAreNeverPrinted(t *testing.T) {
	t.Setenv("TENCENTCLOUD_SECRETID", "id-secret")
	t.Setenv("TENCENTCLOUD_SECRETKEY", "key-secret")
	t.Setenv("TENCENTCLOUD_SESSIONTOKEN", "token-secret")
	c := (&Invocation{}).Credentials()
	if c.SecretID != "id-secret" || c.SecretKey != "key-secret" || c.SessionToken != "token-secret" {
		t.Fatal("the credentials are not those of the environment")
	}
	asJSON, _ := json.Marshal(map[string]any{"c": c})
	var text, object bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("x", "c", c, "p", &c)
	slog.New(slog.NewJSONHandler(&object, nil)).Info("x", "c", c, "p", &c)
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", &c), fmt.Sprintf("%#v", c), fmt.Sprintf("%q", c), string(asJSON), text.String(), object.String()} {
		if strings.Contains(s, "secret") || !strings.Contains(s, redacted) {
			t.Errorf("prints %s", s)
		}
	}
}

func TestPackagesLinkNoServer(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".", "./custom").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.Contains("\n"+string(out), "\nnet/http\n") {
		t.Error("an event function links net/http")
	}
}
