package tencent

import (
	"testing"

	"github.com/faasgen/faasgen/gen/target/targettest"
)

func TestCalls(t *testing.T) {
	const web = "bb: {events: [http: {method: GET, path: /b}]}"
	for name, c := range map[string]struct {
		source string
		calls  []string
		want   string
	}{
		"other units": {"functions: {aa: {role: r}, bb: {}, cc: {}}", []string{"aa bb", "aa cc async"}, `
aa: bb=shop-bb;cc=shop-cc
aa: role scf:InvokeFunction on qcs::scf:ap-guangzhou::namespace/default/function/shop-bb for call bb
aa: role scf:Invoke on qcs::scf:ap-guangzhou::namespace/default/function/shop-cc for call cc`},
		"a rollout": {"functions: {aa: {role: r}, bb: {rollout: {strategy: canary, percent: 10, interval: 1m}}}", []string{"aa bb"}, `
f.yml:3:84: note: rollout.interval 1m: tencent leaves the share at 10 %; the rest moves with a command, which deploy prints [target-loss]
aa: bb=shop-bb:$DEFAULT
aa: role scf:InvokeFunction on qcs::scf:ap-guangzhou::namespace/default/function/shop-bb for call bb`},
		"a web function": {"functions: {aa: {role: r}, " + web + "}", []string{"aa bb"}, `
f.yml:3:13: a call of function bb by aa is not supported by tencent: bb has http triggers alone and is deployed as a web function, which SCF calls by its URL only [target-unsupported]
hint: with //faas:raw too it is an event function; or put both functions into one group, or call its URL
aa: bb=shop-bb
aa: role scf:InvokeFunction on qcs::scf:ap-guangzhou::namespace/default/function/shop-bb for call bb`},
		"a group of web functions": {"functions: {aa: {role: r}, " + web + ", cc: {events: [http: {method: GET, path: /c}]}}", []string{"g=bb,cc", "aa bb"}, `
f.yml:3:13: a call of function bb by aa is not supported by tencent: g has http triggers alone and is deployed as a web function, which SCF calls by its URL only [target-unsupported]
hint: mixed: event in the group makes it an event function
aa: bb=shop-g
aa: role scf:InvokeFunction on qcs::scf:ap-guangzhou::namespace/default/function/shop-g for call bb`},
		"a web function that calls itself, later": {"functions: {bb: {role: r, events: [http: {method: GET, path: /b}]}, cc: {events: [http: {method: GET, path: /c}]}}", []string{"g=bb,cc", "bb cc async"}, `
f.yml:3:13: a call of function cc by bb is not supported by tencent: g has http triggers alone and is deployed as a web function, which SCF calls by its URL only [target-unsupported]
hint: mixed: event in the group makes it an event function
g: cc=shop-g
g: role scf:Invoke on qcs::scf:ap-guangzhou::namespace/default/function/shop-g for call cc`},
		"requests and raw payloads": {"functions: {aa: {role: r}, bb: {events: [raw: {}, http: {method: GET, path: /b}]}}", []string{"aa bb"}, `
f.yml:3:51: note: unit bb takes http and other events: requests reach it as JSON, so that binary bodies and repeated headers may not get through [target-loss]
hint: give the http trigger a function of its own
aa: bb=shop-bb
aa: role scf:InvokeFunction on qcs::scf:ap-guangzhou::namespace/default/function/shop-bb for call bb`},
		"no role": {"functions: {aa: {}, bb: {}}", []string{"aa bb"}, `
f.yml:3:13: role of aa is missing for tencent: without a role a function has no credentials to sign calls of other units with, and aa calls bb [target-missing]
hint: role: <name> of a role which may do scf:InvokeFunction; or put both functions into one group
aa: bb=shop-bb
aa: role scf:InvokeFunction on qcs::scf:ap-guangzhou::namespace/default/function/shop-bb for call bb`},
	} {
		_, got := targettest.Calls(t, New(), "service: shop\nprovider: {region: ap-guangzhou}\n"+c.source, c.calls...)
		text := ""
		for _, line := range got {
			text += "\n" + line
		}
		if text != c.want {
			t.Errorf("%s: got%s\nwant%s", name, text, c.want)
		}
	}
}
