package aws

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// storesAPI is Parameter Store and Secrets Manager.
func storesAPI() *sim.StoresAPI {
	return &sim.StoresAPI{Handler: storesHandler, Environment: func(url string) map[string]string {
		return map[string]string{"AWS_ENDPOINT_URL_SSM": url, "AWS_ENDPOINT_URL_SECRETS_MANAGER": url}
	}}
}

func storesHandler(s *sim.Stores, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := now()
		w.Header().Set("Date", at.UTC().Format(http.TimeFormat))
		w.Header().Set("X-Amzn-Requestid", newID())
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			return // the client went away
		}
		action, service := r.Header.Get("X-Amz-Target"), "ssm"
		if strings.HasPrefix(action, "secretsmanager.") {
			service = "secretsmanager"
		}
		if kind, message := verify(r, service, body, at); kind != "" {
			refuseStore(w, http.StatusBadRequest, kind, message)
			return
		}
		switch {
		case r.Method != "POST" || r.URL.Path != "/" || r.Header.Get("Content-Type") != "application/x-amz-json-1.1":
			refuseStore(w, http.StatusNotFound, "UnknownOperationException", "")
		case action == "AmazonSSM.GetParameters":
			getParameters(s, w, body)
		case action == "secretsmanager.GetSecretValue":
			getSecretValue(s, w, body)
		default:
			refuseStore(w, http.StatusBadRequest, "UnknownOperationException", "")
		}
	})
}

func refuseStore(w http.ResponseWriter, status int, kind, message string) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazonaws.service#" + kind, "Message": message})
}

const throttled, rateExceeded = "ThrottlingException", "Rate exceeded"

func getParameters(s *sim.Stores, w http.ResponseWriter, body []byte) {
	var in struct {
		Names          []string
		WithDecryption bool
	}
	if err := json.Unmarshal(body, &in); err != nil || len(in.Names) == 0 || len(in.Names) > 10 {
		refuseStore(w, http.StatusBadRequest, "ValidationException", "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10")
		return
	}
	if s.Note("GetParameters " + strings.Join(in.Names, " ")) {
		refuseStore(w, http.StatusBadRequest, throttled, rateExceeded)
		return
	}
	type parameter struct{ Name, ARN, Type, Value, Selector string }
	out := struct {
		Parameters        []parameter
		InvalidParameters []string
	}{[]parameter{}, []string{}}
	for _, name := range in.Names {
		text, found, allowed := s.Find("ssm:" + name)
		prefix := "arn:aws:ssm:" + region + ":" + account + ":parameter"
		plain, selector := strings.TrimPrefix(name, prefix), ""
		if i := strings.IndexByte(plain, ':'); i >= 0 {
			plain, selector = plain[:i], plain[i:]
		}
		arn := prefix + "/" + strings.TrimPrefix(plain, "/")
		switch {
		case !allowed:
			refuseStore(w, http.StatusBadRequest, "AccessDeniedException", "User: arn:aws:sts::"+account+":assumed-role/unit/unit is not authorized to perform: ssm:GetParameters on resource: "+arn+" because no identity-based policy allows the ssm:GetParameters action")
			return
		case !found:
			out.InvalidParameters = append(out.InvalidParameters, name)
		case !in.WithDecryption:
			out.Parameters = append(out.Parameters, parameter{plain, arn, "SecureString", "AQICAHh-not-decrypted", selector})
		default:
			out.Parameters = append(out.Parameters, parameter{plain, arn, "SecureString", text, selector})
		}
	}
	json.NewEncoder(w).Encode(out)
}

func getSecretValue(s *sim.Stores, w http.ResponseWriter, body []byte) {
	var in struct {
		ID string `json:"SecretId"`
	}
	if err := json.Unmarshal(body, &in); err != nil || in.ID == "" {
		refuseStore(w, http.StatusBadRequest, "ValidationException", "SecretId is missing")
		return
	}
	if s.Note("GetSecretValue " + in.ID) {
		refuseStore(w, http.StatusBadRequest, throttled, rateExceeded)
		return
	}
	text, found, allowed := s.Find("secretsmanager:" + in.ID)
	switch {
	case !allowed:
		refuseStore(w, http.StatusBadRequest, "AccessDeniedException", "User: arn:aws:sts::"+account+":assumed-role/unit/unit is not authorized to perform: secretsmanager:GetSecretValue on resource: "+in.ID+" because no identity-based policy allows the secretsmanager:GetSecretValue action")
	case !found:
		refuseStore(w, http.StatusBadRequest, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
	default:
		json.NewEncoder(w).Encode(map[string]string{"Name": in.ID, "SecretString": text})
	}
}
