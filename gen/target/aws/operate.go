package aws

import (
	"regexp"

	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

var (
	_ target.LogReader = cloud{}
	_ target.Remover   = cloud{}
)

// Logs is that of the AWS CLI, from version 2 on. SAM's own looks into the stack for the log group, whose name is known here.
func (cloud) Logs(app *target.App, u *target.Unit, o target.LogOptions) (target.Operation, error) {
	since := o.Since
	if since == 0 {
		since = target.DefaultSince
	}
	args := []string{"logs", "tail", logGroup(app, u), "--format", "short", "--since", target.Span(since, "d", "h", "m", "s")}
	if o.Follow {
		args = append(args, "--follow")
	}
	return target.Operation{Command: target.Command{
		Names: []string{"aws"}, Args: inRegion(app, args), Install: "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html (version 2)",
	}}, nil
}

// logGroup is the log group of a unit: the one that x-aws or f.yml names, or the one that Lambda makes.
func logGroup(app *target.App, u *target.Unit) string {
	for _, e := range []*yaml.Node{u.Extension[Name], app.Spec.Provider.Extension[Name]} {
		if config := value(e, "LoggingConfig"); config != nil {
			if group := value(config, "LogGroup"); group != nil && group.Kind == yaml.ScalarNode && group.ShortTag() == "!!str" {
				return group.Value
			}
		}
	}
	return ownGroup(app, u)
}

func inRegion(app *target.App, args []string) []string {
	if region := app.Spec.Provider.Region; region != "" {
		args = append(args, "--region", region)
	}
	return args
}

// noStack is what sam delete says, with exit code 0, where there is nothing that it could have deleted.
var noStack = regexp.MustCompile(`does\s+not\s+exist\s+on\s+Cloudformation`)

// Remove deletes the stack. Of what it has made, buckets have the deletion policy Retain; what functions logged was never of it.
func (cloud) Remove(app *target.App, units []target.Deployed) target.Removal {
	r := target.Removal{Operation: target.Operation{
		Command: target.Command{Names: []string{"sam"}, Args: inRegion(app, []string{"delete", "--stack-name", app.DeploymentName(), "--no-prompts"}), Install: "pip install aws-sam-cli"},
		Failed:  noStack,
	}}
	r.Gone = append(r.Gone, "stack "+app.DeploymentName()+", with the roles, the API and the schedules in it")
	for _, made := range app.Made() {
		what := made.Need.Words() + " " + made.Real()
		switch made.Need.Type {
		case "bucket":
			r.Stays = append(r.Stays, what+", with the objects in it: the next deployment cannot make it again, so remove create from f.yml or the bucket by hand")
		default:
			r.Gone = append(r.Gone, what+", and what is in it")
		}
	}
	kept := map[string]bool{}
	for _, k := range (cloud{}).LogGroups(app) {
		kept[app.FunctionName(k.Unit)] = true
		r.Gone = append(r.Gone, "log group "+k.Name+", and what is in it")
	}
	for _, u := range units {
		if kept[u.Function] {
			continue
		}
		r.Stays = append(r.Stays, "log group /aws/lambda/"+u.Function+", if the function has logged to it")
	}
	return r
}
