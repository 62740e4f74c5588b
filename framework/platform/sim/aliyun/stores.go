package aliyun

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// storesAPI is the secrets of KMS.
func storesAPI() *sim.StoresAPI {
	return &sim.StoresAPI{Handler: storesHandler, Environment: func(url string) map[string]string { return map[string]string{"FAAS_STORES_ENDPOINT": url} }}
}

func storesHandler(s *sim.Stores, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := now()
		w.Header().Set("Date", at.UTC().Format(http.TimeFormat))
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			return // the client went away
		}
		if status, code, message := verify(r, startToken, "GetSecretValue", "2016-01-20", body, at); status != 0 {
			refuseCall(w, status, code, message)
			return
		}
		name := r.URL.Query().Get("SecretName")
		if s.Note("GetSecretValue " + name) {
			refuseCall(w, http.StatusBadRequest, "Rejected.Throttling", "QPS Limit Exceeded")
			return
		}
		text, found, allowed := s.Find("kms:" + name)
		switch {
		case !allowed:
			refuseCall(w, http.StatusForbidden, "Forbidden.NoPermission", "This operation is forbidden by permission system.")
		case !found:
			refuseCall(w, http.StatusNotFound, "Forbidden.ResourceNotFound", "Resource not found.")
		default:
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(map[string]string{"SecretName": name, "SecretData": text, "SecretDataType": "text", "VersionId": "v1"})
		}
	})
}
