package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

const (
	maxEvent = 1 << 20 // of an asynchronous call
	// What the role of every function gives it.
	keyID, secretKey, sessionToken = "simulated", "simulated", "simulated"
)

// invokeAPI is the Invoke call of Lambda's API.
func invokeAPI(a *sim.Account) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", func(w http.ResponseWriter, r *http.Request) { answerCall(a, w, r) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuseCall(w, http.StatusNotFound, "UnknownOperationException", "")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", a.Now().UTC().Format(http.TimeFormat))
		w.Header().Set("X-Amzn-Requestid", newID())
		mux.ServeHTTP(w, r)
	})
}

func refuseCall(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("X-Amzn-Errortype", kind)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"Type": "User", "message": message})
}

func answerCall(a *sim.Account, w http.ResponseWriter, r *http.Request) {
	kind, limit := r.Header.Get("X-Amz-Invocation-Type"), int64(maxRequest)
	switch kind {
	case "", "RequestResponse":
	case "Event":
		limit = maxEvent
	default:
		refuseCall(w, http.StatusBadRequest, "InvalidParameterValueException", "the invocation type is unknown")
		return
	}
	payload, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return // the caller went away
	case int64(len(payload)) > limit:
		refuseCall(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", fmt.Sprintf("%d byte payload is too large (limit %d bytes)", len(payload), limit))
		return
	}
	if kind, message := verify(r, "lambda", payload, a.Now()); kind != "" {
		refuseCall(w, http.StatusForbidden, kind, message)
		return
	}
	if !json.Valid(payload) {
		refuseCall(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
		return
	}
	name, qualifier := r.PathValue("name"), r.URL.Query().Get("Qualifier")
	if kind == "Event" {
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
	w.Header().Set("X-Amz-Executed-Version", "$LATEST")
	if result.Error != nil {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(result.Body)))
	w.Write(result.Body)
}

func callFailed(w http.ResponseWriter, name string, err error) {
	switch {
	case errors.Is(err, sim.ErrNoFunction):
		refuseCall(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: arn:aws:lambda:"+region+":"+account+":function:"+name)
	case errors.Is(err, sim.ErrThrottled):
		w.Header().Set("Retry-After", "0")
		refuseCall(w, http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
	default:
		refuseCall(w, http.StatusInternalServerError, "ServiceException", err.Error())
	}
}
