package target_test

import (
	"testing"

	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aliyun"
	"github.com/faasgen/faasgen/gen/target/aws"
	"github.com/faasgen/faasgen/gen/target/targettest"
	"github.com/faasgen/faasgen/gen/target/tencent"
)

// TestFailure: what the vendors' tools print when they fail, and what they print when they do not.
func TestFailure(t *testing.T) {
	for line, c := range map[string]struct {
		cloud  target.Target
		failed bool
	}{
		"Error: Failed to create/update the stack: shop, Waiter StackCreateComplete failed": {aws.New(), true},
		"Error: No changes to deploy. Stack shop is up to date":                             {aws.New(), false},
		"CREATE_FAILED  AWS::Lambda::Function  Error: no such layer":                        {aws.New(), false},
		"Error: The serverless.yml file has incorrect format. Details: duplicated mapping":  {tencent.New(), true},
		"1s › hello › TypeError: Cannot read property":                                      {tencent.New(), true},
		"  ApiError [API_SCF_CreateFunction]: the vpc was not found":                        {tencent.New(), true},
		"5s › hello › 执行成功":                                                                 {tencent.New(), false},
		"functionName: ErrorReports":                                                        {tencent.New(), false},
		"description: handles Error: and others":                                            {tencent.New(), false},
	} {
		if got := c.cloud.(target.Deployer).Command().Failure.MatchString(line); got != c.failed {
			t.Errorf("%s: %q is a failure: %v, want %v", c.cloud.Name(), line, got, c.failed)
		}
	}
	if aliyun.New().(target.Deployer).Command().Failure != nil {
		t.Error("no version of s is known that hides its failures")
	}
}

// TestMoves: a unit with a rollout, and no other, can be moved between versions.
func TestMoves(t *testing.T) {
	const source = "service: shop\nprovider: {region: R, stage: prod}\nfunctions:\n  plain: {}\n  work: {rollout: {strategy: all}}\n  blue: {rollout: {strategy: all}, x-aws: {AutoPublishAlias: blue}}\n"
	for _, c := range []struct {
		cloud target.Mover
		want  map[string][]target.Move
	}{
		{aws.New().(target.Mover), map[string][]target.Move{
			"work": {{Back: true, Line: "aws lambda update-alias --function-name shop-prod-work --name live --function-version VERSION --routing-config AdditionalVersionWeights={} --region R",
				Look: "aws lambda list-versions-by-function --function-name shop-prod-work --region R"}},
			"blue": {{Back: true, Line: "aws lambda update-alias --function-name shop-prod-blue --name blue --function-version VERSION --routing-config AdditionalVersionWeights={} --region R",
				Look: "aws lambda list-versions-by-function --function-name shop-prod-blue --region R"}},
		}},
		{tencent.New().(target.Mover), map[string][]target.Move{
			"work": {{Dir: "work", Line: "sls deploy --inputs publish=true traffic=0"}, {Back: true, Dir: "work", Line: "sls deploy --inputs traffic=0"}},
			"blue": {{Dir: "blue", Line: "sls deploy --inputs publish=true traffic=0"}, {Back: true, Dir: "blue", Line: "sls deploy --inputs traffic=0"}},
		}},
	} {
		app := targettest.App(t, c.cloud.Name(), source)
		for _, u := range app.Units {
			got, want := c.cloud.Moves(app, u, "sls"), c.want[u.Name]
			if len(got) != len(want) {
				t.Errorf("%s: %v, want %v", u.Name, got, want)
				continue
			}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("%s: %+v, want %+v", u.Name, got[i], want[i])
				}
			}
		}
	}
}
