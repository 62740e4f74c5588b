package main_test

import (
	"go/format"
	"os"
	"strings"
	"testing"
)

// TestSecretsOfThePage types in docs/secrets.md: the secret of a function with its stand-in, one that is read again, the error of a start, and a main package with
// a source of its own.
func TestSecretsOfThePage(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, buildTool(t), map[string]string{
		"f.yml": "service: shop\nprovider: {name: aws, region: eu-central-1}\n" + find(t, "Keep a secret in a store", "yaml"),
		"desk/desk.go": "// Package desk is typed in from docs/secrets.md.\npackage desk\n\nimport (\n\t\"context\"\n\n\t\"github.com/faasgen/faasgen/framework/config\"\n)\n\n" +
			find(t, "Keep a secret in a store", "go") + "\n" + find(t, "Rotate a secret", "go") + "\n// Greet greets.\n//\n//faas:handler greet\nfunc (d *Desk) Greet() int { return len(d.Token.Reveal()) }\n" +
			"\n// Opens tries the token.\n//\n//faas:handler opens\nfunc (g *Gate) Opens(ctx context.Context) bool { return g.Admits(ctx, \"a-token-of-mine\") }\n\n// Limits are limits.\ntype Limits struct{ Rate int }\n\n" +
			find(t, "Values that are read again", "go") + "\n// Ask asks.\n//\n//faas:handler ask\nfunc (l *Limiter) Ask(ctx context.Context) int { return l.Allowed(ctx) }\n",
		"config.default.yml": "order: {limits: {rate: 7}}\n",
		"secrets.local.yml":  find(t, "On your machine and in tests", "yaml"),
	})
	out, errs, err := w.sh("go tool faasgen invoke greet")
	if err != nil || strings.TrimSpace(out) != "15" {
		t.Errorf("%s, %v\n%s", out, err, errs)
	}
	w.write("tools/aws", "#!/bin/sh\ncase $2 in\ndescribe-parameters) echo '{\"Parameters\":[{\"Name\":\"/shop/token\",\"Type\":\"SecureString\",\"Version\":'$(cat version)'}]}' ;;\n*) echo 2 >version ;;\nesac\n")
	w.write("version", "1")
	w.write("f.yml", "service: shop\nprovider: {name: aws, region: eu-central-1}\nstages: {prod: {}}\n"+find(t, "Keep a secret in a store", "yaml"))
	for line := range strings.Lines(find(t, "Put a value into a store", "sh")) {
		line, _, _ = strings.Cut(line, "#")
		out, errs, err := w.sh("chmod 755 tools/aws && export PATH=\"$PWD/tools:$PATH\" && echo a-token | go tool " + strings.TrimSpace(line))
		if err != nil || !strings.Contains(out, "auth.token") {
			t.Errorf("%s: %s, %v\n%s", line, out, err, errs)
		}
	}
	for command, want := range map[string]string{"opens": "true", "ask": "7"} { // what is read again, too
		if out, errs, err := w.sh("go tool faasgen invoke " + command); err != nil || strings.TrimSpace(out) != want {
			t.Errorf("%s: %s, %v\n%s", command, out, err, errs)
		}
	}
	page, err := os.ReadFile("../../docs/secrets.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"ssm:GetParameters", "secretsmanager:GetSecretValue", "kms:GetSecretValue", "ssm:GetSecretValue", "AWS_ENDPOINT_URL_SSM", "FAAS_STORES_ENDPOINT",
		"ssm put-parameter", "ssm describe-parameters", "ssm get-parameters", "secretsmanager create-secret", "put-secret-value", "describe-secret", "-FILE",
		"kms CreateSecret", "PutSecretValue", "kms DescribeSecret", "ListSecretVersionIds", "ssm CreateSecret", "ssm DescribeSecret"} {
		if !strings.Contains(string(page), word) {
			t.Errorf("the page does not have %s", word)
		}
	}
	code := "// Command shop is typed in from docs/secrets.md.\npackage main\n\nimport (\n\t\"context\"\n\n\t\"example.com/shop/internal/faasgen/app\"\n" +
		"\t\"github.com/faasgen/faasgen/framework/config/store\"\n\t\"github.com/faasgen/faasgen/framework/platform/aws\"\n\t\"github.com/faasgen/faasgen/framework/platform/aws/ssm\"\n)\n\n" +
		"func readVault(_ context.Context, name string) (string, error) { return name, nil }\n\n" + find(t, "Read another store", "go")
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("the code is not gofmt-ed: %v", err)
	}
	w.write("cmd/shop/main.go", code)
	if out, errs, err := w.sh("go tool faasgen generate && go vet ./cmd/shop"); err != nil {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
}
