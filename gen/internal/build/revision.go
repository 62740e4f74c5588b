package build

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/faasgen/faasgen/gen/internal/subprocess"
)

// revisionTime bounds how long git may take: a manifest without a revision is better than a build that waits.
const revisionTime = 5 * time.Second

// Revision is the state of a repository.
type Revision struct {
	// Commit is the hash of the commit that is checked out.
	Commit string `json:"commit"`
	// Modified says that files of the module differ from it, or are not in it.
	Modified bool `json:"modified,omitempty"`
}

var commitForm = regexp.MustCompile(`(?m)^# branch\.oid ([0-9a-f]{40,64})$`)

// revision is that of the module, nil where git does not say: it is not there, there is no repository or no commit, the repository is of
// somebody else, or it takes too long. What a build writes itself does not count. Git takes no lock for it and starts no program that the
// repository names.
func (b *builder) revision(ctx context.Context) *Revision {
	ctx, cancel := context.WithTimeout(ctx, revisionTime)
	defer cancel()
	args := []string{
		"-c", "core.fsmonitor=false", "--no-optional-locks", "status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--untracked-files=normal", "--", ".",
	}
	if module, err := filepath.EvalSymlinks(b.Module); err == nil {
		if dist, err := filepath.EvalSymlinks(b.Dist); err == nil {
			if rel, err := filepath.Rel(module, dist); err == nil && filepath.IsLocal(rel) && rel != "." {
				args = append(args, ":(exclude,literal)"+filepath.ToSlash(rel))
			}
		}
	}
	cmd := subprocess.Command(ctx, "git", args...)
	var out head
	cmd.Dir, cmd.Stdout = b.Module, &out
	env := b.Env
	if env == nil {
		env = os.Environ()
	}
	cmd.Env = append(slices.Clone(env), "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	if cmd.Run() != nil {
		return nil
	}
	found := commitForm.FindSubmatch(out.kept)
	if found == nil {
		return nil
	}
	return &Revision{Commit: string(found[1]), Modified: out.entries()}
}

// maxHead is how much of the output of git is kept: its headers, and the first of what may be many files.
const maxHead = 64 << 10

// head keeps the beginning of what is written.
type head struct{ kept []byte }

func (h *head) Write(p []byte) (int, error) {
	h.kept = append(h.kept, p[:min(len(p), maxHead-len(h.kept))]...)
	return len(p), nil
}

// entries reports whether there is more than headers.
func (h *head) entries() bool {
	for line := range bytes.Lines(h.kept) {
		if !bytes.HasPrefix(line, []byte("# ")) {
			return true
		}
	}
	return false
}
