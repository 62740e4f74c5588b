// Package aws is AWS Lambda: the loop over the Runtime API and one file for each payload form.
//
//	run.go           Run, the process from start to exit
//	loop.go          one poll after the other, and what the API may answer
//	http.go          the http trigger: which ingress sent it, routing, the body of the response
//	apigateway1.go   API Gateway REST APIs, and HTTP APIs with payload format 1.0
//	apigateway2.go   API Gateway HTTP APIs with payload format 2.0, and function URLs
//	alb.go           Application Load Balancers
//	timer.go         EventBridge Scheduler and scheduled rules
//	os.go            S3
//	mq.go            SQS and SNS
//	stream.go        Kinesis, DynamoDB streams and the brokers of Amazon MQ, as messages
//	kafka.go         MSK and self-managed Kafka
//	cloudwatch       CloudWatch Logs, in a package of its own
//	event.go         EventBridge
//
// The vendor's own record of an event is returned typed by the function that is called after the service: [S3Of],
// [SQSOf], [SNSOf], [KinesisOf], [DynamoDBOf], [BrokerOf], [KafkaOf], [EventBridgeOf], and in package cloudwatch LogsOf.
//
// What the event sources of http cannot carry: an HTTP API decodes the path, so that %2F is a slash, and
// joins the values of a repeated header with a comma in both directions; a load balancer without multi-value headers
// keeps one value of each header, so that a response has one Set-Cookie at most. A REST API returns binary bodies only
// when binaryMediaTypes are set.
package aws
