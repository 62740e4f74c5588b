package tencent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// What a role gives a function.
const keyID, secretKey, sessionToken = "AKIDsimulated", "simulated", "simulated"

// invokeAPI is InvokeFunction and Invoke of SCF's API, whose status is 200 whatever happens.
func invokeAPI(a *sim.Account) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", a.Now().UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/json")
		body, err := io.ReadAll(io.LimitReader(r.Body, 8*maxPayload))
		if err != nil {
			return // the caller went away
		}
		response := answerCall(a, r, body)
		response["RequestId"] = requestID()
		json.NewEncoder(w).Encode(map[string]any{"Response": response})
	})
}

func refuseCall(code, message string) map[string]any {
	return map[string]any{"Error": map[string]string{"Code": code, "Message": message}}
}

func answerCall(a *sim.Account, r *http.Request, body []byte) map[string]any {
	if code, message := verify(r, "scf", "2018-04-16", body, a.Now()); code != "" {
		return refuseCall(code, message)
	}
	var p struct{ FunctionName, Namespace, Qualifier, InvocationType, ClientContext, Event string }
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return refuseCall("UnknownParameter", err.Error())
	}
	action := r.Header.Get("X-TC-Action")
	event, limit, async := p.Event, maxPayload, false
	switch {
	case action == "InvokeFunction" && p.InvocationType == "" && p.ClientContext == "":
	case action == "Invoke" && p.Event == "" && (p.InvocationType == "Event" || p.InvocationType == "RequestResponse"):
		if event, async = p.ClientContext, p.InvocationType == "Event"; async {
			limit = maxAsync
		}
	default:
		return refuseCall("InvalidAction", "the action is unknown, or its parameters are those of another")
	}
	switch {
	case len(event) > limit:
		return refuseCall("InvalidParameterValue.Param", fmt.Sprintf("the event is %d bytes, the limit is %d", len(event), limit))
	case !json.Valid([]byte(event)):
		return refuseCall("InvalidParameterValue.Param", "the event is not JSON")
	case p.Namespace != "" && p.Namespace != "default":
		return refuseCall("ResourceNotFound.Namespace", "the namespace does not exist")
	}
	if async {
		if err := a.Send(p.FunctionName, p.Qualifier, []byte(event)); err != nil {
			return callFailed(err)
		}
		return map[string]any{"Result": map[string]any{"FunctionRequestId": requestID(), "InvokeResult": 0, "RetMsg": "", "ErrMsg": ""}}
	}
	result, err := a.Call(r.Context(), p.FunctionName, p.Qualifier, []byte(event))
	if err != nil {
		return callFailed(err)
	}
	outcome := map[string]any{"FunctionRequestId": requestID(), "InvokeResult": 0, "RetMsg": string(result.Body), "ErrMsg": "", "Log": "", "BillDuration": 1, "Duration": 1.0, "MemUsage": 1}
	if e := result.Error; e != nil {
		code, err := strconv.Atoi(strings.Fields(e.Type + " ")[0])
		if err != nil {
			code = -1
		}
		outcome["InvokeResult"], outcome["ErrMsg"] = code, e.Error()
	}
	return map[string]any{"Result": outcome}
}

func callFailed(err error) map[string]any {
	switch {
	case errors.Is(err, sim.ErrNoFunction):
		return refuseCall("ResourceNotFound.FunctionName", "the function does not exist")
	case errors.Is(err, sim.ErrThrottled):
		return refuseCall("LimitExceeded.Concurrency", "the function has reached its limit of instances")
	}
	return refuseCall("InternalError", err.Error())
}
