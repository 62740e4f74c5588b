package tencent

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.SecretSetter = cloud{}

// failed is how TCCLI prints an error of the service. Its exit code may be 0 then.
var failed = regexp.MustCompile(`code: *([A-Za-z0-9.]+),? +message: *([^\n]*?)(?:,? +requestId:.*)?(?:\n|$)`)

// SecretTool is TCCLI.
func (cloud) SecretTool() target.SecretTool {
	return target.SecretTool{
		Names: []string{"tccli"}, Install: "pip install tccli",
		Failure: func(printed string) (code, message string) {
			if m := failed.FindStringSubmatch(printed); m != nil {
				return m[1], strings.TrimSpace(m[2])
			}
			return "", ""
		},
		Missing: func(code string) bool { return strings.HasPrefix(code, "ResourceNotFound") },
	}
}

// maxSecret is how many bytes a secret may have.
const maxSecret = 4 << 10

// SecretAccess is that of a secret of Secrets Manager. A version has the name that it is made with and is not changed afterwards: a
// function that runs, or is rolled back, has what it was tested with.
func (cloud) SecretAccess(app *target.App, s target.Secret) target.SecretAccess {
	name, version, _ := strings.Cut(s.Name, ":")
	command := func(operation string, args ...string) []string {
		return slices.Concat([]string{"ssm", operation, "--region", app.Spec.Provider.Region, "--output", "json"}, args)
	}
	describe := target.SecretQuery{Args: command("DescribeSecret", "--SecretName", name), Read: func(printed []byte, found *target.SecretState) error {
		var doc struct{ SecretName, Status string }
		if err := target.ReadJSON(printed, &doc); err != nil {
			return err
		}
		if doc.SecretName == "" {
			return errors.New("found no SecretName in the description of the secret")
		}
		if found.Exists = true; doc.Status != "Enabled" && doc.Status != "" {
			found.Unreadable = "its status is " + doc.Status
		}
		return nil
	}}
	versions := target.SecretQuery{Args: command("ListSecretVersionIds", "--SecretName", name), Read: func(printed []byte, found *target.SecretState) error {
		var doc struct{ Versions []struct{ VersionId string } }
		if err := target.ReadJSON(printed, &doc); err != nil {
			return err
		}
		for _, v := range doc.Versions {
			if v.VersionId == version {
				found.Version = version
			}
		}
		return nil
	}}
	a := target.SecretAccess{Describe: []target.SecretQuery{describe}}
	if version == "" {
		a.Unchecked = "whether it has the version SSM_Current, as secrets have that the vendor rotates"
		a.Unsettable, a.Hint = "the reference names no version, and the vendor gives a current one to what it rotates alone", "name a version: ssm:"+name+":v1"
	} else {
		a.Describe = append(a.Describe, versions)
	}
	a.Put = func(found target.SecretState, _ string) target.SecretPut {
		operation := "CreateSecret"
		if found.Exists {
			operation = "PutSecretValue"
		}
		p := target.SecretPut{
			Args: func(file string) []string { return command(operation, "--cli-input-json", "file://"+file) },
			Content: func(value string) []byte {
				return target.ASCII(map[string]any{"SecretName": name, "VersionId": version, "SecretString": value})
			},
			Version: version, Max: maxSecret,
		}
		switch {
		case found.Version != "":
			p.Refused, p.Hint = "it has the version "+version+" already, and a version does not change", "name a new one in f.yml, such as ssm:"+name+":v2, set it, and deploy"
		case found.Unreadable != "":
			p.Refused, p.Hint = found.Unreadable, "enable or restore it in the console first"
		}
		return p
	}
	return a
}
