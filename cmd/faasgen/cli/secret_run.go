package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

// describe asks a store for a secret.
func (t *tool) describe(ctx context.Context, tool target.SecretTool, access target.SecretAccess, hidden *veil) (target.SecretState, error) {
	var found target.SecretState
	for _, q := range access.Describe {
		printed, code, err := t.runSecretTool(ctx, tool, q.Args, hidden)
		if code != "" && tool.Missing(code) {
			return target.SecretState{}, nil
		}
		if err == nil {
			if wrong := q.Read(printed, &found); wrong != nil {
				err = &failure{code: exitFailed, text: fmt.Sprintf("%s %s: %v", tool.Names[0], strings.Join(operation(q.Args), " "), wrong)}
			}
		}
		if err != nil {
			return target.SecretState{}, err
		}
		if !found.Exists {
			return target.SecretState{}, nil
		}
	}
	return found, nil
}

// operation is what a tool is asked for: its arguments up to the first flag.
func operation(args []string) []string {
	for i, a := range args {
		if strings.HasPrefix(a, "-") {
			return args[:i]
		}
	}
	return args
}

// maxPrinted is how many bytes of what a tool prints are looked at.
const maxPrinted = 1 << 20

// runSecretTool prints and runs a command of a vendor's tool, which gets no standard input. What it prints is returned, and shown only in part,
// where it is an error and has nothing of what is hidden. Code is the vendor's word for the error; there may be one although the exit code
// is 0.
func (t *tool) runSecretTool(ctx context.Context, tool target.SecretTool, args []string, hidden *veil) (printed []byte, code string, err error) {
	name, found := onPath(tool.Names)
	cmd := polite(ctx, name, args)
	cmd.Dir = t.dir
	cmd.Env = append(os.Environ(), tool.Environment...)
	shown := shell(cmd.Args)
	if !found {
		return nil, "", &failure{code: exitFailed, text: strings.Join(tool.Names, ", ") + ": not found in PATH", hint: fmt.Sprintf("install it: %s, then run this again", tool.Install)}
	}
	fmt.Fprintf(t.err, "run %s\n", shown)
	out, errs := &capped{limit: maxPrinted}, &capped{limit: maxPrinted}
	cmd.Stdout, cmd.Stderr = out, errs
	leave := t.running.enter()
	err = cmd.Run()
	leave()
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	all := string(errs.text) + "\n" + string(out.text)
	code, message := tool.Failure(all)
	what := name + " " + strings.Join(operation(args), " ")
	exit, _ := errors.AsType[*exec.ExitError](err)
	switch {
	case code != "":
		text := what + ": " + code
		if hidden.covers(code) {
			text = what + ": an error"
		}
		if message = oneLineOf(message, hidden); message != "" {
			text += ": " + message
		}
		return nil, code, &failure{code: exitFailed, text: text}
	case exit != nil:
		return nil, "", &failure{code: exitFailed, text: fmt.Sprintf("%s failed with exit code %d", what, exit.ExitCode()), hint: "run the command by hand to see what it says: faasgen shows no text that it does not know the form of"}
	case err != nil:
		return nil, "", &failure{code: exitFailed, text: fmt.Sprintf("%s: %v", what, err)}
	}
	return out.text, "", nil
}

// oneLineOf is the first line of a text that has one, without what a terminal would take for a command. Of what is hidden it shows nothing.
func oneLineOf(text string, hidden *veil) string {
	const limit = 500
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		plain := strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return -1
			}
			return r
		}, line)
		if hidden.covers(line) || hidden.covers(plain) {
			return ""
		}
		return strings.ToValidUTF8(plain[:min(len(plain), limit)], "")
	}
	return ""
}

// capped keeps what fits, and takes the rest without a word.
type capped struct {
	text  []byte
	limit int
}

func (c *capped) Write(p []byte) (int, error) {
	c.text = append(c.text, p[:min(len(p), c.limit-len(c.text))]...)
	return len(p), nil
}

// bare is an argument that a shell takes as it is.
var bare = regexp.MustCompile(`^[A-Za-z0-9_./:=,@%+-]+$`)

// shell writes a command as one types it.
func shell(args []string) string {
	list := make([]string, len(args))
	for i, a := range args {
		if list[i] = a; !bare.MatchString(a) {
			list[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(list, " ")
}
