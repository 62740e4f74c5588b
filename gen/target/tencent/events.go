package tencent

// The triggers of the component that are neither http nor timer. All of them are off unless they say enable.

// COS is a trigger for objects of a bucket.
type COS struct {
	Parameters COSParameters `yaml:"parameters"`
}

// COSParameters describe a trigger for objects.
type COSParameters struct {
	// Bucket is its full domain.
	Bucket string `yaml:"bucket"`
	// Qualifier is the version or alias, $DEFAULT by default.
	Qualifier string `yaml:"qualifier,omitempty"`
	// Events is one event.
	Events string `yaml:"events"`
	// Filter restricts the keys.
	Filter COSFilter `yaml:"filter"`
	// Enable lets it call.
	Enable bool `yaml:"enable"`
}

// COSFilter holds the start and the end of keys, empty for any; the end starts with a dot.
type COSFilter struct {
	Prefix string `yaml:"prefix"`
	Suffix string `yaml:"suffix"`
}

// CMQ is a trigger for messages of a topic.
type CMQ struct {
	Parameters CMQParameters `yaml:"parameters"`
}

// CMQParameters describe a trigger for messages.
type CMQParameters struct {
	// Name is the topic's.
	Name string `yaml:"name"`
	// Qualifier is the version or alias, $DEFAULT by default.
	Qualifier string `yaml:"qualifier,omitempty"`
	// FilterType is 1: by tag; FilterKey lists the tags, as a list even if it is one: the vendor's API gets it as it is.
	FilterType int      `yaml:"filterType"`
	FilterKey  []string `yaml:"filterKey,omitempty"`
	// Enable lets it call.
	Enable bool `yaml:"enable"`
}

// CKafka is a trigger for records of a Kafka topic.
type CKafka struct {
	Parameters CKafkaParameters `yaml:"parameters"`
}

// CKafkaParameters describe a trigger for records.
type CKafkaParameters struct {
	// Name is the instance's id.
	Name string `yaml:"name"`
	// Qualifier is the version or alias, $DEFAULT by default.
	Qualifier string `yaml:"qualifier,omitempty"`
	// Topic is the topic.
	Topic string `yaml:"topic"`
	// InstanceId is the instance's id in newer documents.
	InstanceId string `yaml:"instanceId,omitempty"`
	// ConsumerGroupName is made by the vendor by default.
	ConsumerGroupName string `yaml:"consumerGroupName,omitempty"`
	// MaxMsgNum is how many records a call has, 100 by default.
	MaxMsgNum int `yaml:"maxMsgNum,omitempty"`
	// Offset is latest, earliest or a time.
	Offset string `yaml:"offset"`
	// Retry is how often a call is repeated, 10000 by default.
	Retry int `yaml:"retry,omitempty"`
	// Timeout is how many seconds it waits for a batch, 1 to 60; by default it is 60.
	Timeout int `yaml:"timeout"`
	// Enable lets it call.
	Enable bool `yaml:"enable"`
}

// CLSTrigger is a trigger for a log topic.
type CLSTrigger struct {
	Parameters CLSParameters `yaml:"parameters"`
}

// CLSParameters describe a trigger for a log topic.
type CLSParameters struct {
	// TopicId is the topic's id.
	TopicId string `yaml:"topicId"`
	// Qualifier is the version or alias, $DEFAULT by default.
	Qualifier string `yaml:"qualifier,omitempty"`
	// MaxWait is how many seconds entries are collected, MaxSize how many MB.
	MaxWait int `yaml:"maxWait,omitempty"`
	MaxSize int `yaml:"maxSize,omitempty"`
	// Enable lets it call.
	Enable bool `yaml:"enable"`
}
