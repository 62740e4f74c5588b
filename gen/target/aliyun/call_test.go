package aliyun

import (
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target/targettest"
)

func TestCalls(t *testing.T) {
	const region = "service: shop\nprovider: {region: cn-hangzhou}\n"
	for name, c := range map[string]struct {
		source string
		calls  []string
		want   string
	}{
		"other units": {"functions: {aa: {role: 'acs:ram::1:role/r'}, bb: {events: [http: {method: GET, path: /b}]}}", []string{"aa bb"}, `
aa: bb=shop-bb
aa: role fc:InvokeFunction on acs:fc:cn-hangzhou:ACCOUNT:functions/shop-bb for call bb`},
		"no role": {"functions: {aa: {}, bb: {}}", []string{"aa bb", "aa bb async"}, `
f.yml:3:13: role of aa is missing for aliyun: without a role a function has no credentials to sign calls of other units with, and aa calls bb [target-missing]
hint: role: acs:ram::<account>:role/<name>, which may do fc:InvokeFunction; or put both functions into one group
aa: bb=shop-bb
aa: role fc:InvokeFunction on acs:fc:cn-hangzhou:ACCOUNT:functions/shop-bb for call bb`},
		"a role of x-aliyun": {"functions: {aa: {x-aliyun: {role: r}}, bb: {}}", []string{"aa bb"}, `
aa: bb=shop-bb
aa: role fc:InvokeFunction on acs:fc:cn-hangzhou:ACCOUNT:functions/shop-bb for call bb`},
		"one unit": {"functions: {aa: {}, bb: {}}", []string{"g=aa,bb", "aa bb"}, ""},
	} {
		_, got := targettest.Calls(t, New(), region+c.source, c.calls...)
		text := ""
		for _, line := range got {
			text += "\n" + strings.ReplaceAll(line, account, "ACCOUNT")
		}
		if text != c.want {
			t.Errorf("%s: got%s\nwant%s", name, text, c.want)
		}
	}
}
