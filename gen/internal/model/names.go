package model

// The import paths of what user code is recognised by. What generated code names beyond them is emit's.
const (
	FrameworkPath = "github.com/faasgen/faasgen/framework"
	IOCPath       = FrameworkPath + "/ioc"
	ConfigPath    = FrameworkPath + "/config"
	WebPath       = FrameworkPath + "/trigger/web"
	TimerPath     = FrameworkPath + "/trigger/timer"
	OSPath        = FrameworkPath + "/trigger/os"
	MQPath        = FrameworkPath + "/trigger/mq"
	KafkaPath     = FrameworkPath + "/trigger/kafka"
	LogPath       = FrameworkPath + "/trigger/log"
	CDNPath       = FrameworkPath + "/trigger/cdn"
	EventPath     = FrameworkPath + "/trigger/event"
)

// The types that user code is recognised by, by their names in those packages.
const (
	ContextType    = "Context"    // of FrameworkPath
	RuntimeType    = "Runtime"    // of FrameworkPath
	HandlerType    = "Handler"    // of FrameworkPath
	MiddlewareType = "Middleware" // of FrameworkPath
	LayerType      = "Layer"      // of FrameworkPath
	AppType        = "App"        // of FrameworkPath
	ClockType      = "Clock"      // of FrameworkPath
	ValidatorType  = "Validator"  // of FrameworkPath
	JoinPointType  = "JoinPoint"  // of FrameworkPath
	LazyType       = "Lazy"       // of IOCPath
	ConfigType     = "Config"     // of ConfigPath
	SecretType     = "Secret"     // of ConfigPath
	SizeType       = "Size"       // of ConfigPath
	RequestType    = "Request"    // of WebPath
	ResponseType   = "Response"   // of WebPath
	ExchangeType   = "Exchange"   // of WebPath
	EventType      = "Event"      // of TimerPath, OSPath, CDNPath, EventPath
	MessageType    = "Message"    // of MQPath
	RecordType     = "Record"     // of KafkaPath
	BatchType      = "Batch"      // of LogPath
)

// EventTypes are the types of the events of those kinds of triggers that bring several at once.
func EventTypes() []KindType {
	return []KindType{
		{"os", OSPath, EventType}, {"mq", MQPath, MessageType}, {"kafka", KafkaPath, RecordType}, {"log", LogPath, BatchType},
		{"cdn", CDNPath, EventType}, {"event", EventPath, EventType},
	}
}

// KindType is the event type of a kind of triggers.
type KindType struct{ Kind, Path, Name string }
