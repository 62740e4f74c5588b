package aws

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/gen/target"
)

// function makes a unit's function without its events.
func function(app *target.App, u *target.Unit) *Function {
	s := u.Settings
	p := Properties{
		FunctionName:                 app.FunctionName(u),
		Description:                  u.Summary(),
		CodeUri:                      app.Package(u),
		Runtime:                      "provided.al2023",
		Handler:                      "bootstrap",
		Architectures:                []string{map[string]string{"amd64": "x86_64", "arm64": "arm64"}[s.Architecture]},
		MemorySize:                   int(s.MemorySize),
		Timeout:                      s.Timeout.WholeSeconds(),
		ReservedConcurrentExecutions: s.ReservedConcurrency,
		Role:                         s.Role,
		Policies:                     ownPolicies(app, u),
		Tags:                         s.Tags,
		Layers:                       s.Layers,
	}
	if s.DiskSize != 0 {
		p.EphemeralStorage = &EphemeralStorage{int(s.DiskSize)}
	}
	if n := s.ProvisionedInstances; n != nil && *n > 0 {
		p.ProvisionedConcurrencyConfig = &ProvisionedConcurrency{*n}
	}
	if published(u) {
		p.AutoPublishAlias, p.AutoPublishAliasAllProperties = alias, true // what calls the alias gets changed settings, too
	}
	if e := app.Environment(u); len(e) > 0 {
		p.Environment = &Environment{e}
	}
	if s.VPC != nil {
		p.VpcConfig = &VPCConfig{SecurityGroupIds: s.VPC.SecurityGroups, SubnetIds: s.VPC.Subnets}
	}
	if s.Log != nil {
		p.LoggingConfig = &LoggingConfig{LogGroup: ownGroup(app, u)}
	}
	if s.Tracing != nil && s.Tracing.Enabled != nil {
		p.Tracing = map[bool]string{true: "Active", false: "Disabled"}[*s.Tracing.Enabled]
	}
	for _, fs := range s.FileSystems {
		p.FileSystemConfigs = append(p.FileSystemConfigs, FileSystemConfig{Arn: fs.Source, LocalMountPath: fs.Path})
	}
	if a := s.Async; a != nil {
		p.EventInvokeConfig = &EventInvokeConfig{MaximumEventAgeInSeconds: a.MaxAge.WholeSeconds(), MaximumRetryAttempts: a.Retries}
		if a.OnSuccess != "" || a.OnFailure != "" {
			p.EventInvokeConfig.DestinationConfig = &DestinationConfig{target.Optional(Destination{Type: arnKind(a.OnSuccess), Destination: a.OnSuccess}), target.Optional(Destination{Type: arnKind(a.OnFailure), Destination: a.OnFailure})}
		}
	}
	if s.DeadLetter != nil {
		p.DeadLetterQueue = &DeadLetterQueue{Type: arnKind(s.DeadLetter.Target), TargetArn: s.DeadLetter.Target}
	}
	if u.Streams() {
		p.FunctionUrlConfig = functionURL(u)
	}
	return &Function{Type: "AWS::Serverless::Function", Properties: p}
}

// arnKind is SAM's word for the service of an ARN, empty for one that it has none for.
func arnKind(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return map[string]string{"sqs": "SQS", "sns": "SNS", "lambda": "Lambda", "events": "EventBridge", "s3": "S3Bucket"}[parts[2]]
}

// names hands out names that are not taken yet.
type names map[string]bool

func (n names) take(name string) string {
	free := name
	for i := 2; n[free]; i++ {
		free = name + strconv.Itoa(i)
	}
	n[free] = true
	return free
}

// logicalName makes a logical name: letters and digits, each run of them with a capital.
func logicalName(s string) string {
	var b strings.Builder
	start := true
	for _, r := range s {
		switch {
		case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			start = true
			continue
		case start:
			r = unicode.ToUpper(r)
		}
		start = false
		b.WriteRune(r)
	}
	return b.String()
}
