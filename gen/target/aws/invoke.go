package aws

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Invoker = cloud{}

// Invocation is that of the AWS CLI. It waits as long as the function runs, and calls once: with its usual 60 seconds to wait and its
// retries a migration that takes longer would run twice. The CLI ends well when the function has failed: FunctionError says so.
func (c cloud) Invocation(app *target.App, u *target.Unit, payload json.RawMessage, input, output string) target.Invocation {
	args := []string{"lambda", "invoke", "--function-name", c.Address(app, u), "--invocation-type", "RequestResponse", "--log-type", "Tail",
		"--cli-read-timeout", "0", "--output", "json", "--payload", "fileb://" + input}
	if region := app.Spec.Provider.Region; region != "" {
		args = append(args, "--region", region)
	}
	return target.Invocation{
		Command: target.Command{Names: []string{"aws"}, Args: append(args, output), Install: "pip install awscli"},
		Env:     []string{"AWS_MAX_ATTEMPTS=1", "AWS_PAGER="},
		Input:   payload, MaxPayload: c.CallLimit(false), MaxResult: c.CallLimit(false),
		Read: returned,
	}
}

// returned reads the response of Invoke, as the CLI prints it, and the payload that it has written.
func returned(stdout, output []byte) (target.Returned, error) {
	var response struct {
		StatusCode               int
		FunctionError, LogResult string
	}
	if err := json.Unmarshal(stdout, &response); err != nil {
		return target.Returned{}, fmt.Errorf("found no response of Invoke: %w", err)
	}
	if response.StatusCode != 200 {
		return target.Returned{}, fmt.Errorf("found status %d, expected 200", response.StatusCode)
	}
	log, err := base64.StdEncoding.DecodeString(response.LogResult)
	if err != nil {
		return target.Returned{}, errors.New("found a log that is not base64")
	}
	r := target.Returned{Result: output, Log: log}
	if response.FunctionError == "" {
		return r, nil
	}
	var failed struct{ ErrorType, ErrorMessage string }
	r.Failure = strings.TrimSpace(string(output))
	if json.Unmarshal(output, &failed) == nil && failed.ErrorMessage != "" {
		r.Failure = strings.TrimPrefix(failed.ErrorType+": "+strings.TrimPrefix(failed.ErrorMessage, failed.ErrorType+": "), ": ")
	}
	if r.Failure == "" {
		r.Failure = response.FunctionError
	}
	return r, nil
}
