package aliyun

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.SecretSetter = cloud{}

var (
	// failed and message are how the CLI prints an error of the service.
	failed  = regexp.MustCompile(`(?:ErrorCode: *|"Code": *")([A-Za-z0-9._-]+)`)
	message = regexp.MustCompile(`(?:\bMessage: *|"Message": *")([^\n"]*)`)
)

// SecretTool is the vendor's CLI, whose names of operations in capitals are those that need no plug-in.
func (cloud) SecretTool() target.SecretTool {
	return target.SecretTool{
		Names: []string{"aliyun"}, Install: "brew install aliyun-cli, or the archive of github.com/aliyun/aliyun-cli/releases",
		Failure: func(printed string) (code, text string) {
			if m := failed.FindStringSubmatch(printed); m != nil {
				code = m[1]
				if m = message.FindStringSubmatch(printed); m != nil {
					text = strings.TrimSpace(m[1])
				}
			}
			return code, text
		},
		Missing: func(code string) bool { return strings.HasSuffix(code, "ResourceNotFound") },
	}
}

// maxSecret is how many bytes a secret of KMS may have.
const maxSecret = 30 << 10

// SecretAccess is that of a secret of KMS, whose versions have the ids that they are made with. A value goes by the suffix -FILE of its
// parameter, which reads it from a file, byte by byte.
func (cloud) SecretAccess(app *target.App, s target.Secret) target.SecretAccess {
	name := s.Name
	command := func(operation string, args ...string) []string {
		return slices.Concat([]string{"kms", operation, "--region", app.Spec.Provider.Region, "--SecretName", name}, args)
	}
	describe := target.SecretQuery{Args: command("DescribeSecret"), Read: func(printed []byte, found *target.SecretState) error {
		var doc struct{ SecretName, PlannedDeleteTime string }
		if err := target.ReadJSON(printed, &doc); err != nil {
			return err
		}
		if doc.SecretName == "" {
			return errors.New("found no SecretName in the description of the secret")
		}
		if found.Exists = true; doc.PlannedDeleteTime != "" {
			found.Unreadable = "it is to be deleted"
		}
		return nil
	}}
	versions := target.SecretQuery{Args: command("ListSecretVersionIds"), Read: func(printed []byte, found *target.SecretState) error {
		var doc struct {
			VersionIds struct {
				VersionId []struct {
					VersionId     string
					VersionStages struct{ VersionStage []string }
				}
			}
		}
		if err := target.ReadJSON(printed, &doc); err != nil {
			return err
		}
		for _, v := range doc.VersionIds.VersionId {
			if slices.Contains(v.VersionStages.VersionStage, "ACSCurrent") {
				found.Version = v.VersionId
			}
		}
		return nil
	}}
	return target.SecretAccess{Describe: []target.SecretQuery{describe, versions}, Put: func(found target.SecretState, id string) target.SecretPut {
		operation := "CreateSecret"
		if found.Exists {
			operation = "PutSecretValue"
		}
		p := target.SecretPut{
			Args:    func(file string) []string { return command(operation, "--VersionId", id, "--SecretData-FILE", file) },
			Content: func(value string) []byte { return []byte(value) },
			Version: id, Max: maxSecret,
		}
		if found.Unreadable != "" {
			p.Refused, p.Hint = found.Unreadable, "restore it first: aliyun kms RestoreSecret --SecretName "+name
		}
		if !found.Exists {
			p.Note = "where KMS keeps secrets in an instance, make the first version in its console, which asks for the instance and its key"
		}
		return p
	}}
}
