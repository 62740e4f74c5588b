// Package aws deploys units to AWS Lambda: a SAM template with one function for each unit on provided.al2023, one HTTP API
// whose definition has a route for each http trigger, and a schedule of EventBridge Scheduler for each timer. The gateway
// answers paths and methods that no route has by itself: its 404 is not the framework's, and there is no 405.
package aws

import (
	"fmt"
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Name is the word for this target.
const Name = "aws"

// platform is what a unit's entrypoint imports.
const platform = "github.com/faasgen/faasgen/framework/platform/aws"

// apiID is the logical name of the HTTP API. Those of functions end in Function.
const apiID = "Api"

// New returns the target.
func New() target.Target { return cloud{} }

type cloud struct{}

var (
	_ target.Explainer = cloud{}
	_ target.Deployer  = cloud{}
	_ target.Router    = cloud{}
)

func (cloud) Name() string { return Name }

// Entry is the loop of the Lambda Runtime API, in an executable that has to be called bootstrap.
func (cloud) Entry(u *target.Unit) target.Entry {
	e := target.Entry{
		Loop: platform, Transport: target.Symbol{Import: platform + "/invoke", Name: "New"}, Command: "bootstrap", GOOS: "linux", GOARCH: u.Settings.Architecture,
		MaxZip: 250 << 20, MaxUnpacked: 250 << 20, // over 50 MB it goes through S3, as sam deploy always does
	}
	codecs := kinds(nil).Codecs()
	e.Codecs = target.Codecs(u, platform, codecs)
	for i := range e.Codecs {
		if u.Streams() && e.Codecs[i].Name == codecs["http"] {
			e.Codecs[i].Name = streamingCodec
		}
	}
	if e.Ingress = "apigw-v2"; u.Streams() {
		e.Ingress, e.Streaming = "url", true
	}
	return e
}

// Check reports what Lambda, API Gateway and EventBridge Scheduler do not take.
func (c cloud) Check(app *target.App) annotations.Diagnostics { return c.Explain(app).Done() }

// Explain is Check by feature, with what the vendor has for each.
func (c cloud) Explain(app *target.App) *target.Report {
	r := &target.Report{Target: Name}
	r.Mechanism(how())
	kinds(nil).Mechanism(r)
	checkRegion(r, app)
	r.NoNamespace(app)
	r.Resources(app)
	r.Overlaps(app, bucketEvents)
	r.Queues(app)
	checkKept(r, app)
	r.Calls(c, app)
	r.Secrets(c, app)
	checkGroups(r, app)
	for _, u := range app.Units {
		check(r, app, u)
	}
	routes(r, app)
	checkAPI(r, app)
	if !r.Diagnostics.Failed() {
		checkStack(r, app)
	}
	return r
}

// Command is that of SAM. A deployment that changes nothing is not a failure. With on_failure DELETE, older versions end with
// exit code 0 whatever becomes of the stack (aws-sam-cli issue 6363).
func (cloud) Command() target.Command {
	return target.Command{
		Names: []string{"sam"}, Args: []string{"deploy", "--no-confirm-changeset", "--no-fail-on-empty-changeset"}, Install: "pip install aws-sam-cli",
		Removes: true, Unfinished: "CloudFormation goes on with the stack by itself, and rolls it back if something fails", Failure: failure,
	}
}

// failure is how SAM says that the stack was not deployed.
var failure = regexp.MustCompile(`^Error: Failed to create/update the stack`)

// Deploy returns template.yaml and samconfig.toml.
func (cloud) Deploy(app *target.App) ([]target.File, annotations.Diagnostics) {
	template, err := target.Render(document(app), "Deploy it with: sam deploy")
	if err != nil {
		return nil, annotations.Diagnostics{spec.Place{}.Errorf(target.CodeExtension, "template.yaml: %v", err)}
	}
	return []target.File{
		{Path: "samconfig.toml", Content: samConfig(app), Mode: 0o644},
		{Path: "template.yaml", Content: template, Mode: 0o644},
	}, nil
}

// samConfig gives sam deploy what it would ask for.
func samConfig(app *target.App) []byte {
	text := fmt.Sprintf("# %s\nversion = 0.1\n\n[default.deploy.parameters]\nstack_name = %q\ncapabilities = \"CAPABILITY_IAM\"\nresolve_s3 = true\n", target.Header, app.DeploymentName())
	if region := app.Spec.Provider.Region; region != "" {
		text += fmt.Sprintf("region = %q\n", region)
	}
	return []byte(text)
}
