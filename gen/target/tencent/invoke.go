package tencent

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Invoker = cloud{}

// patience is how much longer than the function may run its caller waits, in seconds: for a cold start, and for the way.
const patience = 120

// Invocation is that of TCCLI, with the action Invoke. The CLI ends well when the function has failed: InvokeResult says so.
func (c cloud) Invocation(app *target.App, u *target.Unit, payload json.RawMessage, input, _ string) target.Invocation {
	request := struct {
		FunctionName, InvocationType, LogType, ClientContext string
		Namespace                                            string `json:",omitempty"`
	}{c.Address(app, u), "RequestResponse", "Tail", string(payload), app.Spec.Provider.Namespace}
	text, err := json.Marshal(request)
	if err != nil {
		panic("tencent: " + err.Error()) // strings cannot fail
	}
	timeout := u.Settings.Timeout.WholeSeconds() + patience
	return target.Invocation{
		Command: target.Command{
			Names:   []string{"tccli"},
			Args:    []string{"scf", "Invoke", "--region", region(app), "--output", "json", "--timeout", strconv.Itoa(timeout), "--cli-input-json", "file://" + input},
			Install: "pip install tccli",
		},
		Input: text, MaxPayload: c.CallLimit(false), MaxResult: c.CallLimit(false),
		Read: returned,
	}
}

// returned reads the response of Invoke, as the CLI prints it.
func returned(stdout, _ []byte) (target.Returned, error) {
	var response struct {
		Result *struct {
			InvokeResult        int
			RetMsg, ErrMsg, Log string
		}
	}
	if err := json.Unmarshal(stdout, &response); err != nil {
		return target.Returned{}, fmt.Errorf("found no response of Invoke: %w", err)
	}
	if response.Result == nil {
		return target.Returned{}, errors.New("found a response without Result")
	}
	result := response.Result
	r := target.Returned{Result: []byte(result.RetMsg), Log: []byte(result.Log), Failure: result.ErrMsg}
	if r.Failure == "" && result.InvokeResult != 0 {
		r.Failure = fmt.Sprintf("InvokeResult %d", result.InvokeResult)
	}
	return r, nil
}
