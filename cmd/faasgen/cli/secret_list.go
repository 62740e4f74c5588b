package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	platform "github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/gen/target"
)

// secretRow is what "secret list --json" prints for each secret.
type secretRow struct {
	Key       string   `json:"key"`
	Variable  string   `json:"variable"`
	Reference string   `json:"reference"`
	Store     string   `json:"store"`
	Functions []string `json:"functions"`
	StandIn   bool     `json:"standIn"`
	place
}

// listSecrets prints the secrets.
func (t *tool) listSecrets(s *secrets, asJSON bool) error {
	here, err := s.standIns()
	if err != nil {
		return err
	}
	rows := []secretRow{}
	for _, secret := range s.list {
		row := secretRow{Key: secret.Key, Variable: secret.Variable, Reference: secret.Reference(), Store: s.where(secret), Functions: []string{}, StandIn: here[secret.Key], place: t.place(secret.Place.Pos)}
		if row.Store == "-" { // which may be the secret itself, with a colon in it
			row.Reference = "-"
		}
		for _, u := range s.seen.Units {
			for _, f := range u.Functions {
				if slices.ContainsFunc(f.Secrets, func(of target.Secret) bool { return of.Key == secret.Key }) {
					row.Functions = append(row.Functions, f.Name)
				}
			}
		}
		slices.Sort(row.Functions)
		row.Functions = slices.Compact(row.Functions)
		rows = append(rows, row)
	}
	if asJSON {
		return t.encode(rows)
	}
	cells := [][]string{{"KEY", "REFERENCE", "STORE", config.StandIn(platform.Name), "FUNCTIONS"}}
	for _, r := range rows {
		standIn := "-"
		if r.StandIn {
			standIn = "yes"
		}
		cells = append(cells, []string{r.Key, r.Reference, r.Store, standIn, strings.Join(r.Functions, ", ")})
	}
	if len(rows) == 0 {
		fmt.Fprintln(t.err, "there are no secrets in f.yml that a function reads")
		return nil
	}
	for _, row := range cells {
		text := ""
		for i, cell := range row {
			width := 0
			for _, other := range cells {
				width = max(width, len(other[i]))
			}
			text += fmt.Sprintf("%-*s  ", width, cell)
		}
		fmt.Fprintln(t.out, strings.TrimRight(text, " "))
	}
	return nil
}

// standIns are the keys that the file has which stands in for the stores on this machine.
func (s *secrets) standIns() (map[string]bool, error) {
	app, err := s.app.Inspect()
	if err != nil {
		return nil, err
	}
	c, err := app.Config(platform.Name, "", func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, &failure{code: exitFailed, text: err.Error()}
	}
	keys := map[string]bool{}
	for _, k := range c.Keys {
		keys[k.Key] = filepath.Base(k.Source.Pos.Filename) == config.StandIn(platform.Name)
	}
	return keys, nil
}

// codeStore is the code of a secret that its store does not have.
const codeStore = "secret-missing"

// checkSecrets asks the stores for each secret, and prints a line for each.
func (t *tool) checkSecrets(ctx context.Context, s *secrets) error {
	var ds annotations.Diagnostics
	asked := map[string]target.SecretState{}
	for _, secret := range s.list {
		if !secret.Stored() {
			fmt.Fprintf(t.err, "note: %s is not checked: %s leads to no store; %s\n", secret.Key, secret.Reference(), s.outside(secret))
			continue
		}
		tool, access, err := s.access(secret)
		if err != nil {
			return err
		}
		subject := strings.Join(access.Describe[0].Args, " ")
		found, ok := asked[subject]
		if !ok {
			if found, err = t.describe(ctx, tool, access, nil); err != nil {
				return withKey(secret, err)
			}
			asked[subject] = found
		}
		wrong := ""
		switch {
		case !found.Exists:
			wrong = "does not exist"
		case found.Unreadable != "":
			wrong = "cannot be read: " + found.Unreadable
		case found.Version == "" && access.Unchecked == "":
			wrong = "exists, and has no such version"
		}
		if wrong != "" {
			d := secret.Place.Errorf(codeStore, "%s: %s %s", secret.Key, secret.Reference(), wrong)
			d.Line = "" // one line each
			ds = append(ds, d)
			continue
		}
		text := secret.Key + "  " + secret.Reference()
		if found.Version != "" {
			text += "  version " + found.Version
		}
		fmt.Fprintln(t.out, text)
		if access.Unchecked != "" {
			fmt.Fprintf(t.err, "note: %s: it is not known %s\n", secret.Key, access.Unchecked)
		}
	}
	ds.Sort()
	t.print(ds)
	if ds.Failed() {
		return &failure{code: exitFailed}
	}
	return nil
}

// withKey says of which secret a failure is.
func withKey(secret target.Secret, err error) error {
	if f, ok := errors.AsType[*failure](err); ok && f.text != "" {
		return &failure{code: f.code, text: secret.Key + ": " + f.text, hint: f.hint}
	}
	return err
}
