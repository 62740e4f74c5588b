package aws

// The events of AWS::Serverless::Function that are neither routes nor schedules, every key of them.

// S3Event calls a function for what happens to objects of a bucket of the same template.
type S3Event struct {
	// Bucket is a Ref.
	Bucket any `yaml:"Bucket"`
	// Events are the vendor's words.
	Events []string `yaml:"Events"`
	// Filter restricts the keys.
	Filter *S3Filter `yaml:"Filter,omitempty"`
}

// S3Filter restricts the keys of objects.
type S3Filter struct {
	S3Key S3Key `yaml:"S3Key"`
}

// S3Key holds the rules.
type S3Key struct {
	Rules []S3Rule `yaml:"Rules"`
}

// S3Rule is one rule: its name is prefix or suffix.
type S3Rule struct {
	Name  string `yaml:"Name"`
	Value string `yaml:"Value"`
}

// SQSEvent calls a function with messages of a queue.
type SQSEvent struct {
	// Queue is the ARN.
	Queue any `yaml:"Queue"`
	// BatchSize is 10 by default; 10000 at most, 10 without a window.
	BatchSize int `yaml:"BatchSize,omitempty"`
	// MaximumBatchingWindowInSeconds is 300 at most.
	MaximumBatchingWindowInSeconds int `yaml:"MaximumBatchingWindowInSeconds,omitempty"`
	// Enabled lets messages through.
	Enabled bool `yaml:"Enabled"`
	// FunctionResponseTypes is ReportBatchItemFailures: without it, what the function says of single messages counts for
	// nothing.
	FunctionResponseTypes []string `yaml:"FunctionResponseTypes"`
	// FilterCriteria leaves out messages.
	FilterCriteria any `yaml:"FilterCriteria,omitempty"`
	// KmsKeyArn encrypts the criteria.
	KmsKeyArn any `yaml:"KmsKeyArn,omitempty"`
	// MetricsConfig turns on metrics.
	MetricsConfig any `yaml:"MetricsConfig,omitempty"`
	// ScalingConfig bounds concurrent calls.
	ScalingConfig any `yaml:"ScalingConfig,omitempty"`
}

// SNSEvent calls a function with messages of a topic.
type SNSEvent struct {
	// Topic is the ARN.
	Topic any `yaml:"Topic"`
	// FilterPolicy leaves out messages, by FilterPolicyScope: MessageAttributes, the default, or MessageBody.
	FilterPolicy      map[string][]string `yaml:"FilterPolicy,omitempty"`
	FilterPolicyScope any                 `yaml:"FilterPolicyScope,omitempty"`
	// Region is the topic's.
	Region any `yaml:"Region,omitempty"`
	// SqsSubscription puts a queue between.
	SqsSubscription any `yaml:"SqsSubscription,omitempty"`
}

// StreamEvent calls a function with records of a stream of Kinesis or of a table of DynamoDB.
type StreamEvent struct {
	// Stream is the ARN.
	Stream any `yaml:"Stream"`
	// StartingPosition is LATEST, TRIM_HORIZON or, of Kinesis, AT_TIMESTAMP with StartingPositionTimestamp.
	StartingPosition          string `yaml:"StartingPosition"`
	StartingPositionTimestamp any    `yaml:"StartingPositionTimestamp,omitempty"`
	// BatchSize is 100 by default, 10000 at most.
	BatchSize int `yaml:"BatchSize,omitempty"`
	// MaximumBatchingWindowInSeconds is 300 at most.
	MaximumBatchingWindowInSeconds int `yaml:"MaximumBatchingWindowInSeconds,omitempty"`
	// Enabled lets records through.
	Enabled bool `yaml:"Enabled"`
	// FunctionResponseTypes is ReportBatchItemFailures: without it, what the function says of single records counts for
	// nothing.
	FunctionResponseTypes []string `yaml:"FunctionResponseTypes"`
	// BisectBatchOnFunctionError, MaximumRecordAgeInSeconds and MaximumRetryAttempts say what becomes of failed batches.
	BisectBatchOnFunctionError any `yaml:"BisectBatchOnFunctionError,omitempty"`
	MaximumRecordAgeInSeconds  any `yaml:"MaximumRecordAgeInSeconds,omitempty"`
	MaximumRetryAttempts       any `yaml:"MaximumRetryAttempts,omitempty"`
	// DestinationConfig takes batches that failed for good.
	DestinationConfig any `yaml:"DestinationConfig,omitempty"`
	// FilterCriteria leaves out records; KmsKeyArn encrypts them.
	FilterCriteria any `yaml:"FilterCriteria,omitempty"`
	KmsKeyArn      any `yaml:"KmsKeyArn,omitempty"`
	// MetricsConfig turns on metrics.
	MetricsConfig any `yaml:"MetricsConfig,omitempty"`
	// ParallelizationFactor is how many batches of a shard are handled at once.
	ParallelizationFactor any `yaml:"ParallelizationFactor,omitempty"`
	// TumblingWindowInSeconds would want a state in the response, which handlers have no place for.
	TumblingWindowInSeconds any `yaml:"TumblingWindowInSeconds,omitempty"`
}

// MSKEvent calls a function with records of a Kafka topic.
type MSKEvent struct {
	// Stream is the cluster's ARN.
	Stream string `yaml:"Stream"`
	// Topics holds one topic.
	Topics []string `yaml:"Topics"`
	// StartingPosition is LATEST or TRIM_HORIZON.
	StartingPosition string `yaml:"StartingPosition"`
	// ConsumerGroupId cannot be changed later.
	ConsumerGroupId string `yaml:"ConsumerGroupId"`
	// BatchSize is 100 by default, 10000 at most.
	BatchSize int `yaml:"BatchSize,omitempty"`
	// MaximumBatchingWindowInSeconds is 300 at most.
	MaximumBatchingWindowInSeconds int `yaml:"MaximumBatchingWindowInSeconds,omitempty"`
	// Enabled lets records through.
	Enabled bool `yaml:"Enabled"`
	// BisectBatchOnFunctionError, MaximumRecordAgeInSeconds and MaximumRetryAttempts say what becomes of failed batches.
	BisectBatchOnFunctionError any `yaml:"BisectBatchOnFunctionError,omitempty"`
	MaximumRecordAgeInSeconds  any `yaml:"MaximumRecordAgeInSeconds,omitempty"`
	MaximumRetryAttempts       any `yaml:"MaximumRetryAttempts,omitempty"`
	// DestinationConfig takes batches that failed for good.
	DestinationConfig any `yaml:"DestinationConfig,omitempty"`
	// FilterCriteria leaves out records.
	FilterCriteria any `yaml:"FilterCriteria,omitempty"`
	// FunctionResponseTypes is what the function may answer.
	FunctionResponseTypes any `yaml:"FunctionResponseTypes,omitempty"`
	// KmsKeyArn encrypts the criteria.
	KmsKeyArn any `yaml:"KmsKeyArn,omitempty"`
	// LoggingConfig and MetricsConfig are the vendor's.
	LoggingConfig any `yaml:"LoggingConfig,omitempty"`
	MetricsConfig any `yaml:"MetricsConfig,omitempty"`
	// ProvisionedPollerConfig keeps pollers.
	ProvisionedPollerConfig any `yaml:"ProvisionedPollerConfig,omitempty"`
	// SchemaRegistryConfig reads records by schema.
	SchemaRegistryConfig any `yaml:"SchemaRegistryConfig,omitempty"`
	// SourceAccessConfigurations say how to log in.
	SourceAccessConfigurations any `yaml:"SourceAccessConfigurations,omitempty"`
	// StartingPositionTimestamp belongs to AT_TIMESTAMP.
	StartingPositionTimestamp any `yaml:"StartingPositionTimestamp,omitempty"`
}

// LogsEvent calls a function with what is written to a log group.
type LogsEvent struct {
	// LogGroupName is the group.
	LogGroupName any `yaml:"LogGroupName"`
	// FilterPattern leaves out entries; empty takes all.
	FilterPattern string `yaml:"FilterPattern"`
}

// RuleEvent calls a function with events of an event bus.
type RuleEvent struct {
	// Pattern is what they must have.
	Pattern Pattern `yaml:"Pattern"`
	// EventBusName is the bus's name or ARN; the account's own by default.
	EventBusName string `yaml:"EventBusName,omitempty"`
	// DeadLetterConfig takes events that could not be delivered.
	DeadLetterConfig any `yaml:"DeadLetterConfig,omitempty"`
	// Input, InputPath and InputTransformer replace the event.
	Input            any `yaml:"Input,omitempty"`
	InputPath        any `yaml:"InputPath,omitempty"`
	InputTransformer any `yaml:"InputTransformer,omitempty"`
	// RetryPolicy says how deliveries are retried.
	RetryPolicy any `yaml:"RetryPolicy,omitempty"`
	// RuleName is the rule's.
	RuleName any `yaml:"RuleName,omitempty"`
	// Target has the rule's id for the function.
	Target any `yaml:"Target,omitempty"`
}

// Pattern is what events of a bus must have.
type Pattern struct {
	Source     []string `yaml:"source,omitempty"`
	DetailType []string `yaml:"detail-type,omitempty"`
}

// Resource is a resource of CloudFormation that the template makes in addition to the functions.
type Resource struct {
	Type                string         `yaml:"Type"`
	DeletionPolicy      string         `yaml:"DeletionPolicy,omitempty"`
	UpdateReplacePolicy string         `yaml:"UpdateReplacePolicy,omitempty"`
	Properties          map[string]any `yaml:"Properties"`
}
