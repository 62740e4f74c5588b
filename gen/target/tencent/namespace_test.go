package tencent

import (
	"fmt"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/targettest"
)

// many is an application of n functions, the first of which have more keys.
func many(t *testing.T, provider string, n int, first ...string) *target.App {
	var b strings.Builder
	fmt.Fprintf(&b, "service: shop\nprovider: {%s}\nfunctions:\n", provider)
	for i := range n {
		keys := ""
		if i < len(first) {
			keys = first[i]
		}
		fmt.Fprintf(&b, "  f%02d: {%s}\n", i, keys)
	}
	return targettest.App(t, Name, b.String())
}

func TestUnitsInANamespace(t *testing.T) {
	for _, c := range []struct {
		name string
		app  *target.App
		want string
	}{
		{"50", many(t, "", 50), ""},
		{"51", many(t, "", 51), "f.yml:1:10: functions: found 51 units in namespace default, tencent takes 50 in one [target-limit]"},
		{"51 in one of their own", many(t, "namespace: shop", 51), "f.yml:2:23: functions: found 51 units in namespace shop, tencent takes 50 in one [target-limit]"},
		{"one is elsewhere", many(t, "namespace: shop", 51, "x-tencent: {namespace: other}"), ""},
		{"all but one are elsewhere", many(t, "x-tencent: {namespace: other}", 52, "x-tencent: {namespace: default}"), "f.yml:1:10: functions: found 51 units in namespace other, tencent takes 50 in one [target-limit]"},
		{"a name that is none", many(t, "namespace: 1/2", 1), `f.yml:2:23: provider.namespace: found "1/2", tencent takes letters, digits, dashes and underscores, a letter first [target-limit]`},
	} {
		diags := New().Check(c.app)
		got := ""
		if len(diags) > 0 {
			got = diags.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if strings.Contains(got, "units") && (!strings.Contains(diags[0].Hint, "aggregation") || !strings.Contains(diags[0].Hint, "provider.namespace")) {
			t.Errorf("%s: the hint has no way out: %s", c.name, diags[0].Hint)
		}
	}
}
