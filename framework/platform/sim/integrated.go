package sim

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// Integrated reads the form that answers to events have in common: status, headers, cookies, a body that may be base64.
func Integrated(payload []byte) (*Response, error) {
	var form struct {
		StatusCode      int                        `json:"statusCode"`
		Headers         map[string]json.RawMessage `json:"headers"`
		Multi           map[string][]string        `json:"multiValueHeaders"`
		Cookies         []string                   `json:"cookies"`
		Body            string                     `json:"body"`
		IsBase64Encoded bool                       `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(payload, &form); err != nil {
		return nil, err
	}
	r := &Response{Status: form.StatusCode, Body: []byte(form.Body)}
	add := func(name string, values ...string) {
		for _, v := range values {
			r.Header = append(r.Header, [2]string{name, v})
		}
	}
	for name, raw := range form.Headers {
		var one string
		if json.Unmarshal(raw, &one) == nil {
			add(name, one)
			continue
		}
		var many []string
		if err := json.Unmarshal(raw, &many); err != nil {
			return nil, fmt.Errorf("header %s: %w", name, err)
		}
		add(name, many...)
	}
	for name, values := range form.Multi {
		add(name, values...)
	}
	add("Set-Cookie", form.Cookies...)
	if form.IsBase64Encoded {
		var err error
		if r.Body, err = base64.StdEncoding.DecodeString(form.Body); err != nil {
			return nil, err
		}
	}
	if r.Status == 0 {
		return nil, errors.New("it has no statusCode")
	}
	return r, nil
}
