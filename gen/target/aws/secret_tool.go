package aws

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.SecretSetter = cloud{}

// failed is how the AWS CLI prints an error of the service.
var failed = regexp.MustCompile(`An error occurred \(([A-Za-z0-9.]+)\) when calling the \w+ operation[^:]*: *([^\n]*)`)

// SecretTool is the AWS CLI, of which 1 and 2 will do. It must not open a pager.
func (cloud) SecretTool() target.SecretTool {
	return target.SecretTool{
		Names: []string{"aws"}, Install: "pip install awscli, or the installer of version 2", Environment: []string{"AWS_PAGER="},
		Failure: func(printed string) (code, message string) {
			if m := failed.FindStringSubmatch(printed); m != nil {
				return m[1], strings.TrimSpace(m[2])
			}
			return "", ""
		},
		Missing: func(code string) bool { return code == "ResourceNotFoundException" || code == "ParameterNotFound" },
	}
}

// SecretAccess is that of a parameter or of a secret.
func (cloud) SecretAccess(app *target.App, s target.Secret) target.SecretAccess {
	command := func(args ...string) []string {
		if region := app.Spec.Provider.Region; region != "" {
			args = append(args, "--region", region)
		}
		return append(args, "--output", "json")
	}
	if s.Scheme == schemeParameter {
		return parameter(s.Name, command)
	}
	return managed(s.Name, command)
}

// fromFile is how a command gets its input from a file. Texts in it are what they are, where as an argument one that begins with https://
// or file:// would be fetched.
func fromFile(command []string) func(string) []string {
	return func(file string) []string { return append(slices.Clone(command), "--cli-input-json", "file://"+file) }
}

// maxParameter is how many bytes a parameter of the standard and of the advanced tier may have.
const maxParameter, maxAdvanced = 4 << 10, 8 << 10

// parameter is a parameter of Parameter Store. It has versions of the store's own, by number, and perhaps labels.
func parameter(name string, command func(...string) []string) target.SecretAccess {
	path, version := name, ""
	if i := strings.LastIndexByte(name, ':'); i >= 0 && (!strings.HasPrefix(name, "arn:") || strings.Count(name, ":") > 5) {
		path, version = name[:i], name[i+1:]
	}
	a := target.SecretAccess{Describe: []target.SecretQuery{{
		Args: command("ssm", "describe-parameters", "--parameter-filters", "Key=Name,Option=Equals,Values="+path),
		Read: func(printed []byte, found *target.SecretState) error {
			var doc struct {
				Parameters []struct {
					Name, Type, KeyId, Tier string
					Version                 int64
				}
			}
			if err := target.ReadJSON(printed, &doc); err != nil {
				return err
			}
			for _, p := range doc.Parameters {
				if p.Name != path {
					continue
				}
				*found = target.SecretState{Exists: true, Version: strconv.FormatInt(p.Version, 10), Kept: map[string]string{"Type": p.Type, "Tier": p.Tier}}
				if p.KeyId != "" {
					found.Kept["KeyId"] = p.KeyId
				}
			}
			return nil
		},
	}}}
	switch {
	case version != "":
		a.Unsettable, a.Hint = "the reference names a version, and the store numbers the versions itself", "set it without the version, ssm:"+path+", and name the version that it then has"
	case strings.HasPrefix(name, "arn:"):
		a.Unsettable, a.Hint = "parameters are set by name, and the reference has an ARN", "refer to one of your own account by its name"
	}
	if a.Unsettable != "" { // without the values, which are encrypted anyway if it is a SecureString
		a.Describe = []target.SecretQuery{{
			Args: command("ssm", "get-parameters", "--names", name, "--no-with-decryption", "--query", "Parameters[].{Version:Version}"),
			Read: func(printed []byte, found *target.SecretState) error {
				var doc []struct{ Version int64 }
				if err := target.ReadJSON(printed, &doc); err != nil {
					return err
				}
				if len(doc) > 0 {
					found.Exists, found.Version = true, strconv.FormatInt(doc[0].Version, 10)
				}
				return nil
			},
		}}
	}
	a.Put = func(found target.SecretState, _ string) target.SecretPut {
		p := target.SecretPut{
			Args: fromFile(command("ssm", "put-parameter")), Max: maxParameter, Forbidden: []string{"{{}}", "{{ssm:"},
			Content: func(value string) []byte {
				in := map[string]any{"Name": path, "Value": value, "Type": "SecureString", "Overwrite": found.Exists}
				for name, kept := range found.Kept {
					if kept != "" {
						in[name] = kept
					}
				}
				return target.ASCII(in)
			},
		}
		if found.Kept["Tier"] == "Advanced" {
			p.Max = maxAdvanced
		}
		if t := found.Kept["Type"]; found.Exists && t != "SecureString" {
			p.Refused, p.Hint = "the parameter is a "+t+", which is not encrypted", "delete it, and set it again: it is then a SecureString"
		}
		return p
	}
	return a
}

// maxSecret is how many bytes a secret of Secrets Manager may have.
const maxSecret = 64 << 10

// managed is a secret of Secrets Manager. Its versions have the ids that they are made with.
func managed(name string, command func(...string) []string) target.SecretAccess {
	name, member, ok := strings.Cut(name, "#")
	a := target.SecretAccess{Describe: []target.SecretQuery{{
		Args: command("secretsmanager", "describe-secret", "--secret-id", name),
		Read: func(printed []byte, found *target.SecretState) error {
			var doc struct {
				ARN, DeletedDate   any
				VersionIdsToStages map[string][]string
			}
			if err := target.ReadJSON(printed, &doc); err != nil {
				return err
			}
			if doc.ARN == nil {
				return errors.New("found no ARN in the description of the secret")
			}
			found.Exists = true
			for id, stages := range doc.VersionIdsToStages {
				if slices.Contains(stages, "AWSCURRENT") {
					found.Version = id
				}
			}
			if doc.DeletedDate != nil {
				found.Unreadable = "it is to be deleted"
			}
			return nil
		},
	}}}
	if ok {
		a.Unchecked = "whether it is a JSON object with the member " + member
		a.Unsettable = "the reference is to a member of a JSON object, and to set one would be to read the others"
		a.Hint = "write the whole object into a file that only you can read, and run: aws secretsmanager put-secret-value --secret-id " + name + " --secret-string file://FILE"
	}
	a.Put = func(found target.SecretState, id string) target.SecretPut {
		args, key := fromFile(command("secretsmanager", "create-secret")), "Name"
		if found.Exists {
			args, key = fromFile(command("secretsmanager", "put-secret-value")), "SecretId"
		}
		p := target.SecretPut{Args: args, Version: id, Max: maxSecret, Content: func(value string) []byte {
			return target.ASCII(map[string]any{key: name, "ClientRequestToken": id, "SecretString": value})
		}}
		switch {
		case found.Unreadable != "":
			p.Refused, p.Hint = found.Unreadable, "restore it first: aws secretsmanager restore-secret --secret-id "+name
		case !found.Exists && strings.HasPrefix(name, "arn:"):
			p.Refused, p.Hint = "there is no such secret, and one is made by its name", "refer to it by its name"
		}
		return p
	}
	return a
}
