package envelope

import (
	"crypto/rand"
	"encoding/json"
	"slices"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// Batch is the codec of a kind that delivers batches, as people write its events but for bare payloads. They are for the
// function with a trigger for their resource; an event that several functions could be meant for is an error.
func Batch(kind string) platform.Codec {
	return platform.Codec{Kind: kind, Bind: func(app *framework.App) (platform.Decoder, error) {
		var candidates []*framework.Function
		for _, f := range app.Functions {
			if slices.Contains(Kinds(f), kind) {
				candidates = append(candidates, f)
			}
		}
		return func(p *platform.Payload) (call platform.Call, ok bool, err error) {
			var found []string
			for _, f := range candidates {
				if !IsEvent(kind, f.Triggers, p.Raw) {
					return call, false, nil
				}
				batch, wrong := ParseBatch(kind, f.Triggers, p.Raw, now(p), rand.Text)
				if wrong != nil {
					err = wrong
					continue
				}
				found = append(found, f.Name)
				call = platform.Call{Function: f, Event: batch, Reply: platform.EncodeReply}
			}
			switch len(found) {
			case 0:
				return call, len(candidates) > 0, err
			case 1:
				return call, true, nil
			}
			return call, true, framework.Errorf(400, "ambiguous_event", "the event may be for the functions %q: call one of them by its name", found)
		}, nil
	}}
}

// EncodeBatch writes events in the form that [ParseBatch] reads. It drops what only vendors send.
func EncodeBatch[E any](batch []E, _ platform.Origin) ([]byte, error) { return json.Marshal(batch) }
