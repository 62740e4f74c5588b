package aliyun

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Invoker = cloud{}

// Invocation is that of Serverless Devs, which knows functions by the deployment file, and waits for as long as that lets them run. It is the
// vendor's only command line that shows whether the function has failed: it ends well all the same, and prints an error type.
func (c cloud) Invocation(_ *target.App, u *target.Unit, payload json.RawMessage, input, _ string) target.Invocation {
	return target.Invocation{
		Command: target.Command{
			Names: []string{"s"}, Args: []string{u.Name, "invoke", "--invocation-type", "sync", "--event-file", input},
			Install: "npm install -g @serverless-devs/s",
		},
		InTasks: true, Env: []string{"FORCE_COLOR=0"},
		Input: payload, MaxPayload: c.CallLimit(false), MaxResult: c.CallLimit(false),
		Read: returned,
	}
}

// The parts of what the component fc3 prints of a call, in this order.
const (
	logBegins    = "========= FC invoke Logs begin ========="
	logEnds      = "========= FC invoke Logs end ========="
	instanceLine = "Invoke instanceId:"
	failedLine   = "Error Type:"
	resultLine   = "Invoke Result:"
)

// returned reads what the component prints. What a function logs or returns may look like its lines: those count that stand where
// the component has them.
func returned(stdout, _ []byte) (target.Returned, error) {
	const missing = "found no log and result of a call in what s has printed"
	text := strings.ReplaceAll(string(colours().ReplaceAll(stdout, nil)), "\r\n", "\n")
	_, text, ok := strings.Cut(text, logBegins+"\n")
	if !ok {
		return target.Returned{}, errors.New(missing)
	}
	end := regexp.MustCompile(`(?m)^` + logEnds + `\n\s*` + instanceLine).FindStringIndex(text)
	if end == nil {
		return target.Returned{}, errors.New(missing)
	}
	head, body, ok := strings.Cut(text[end[0]:], "\n"+resultLine+"\n")
	if !ok {
		return target.Returned{}, errors.New(missing)
	}
	r := target.Returned{Log: []byte(text[:end[0]]), Result: first(body)}
	if _, kind, failed := strings.Cut(head, "\n"+failedLine); failed {
		kind, _, _ = strings.Cut(kind, "\n")
		r.Failure = strings.TrimSpace(kind)
		var said struct{ ErrorType, ErrorMessage string }
		if json.Unmarshal(r.Result, &said) == nil && said.ErrorMessage != "" {
			r.Failure = strings.TrimPrefix(said.ErrorType+": "+strings.TrimPrefix(said.ErrorMessage, said.ErrorType+": "), ": ")
		}
	}
	return r, nil
}

// first is the JSON that a text begins with, or all of the text: the tool goes on after a result with lines of its own.
func first(text string) []byte {
	var value json.RawMessage
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&value); err != nil {
		return bytes.TrimSpace([]byte(text))
	}
	return value
}

// colours are the escapes of a terminal's colours.
func colours() *regexp.Regexp { return regexp.MustCompile("\x1b\\[[0-9;]*m") }
