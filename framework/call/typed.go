package call

import (
	"encoding/json"
	"fmt"

	"github.com/faasgen/faasgen/framework"
)

// Encode is the payload for an input: JSON.
func Encode(in any) ([]byte, error) {
	payload, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encode the input of a call, of type %T: %w", in, err)
	}
	return payload, nil
}

// Decode decodes what [Client.Call] returned. A []byte is the result as it is; null, as of a function without a result, is the
// zero value. [None] takes any.
func Decode[Out any](result []byte, err error) (out Out, _ error) {
	if err != nil {
		return out, err
	}
	switch to := any(&out).(type) {
	case *[]byte:
		*to = result
		return out, nil
	case *None: // whatever middleware has made of nothing
		return out, nil
	}
	if err := json.Unmarshal(result, &out); err != nil {
		var none Out
		f := Failure{Reason: BadAnswer, Err: fmt.Errorf("decode the result of a call, of type %T: %w", out, err)}
		return none, &framework.Error{Status: 502, Code: "bad_answer", Message: "a function did not answer as expected", Err: &f}
	}
	return out, nil
}
