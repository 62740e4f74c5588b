package aliyun

// The triggers of the component fc3 that are neither http nor timer, every key of them.

// OSSTrigger configures a trigger of the type oss.
type OSSTrigger struct {
	// Events are the vendor's words.
	Events []string `yaml:"events"`
	// Filter restricts the keys.
	Filter OSSFilter `yaml:"filter"`
}

// OSSFilter restricts the keys of objects.
type OSSFilter struct {
	Key OSSKey `yaml:"key"`
}

// OSSKey holds the start and the end of keys; both have to be there, empty for any.
type OSSKey struct {
	Prefix string `yaml:"prefix"`
	Suffix string `yaml:"suffix"`
}

// MNSTrigger configures a trigger of the type mns_topic.
type MNSTrigger struct {
	// NotifyContentFormat is JSON or STREAM, which is the body alone.
	NotifyContentFormat string `yaml:"notifyContentFormat"`
	// NotifyStrategy is BACKOFF_RETRY or EXPONENTIAL_DECAY_RETRY.
	NotifyStrategy string `yaml:"notifyStrategy"`
	// FilterTag leaves out messages with another tag.
	FilterTag string `yaml:"filterTag,omitempty"`
}

// LogTrigger configures a trigger of the type log.
type LogTrigger struct {
	// SourceConfig is where logs come from.
	SourceConfig LogStore `yaml:"sourceConfig"`
	// LogConfig is where the trigger writes what it does.
	LogConfig LogPlace `yaml:"logConfig"`
	// JobConfig says how often it calls.
	JobConfig LogJob `yaml:"jobConfig"`
	// FunctionParameter is handed over.
	FunctionParameter map[string]any `yaml:"functionParameter"`
	// Enable lets it call.
	Enable bool `yaml:"enable"`
}

// LogStore is a logstore of the source's project.
type LogStore struct {
	Logstore string `yaml:"logstore"`
}

// LogPlace is a logstore in a project.
type LogPlace struct {
	Project  string `yaml:"project"`
	Logstore string `yaml:"logstore"`
}

// LogJob says how often a trigger calls. Its numbers are text.
type LogJob struct {
	// MaxRetryTime is 0 to 100.
	MaxRetryTime string `yaml:"maxRetryTime"`
	// TriggerInterval is 3 to 600 seconds.
	TriggerInterval string `yaml:"triggerInterval"`
}

// CDNTrigger configures a trigger of the type cdn_events.
type CDNTrigger struct {
	// EventName is one of the vendor's words.
	EventName string `yaml:"eventName"`
	// EventVersion is 1.0.0.
	EventVersion string `yaml:"eventVersion"`
	// Notes are for people.
	Notes string `yaml:"notes"`
	// Filter restricts the domains.
	Filter CDNFilter `yaml:"filter"`
}

// CDNFilter restricts the domains.
type CDNFilter struct {
	Domain []string `yaml:"domain"`
}

// EventBridgeTrigger configures a trigger of the type eventbridge. The component's schema requires all keys.
type EventBridgeTrigger struct {
	// TriggerEnable lets it call.
	TriggerEnable bool `yaml:"triggerEnable"`
	// AsyncInvocationType does not wait for the response, so that failures are not seen.
	AsyncInvocationType bool `yaml:"asyncInvocationType"`
	// EventRuleFilterPattern is JSON; {} takes all.
	EventRuleFilterPattern string `yaml:"eventRuleFilterPattern"`
	// EventSourceConfig is where events come from.
	EventSourceConfig EventSource `yaml:"eventSourceConfig"`
	// EventSinkConfig says how they are handed over.
	EventSinkConfig EventSink `yaml:"eventSinkConfig"`
	// RunOptions say what becomes of failures, and how big batches are.
	RunOptions RunOptions `yaml:"runOptions"`
}

// EventSource is where events come from.
type EventSource struct {
	// EventSourceType is Default (the event bus), MNS, RocketMQ, RabbitMQ, Kafka or DTS.
	EventSourceType string `yaml:"eventSourceType"`
	// EventSourceParameters has one key for each type.
	EventSourceParameters map[string]any `yaml:"eventSourceParameters"`
}

// EventSink says how events are handed over.
type EventSink struct {
	DeliveryOption DeliveryOption `yaml:"deliveryOption"`
}

// DeliveryOption says how events are handed over.
type DeliveryOption struct {
	// Mode is event-driven, or event-streaming, which is the only one for Kafka and for queues of MNS.
	Mode string `yaml:"mode"`
	// EventSchema is CloudEvents or RawData.
	EventSchema string `yaml:"eventSchema"`
}

// RunOptions say how calls are made.
type RunOptions struct {
	Mode string `yaml:"mode"`
	// MaximumTasks is how many read at once.
	MaximumTasks int `yaml:"maximumTasks"`
	// ErrorsTolerance is ALL: go on, or NONE: stop.
	ErrorsTolerance string `yaml:"errorsTolerance"`
	// RetryStrategy says how calls are repeated.
	RetryStrategy RetryStrategy `yaml:"retryStrategy"`
	// DeadLetterQueue takes what failed for good.
	DeadLetterQueue any `yaml:"deadLetterQueue,omitempty"`
	// BatchWindow is a count and a time.
	BatchWindow map[string]int `yaml:"batchWindow,omitempty"`
}

// RetryStrategy says how calls are repeated.
type RetryStrategy struct {
	// PushRetryStrategy is BACKOFF_RETRY, three times, or EXPONENTIAL_DECAY_RETRY, for a day.
	PushRetryStrategy string `yaml:"PushRetryStrategy"`
	// MaximumEventAgeInSeconds and MaximumRetryAttempts replace it; 0 does not.
	MaximumEventAgeInSeconds int `yaml:"MaximumEventAgeInSeconds"`
	MaximumRetryAttempts     int `yaml:"MaximumRetryAttempts"`
}
