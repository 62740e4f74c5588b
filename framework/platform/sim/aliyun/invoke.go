package aliyun

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// What a role gives a function: keys that come with each invocation. Those in the environment are of the start of the process,
// and by the time of a call they may have expired, as they have here.
const (
	keyID, secretKey = "STS.simulated", "simulated"
	callToken        = "simulated-of-the-call"
	startToken       = "simulated-of-the-start"
	invokeVersion    = "2023-03-30"
)

// invokeAPI is InvokeFunction of FC's API.
func invokeAPI(a *sim.Account) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /"+invokeVersion+"/functions/{name}/invocations", func(w http.ResponseWriter, r *http.Request) { answerCall(a, w, r) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuseCall(w, http.StatusNotFound, "PathNotSupported", "the path is not supported")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", a.Now().UTC().Format(http.TimeFormat))
		w.Header().Set("X-Fc-Request-Id", newID())
		mux.ServeHTTP(w, r)
	})
}

func refuseCall(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"RequestId": w.Header().Get("X-Fc-Request-Id"), "Code": code, "Message": message})
}

func answerCall(a *sim.Account, w http.ResponseWriter, r *http.Request) {
	kind, limit := r.Header.Get("X-Fc-Invocation-Type"), int64(maxPayload)
	switch kind {
	case "", "Sync":
	case "Async":
		limit = maxAsync
	default:
		refuseCall(w, http.StatusBadRequest, "InvalidArgument", "invalid x-fc-invocation-type")
		return
	}
	payload, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return // the caller went away
	case int64(len(payload)) > limit:
		refuseCall(w, http.StatusRequestEntityTooLarge, "InvalidArgument", fmt.Sprintf("payload size exceeds the limit of %d bytes", limit))
		return
	}
	if status, code, message := verify(r, callToken, "InvokeFunction", invokeVersion, payload, a.Now()); status != 0 {
		refuseCall(w, status, code, message)
		return
	}
	name, qualifier := r.PathValue("name"), r.URL.Query().Get("qualifier")
	if kind == "Async" {
		if err := a.Send(name, qualifier, payload); err != nil {
			callFailed(w, name, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		return
	}
	result, err := a.Call(r.Context(), name, qualifier, payload)
	if err != nil {
		callFailed(w, name, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if e := result.Error; e != nil {
		w.Header().Set("X-Fc-Error-Type", "UnhandledInvocationError")
		if e.Type == timedOut {
			w.Header().Set("X-Fc-Error-Type", timedOut)
		}
	}
	w.Write(result.Body)
}

func callFailed(w http.ResponseWriter, name string, err error) {
	switch {
	case errors.Is(err, sim.ErrNoFunction):
		refuseCall(w, http.StatusNotFound, "FunctionNotFound", "function '"+name+"' does not exist")
	case errors.Is(err, sim.ErrThrottled):
		refuseCall(w, http.StatusTooManyRequests, "ResourceExhausted", "the function has reached its limit of instances")
	default:
		refuseCall(w, http.StatusInternalServerError, "InternalServerError", err.Error())
	}
}
