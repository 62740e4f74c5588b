package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/framework/config"
	platform "github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
)

func (t *tool) secret() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Set, list and check the secrets that f.yml refers to",
		Long: "Secret drives the cloud's own tool (aws, aliyun, tccli) for the stores that secrets in f.yml refers to. It prints each command\n" +
			"that it runs, and never a value. The tool reads its own credentials; faasgen reads none.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage("found no command, expected: faasgen secret set, list or check")
		},
	}
	cmd.AddCommand(t.secretSet(), t.secretList(), t.secretCheck())
	return cmd
}

func (t *tool) secretSet() *cobra.Command {
	var value string
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Put a value into the store that a secret refers to",
		Long: "Set puts a value into the store: a new secret, or a new version of it. NAME is the configuration key. The value is typed at the\n" +
			"terminal, which does not show it, or is what standard input has, less the line break at its end. It is handed to the cloud's own tool\n" +
			"in a file that only you can read and that is removed at once. Afterwards the store is asked whether it has the new version.",
		Example: "  faasgen secret set auth.token --stage prod\n  openssl rand -hex 32 | faasgen secret set auth.token --target aws",
		Args:    arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := t.secretsOf(cmd.Context(), args, value)
			if err != nil {
				return err
			}
			return t.setSecret(cmd.Context(), s, s.list[0])
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the cloud whose store it is")
	t.stageFlag(cmd.Flags())
	return cmd
}

func (t *tool) secretList() *cobra.Command {
	var value string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [NAME]",
		Short: "List the secrets with their references, and who reads them",
		Long: "List shows each configuration key of secrets in f.yml: the reference, the store, the functions that read it, and whether\n" +
			config.StandIn(platform.Name) + " stands in for it on this machine. It runs nothing; secret check looks into the stores.",
		Example: "  faasgen secret list --stage prod\n  faasgen secret list --target aliyun --json",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := t.secretsOf(cmd.Context(), args, value)
			if err != nil {
				return err
			}
			return t.listSecrets(s, asJSON)
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the cloud whose references to list")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	t.stageFlag(cmd.Flags())
	return cmd
}

func (t *tool) secretCheck() *cobra.Command {
	var value string
	cmd := &cobra.Command{
		Use:   "check [NAME]",
		Short: "Ask the stores whether they have the secrets; exit code 1 if not",
		Long: "Check asks the stores, through the cloud's own tool, whether they have each secret that f.yml refers to, in the version that the\n" +
			"reference names. No value is read.",
		Example: "  faasgen secret check --stage prod\n  faasgen secret check auth.token --target tencent",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := t.secretsOf(cmd.Context(), args, value)
			if err != nil {
				return err
			}
			return t.checkSecrets(cmd.Context(), s)
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the cloud whose stores to ask")
	t.stageFlag(cmd.Flags())
	return cmd
}

// secrets are those of an application on a target, at the requested stage.
type secrets struct {
	app    *gen.App
	target target.Target
	seen   *target.App
	list   []target.Secret // by key, each once
}

// secretsOf finds the secrets of the application in the working folder, or the one that the arguments name.
func (t *tool) secretsOf(ctx context.Context, args []string, value string) (*secrets, error) {
	r, err := t.solve(ctx, t.options(t.dir))
	if err != nil {
		return nil, err
	}
	app, err := t.only(r)
	if err != nil {
		return nil, err
	}
	if value == "" {
		if value = app.Provider(); value == "" {
			return nil, &failure{code: exitUsage, text: "nothing says which cloud has the secrets of " + app.Name,
				hint: "give --target, or name the cloud in f.yml: provider: {name: ...}. (known: " + strings.Join(t.names(), ", ") + ")"}
		}
	}
	chosen, err := t.selectTargets(value)
	if err != nil {
		return nil, err
	}
	if len(chosen) > 1 {
		return nil, usage("found %d targets, expected one: each has stores of its own", len(chosen))
	}
	s := &secrets{app: app, target: chosen[0]}
	seen, ds := app.Target(s.target.Name())
	if ds.Failed() {
		t.print(ds)
		return nil, &failure{code: exitFailed}
	}
	s.seen = seen
	for _, u := range seen.Units {
		s.list = append(s.list, u.Secrets()...)
	}
	slices.SortFunc(s.list, func(a, b target.Secret) int { return strings.Compare(a.Key, b.Key) })
	s.list = slices.CompactFunc(s.list, func(a, b target.Secret) bool { return a.Key == b.Key })
	if len(args) > 0 {
		var known []string
		for _, secret := range s.list {
			known = append(known, secret.Key)
		}
		i := slices.Index(known, args[0])
		if i < 0 && known == nil {
			return nil, &failure{code: exitUsage, text: "unknown secret " + quote(args[0]), hint: "there is none in f.yml; write secrets: {" + args[0] + `: {from: "SCHEME:NAME"}} there`}
		}
		if i < 0 {
			return nil, unknown("secret", args[0], known)
		}
		s.list = s.list[i : i+1]
	}
	return s, nil
}

// store is that of a secret.
func (s *secrets) store(secret target.Secret) (target.Store, bool) {
	if k, ok := s.target.(target.Keeper); ok {
		for _, store := range k.Stores() {
			if store.Scheme == secret.Scheme {
				return store, true
			}
		}
	}
	return target.Store{}, false
}

// where says in what kind of place a secret is.
func (s *secrets) where(secret target.Secret) string {
	if store, ok := s.store(secret); ok {
		return store.Title
	}
	switch secret.Scheme {
	case "env":
		return "variable"
	case "file":
		return "file"
	}
	return "-"
}

// outside is what to do about a secret that is in no store.
func (s *secrets) outside(secret target.Secret) string {
	if secret.Scheme == "env" {
		return "set the variable " + secret.Name + " of the functions, in the cloud's console or by a layer of yours, and not in f.yml"
	}
	return "have the cloud mount the file " + secret.Name + " into the functions"
}

// access is how a secret of a store is reached: a failure says why there is none.
func (s *secrets) access(secret target.Secret) (target.SecretTool, target.SecretAccess, error) {
	store, ok := s.store(secret)
	if !ok && !secret.Stored() {
		return target.SecretTool{}, target.SecretAccess{}, &failure{code: exitFailed, text: secret.Key + ": " + secret.Scheme + ": leads to no store", hint: s.outside(secret)}
	}
	if !ok {
		return target.SecretTool{}, target.SecretAccess{}, &failure{code: exitFailed, text: fmt.Sprintf("%s: %s has no store of the scheme of its reference", secret.Key, s.target.Name()),
			hint: "run faasgen check --target " + s.target.Name()}
	}
	if wrong := store.Wrong(secret.Name); wrong != "" {
		return target.SecretTool{}, target.SecretAccess{}, &failure{code: exitFailed, text: secret.Key + ": the name after " + secret.Scheme + ": " + wrong}
	}
	setter, ok := s.target.(target.SecretSetter)
	if !ok {
		return target.SecretTool{}, target.SecretAccess{}, &failure{code: exitFailed, text: "nothing is known that reaches the stores of " + s.target.Name(), hint: "use the cloud's own tool for " + secret.Reference()}
	}
	return setter.SecretTool(), setter.SecretAccess(s.seen, secret), nil
}
