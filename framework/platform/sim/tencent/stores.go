package tencent

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// storesAPI is Secrets Manager.
func storesAPI() *sim.StoresAPI {
	return &sim.StoresAPI{Handler: storesHandler, Environment: func(url string) map[string]string { return map[string]string{"FAAS_STORES_ENDPOINT": url} }}
}

func storesHandler(s *sim.Stores, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := now()
		w.Header().Set("Date", at.UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/json")
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			return // the client went away
		}
		response := getSecretValue(s, r, body, at)
		response["RequestId"] = requestID()
		json.NewEncoder(w).Encode(map[string]any{"Response": response})
	})
}

func getSecretValue(s *sim.Stores, r *http.Request, body []byte, now time.Time) map[string]any {
	if code, message := verify(r, "ssm", "2019-09-23", body, now); code != "" {
		return refuseCall(code, message)
	}
	var in struct{ SecretName, VersionId string }
	if err := json.Unmarshal(body, &in); err != nil || r.Header.Get("X-TC-Action") != "GetSecretValue" || in.SecretName == "" || in.VersionId == "" {
		return refuseCall("InvalidParameter", "SecretName or VersionId is missing")
	}
	name := in.SecretName
	if in.VersionId != "SSM_Current" {
		name += ":" + in.VersionId
	}
	if s.Note("GetSecretValue " + name) {
		return refuseCall("RequestLimitExceeded", "the limit of requests is exceeded")
	}
	text, found, allowed := s.Find("ssm:" + name)
	switch {
	case !allowed:
		return refuseCall("UnauthorizedOperation", "You are not authorized to perform ssm:GetSecretValue")
	case !found:
		return refuseCall("ResourceNotFound.SecretNotExist", "the secret does not exist")
	}
	return map[string]any{"SecretName": in.SecretName, "VersionId": in.VersionId, "SecretString": text, "SecretBinary": ""}
}
