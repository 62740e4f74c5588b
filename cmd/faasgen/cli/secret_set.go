package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/prompt"
	"github.com/faasgen/faasgen/gen/target"
)

// A store that was written to may be asked some times before it says so.
const (
	askings  = 3
	askEvery = 500 * time.Millisecond
)

// setSecret puts a value into the store of a secret, and checks that it is there.
func (t *tool) setSecret(ctx context.Context, s *secrets, secret target.Secret) error {
	tool, access, err := s.access(secret)
	if err != nil {
		return err
	}
	refused := func(why, hint string) error {
		return &failure{code: exitFailed, text: fmt.Sprintf("%s: %s cannot be set: %s", secret.Key, secret.Reference(), why), hint: hint}
	}
	if access.Unsettable != "" {
		return refused(access.Unsettable, access.Hint)
	}
	before, err := t.describe(ctx, tool, access, nil)
	if err != nil {
		return withKey(secret, err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	put := access.Put(before, hex.EncodeToString(id))
	if put.Refused != "" {
		return refused(put.Refused, put.Hint)
	}
	value, err := t.secretValue(secret, put.Max)
	if err != nil {
		return err
	}
	if wrong := put.Wrong(value); wrong != "" {
		return &failure{code: exitFailed, text: fmt.Sprintf("the value of %s: %s", secret.Key, wrong), hint: "that is a rule of " + s.where(secret) + "; nothing was set"}
	}
	if put.Note != "" {
		fmt.Fprintf(t.err, "note: %s\n", put.Note)
	}
	hidden := newVeil(value)
	failed := t.put(ctx, tool, put, value, hidden)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	after, err := t.took(ctx, tool, access, put, before, hidden)
	switch {
	case err != nil && failed != nil:
		return withKey(secret, failed)
	case err != nil:
		return withKey(secret, fmt.Errorf("it may have been set, and the store does not say: %w", err))
	case put.Version != "" && after.Version == put.Version: // by nobody else
	case after.Version == before.Version && failed != nil:
		return withKey(secret, failed)
	case after.Version == before.Version:
		return &failure{code: exitFailed, text: fmt.Sprintf("%s: %s ended as if it had set it, and the store has no new version", secret.Key, tool.Names[0]), hint: "nothing was set; run the command by hand to see what it says"}
	case failed != nil:
		return &failure{code: exitFailed, text: withKey(secret, failed).Error() + "; yet the store has a new version, " + after.Version, hint: "it, or somebody else, has set it: set it again"}
	case put.Version != "":
		return &failure{code: exitFailed, text: fmt.Sprintf("%s: the store has version %s, expected %s: somebody else has set it at the same time", secret.Key, after.Version, put.Version), hint: "set it again"}
	}
	if failed != nil {
		fmt.Fprintf(t.err, "note: %v; yet the store has the new version\n", failed)
	}
	fmt.Fprintf(t.out, "%s is set: %s, version %s\n", secret.Key, secret.Reference(), after.Version)
	return nil
}

// put runs the command that sets a value. The file that hands it over is in a folder of its own, which only this user can look into,
// and gone when the command has ended.
func (t *tool) put(ctx context.Context, tool target.SecretTool, put target.SecretPut, value string, hidden *veil) error {
	dir, remove, err := t.temporary("faasgen-secret-")
	if err != nil {
		return fmt.Errorf("make a folder for the value: %w", err)
	}
	defer remove()
	file := filepath.Join(dir, "value")
	if err := os.WriteFile(file, put.Content(value), 0o600); err != nil {
		return fmt.Errorf("write the file with the value: %w", err)
	}
	defer t.running.enter()()
	_, _, err = t.runSecretTool(ctx, tool, put.Args(file), hidden)
	if ctx.Err() != nil {
		fmt.Fprintln(t.err, "note: the store may have the value or not: set it again")
	}
	return err
}

// took asks the store until it has another version than before, or one asks in vain.
func (t *tool) took(ctx context.Context, tool target.SecretTool, access target.SecretAccess, put target.SecretPut, before target.SecretState, hidden *veil) (after target.SecretState, err error) {
	for n := 1; ; n++ {
		after, err = t.describe(ctx, tool, access, hidden)
		done := after.Version != before.Version && (put.Version == "" || after.Version == put.Version)
		if n == askings || err == nil && done {
			return after, err
		}
		select {
		case <-time.After(askEvery):
		case <-ctx.Done():
			return after, ctx.Err()
		}
	}
}

// secretValue reads the value of a secret: a line from a terminal, which does not show it, and otherwise all of standard input. One line
// break at the end is none of it.
func (t *tool) secretValue(secret target.Secret, limit int) (string, error) {
	in := t.in
	if terminal(t.in) {
		file := t.in.(*os.File)
		restore, err := prompt.Silence(file)
		if errors.Is(err, prompt.ErrUnable) {
			return "", &failure{code: exitUsage, text: err.Error(), hint: "have another command write it to standard input, or read it from a file: < FILE"}
		}
		if err != nil {
			return "", fmt.Errorf("keep the terminal from showing the value: %w", err)
		}
		key := new(int)
		t.restores.Store(key, restore)
		defer func() {
			restore()
			t.restores.Delete(key)
		}()
		fmt.Fprintf(t.err, "value of %s (%s), which is not shown: ", secret.Key, secret.Reference())
		in = &oneLine{in: file}
	}
	text, err := io.ReadAll(io.LimitReader(in, int64(limit)+3)) // with a line break, and enough to see that it is too long
	if err != nil {
		return "", fmt.Errorf("read the value: %w", err)
	}
	value := string(text)
	if line, ok := strings.CutSuffix(value, "\n"); ok {
		value = strings.TrimSuffix(line, "\r")
	}
	return value, nil
}

// oneLine reads up to a line break. A terminal delivers lines.
type oneLine struct {
	in   io.Reader
	over bool
}

func (l *oneLine) Read(p []byte) (int, error) {
	if l.over {
		return 0, io.EOF
	}
	n, err := l.in.Read(p)
	l.over = n > 0 && p[n-1] == '\n'
	return n, err
}
