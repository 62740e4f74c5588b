package model

// The import paths of what user code is recognised by. What generated code names beyond them is emit's.
const (
	FrameworkPath = "github.com/faasgen/faasgen/framework"
	IOCPath       = FrameworkPath + "/ioc"
	ConfigPath    = FrameworkPath + "/config"
	WebPath       = FrameworkPath + "/trigger/web"
	TimerPath     = FrameworkPath + "/trigger/timer"
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
	DSNType        = "DSN"        // of ConfigPath
	LiveType       = "Live"       // of ConfigPath, generic
	SizeType       = "Size"       // of ConfigPath
	RequestType    = "Request"    // of WebPath
	ResponseType   = "Response"   // of WebPath
	ExchangeType   = "Exchange"   // of WebPath
	FileType       = "File"       // of WebPath
	UploadType     = "Upload"     // of WebPath
	EventType      = "Event"      // of TimerPath
)
