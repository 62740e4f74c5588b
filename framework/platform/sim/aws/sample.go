package aws

import (
	"strings"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// Sample changes a made-up event as AWS would have it: a message of a table's stream is a change of the table.
func Sample(e sim.Events) any {
	if batch, ok := e.Batch.([]mq.Message); ok && strings.HasPrefix(e.Name, "arn:aws:dynamodb:") {
		batch[0].Body, batch[0].Tag = []byte(`{"Keys":{"id":{"S":"1"}},"NewImage":{"id":{"S":"1"},"text":{"S":"a sample"}},"SequenceNumber":"1","SizeBytes":26,"StreamViewType":"NEW_AND_OLD_IMAGES"}`), "INSERT"
	}
	return e.Batch
}
