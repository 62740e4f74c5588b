package spec

import "github.com/faasgen/faasgen/annotations"

// Settings are the keys that provider, functions and groups share. A nil or zero field is not set. Each key means the
// same on every target; a target that cannot express one says so before anything is built.
type Settings struct {
	// MemorySize is the memory of an instance. A bare number is MB. The default is 256 MB.
	MemorySize annotations.Memory `faas:"memorySize"`
	// CPU is the number of virtual processors of an instance, such as 0.5. Only targets that sell processors and memory
	// apart have it; by default they give what goes with the memory.
	CPU float64 `faas:"cpu"`
	// DiskSize is the space in /tmp. A bare number is MB. The default is the vendor's 512 MB.
	DiskSize annotations.Memory `faas:"diskSize"`
	// Timeout limits an invocation. A bare number is seconds. The default is 10 seconds.
	Timeout annotations.Duration `faas:"timeout"`
	// InitTimeout limits the cold start. A bare number is seconds. The default is 10 seconds.
	InitTimeout annotations.Duration `faas:"initTimeout"`
	// Concurrency is how many invocations one instance runs at once, at most. The default is 1.
	Concurrency int `faas:"concurrency"`
	// Overload is what becomes of an invocation over the function's concurrency: wait, until its deadline, or fail, at once. The
	// default is fail for requests, which are answered with 429, and for messages of queues and streams, which are delivered
	// again, and wait for everything else.
	Overload string `faas:"overload,enum=wait|fail"`
	// ReservedConcurrency is how many invocations the vendor keeps free for the function, which is also the most it gets.
	// 0 lets none run.
	ReservedConcurrency *int `faas:"reservedConcurrency"`
	// ProvisionedInstances is how many instances the vendor keeps warm. The default is 0.
	ProvisionedInstances *int `faas:"provisionedInstances"`
	// Rollout says how a new version takes over from the one before. By default it does at once.
	Rollout *Rollout `faas:"rollout"`
	// Environment holds environment variables. Provider and function are merged.
	Environment map[string]string `faas:"environment"`
	// Role is the vendor's role that functions run as: an ARN, or on tencent a name.
	Role string `faas:"role"`
	// VPC puts instances into a private network.
	VPC *VPC `faas:"vpc"`
	// InternetAccess says whether instances can reach the internet.
	InternetAccess *bool `faas:"internetAccess"`
	// Log says where the vendor keeps the logs, and for how long.
	Log *Log `faas:"log"`
	// Tracing turns on the vendor's tracing.
	Tracing *Tracing `faas:"tracing"`
	// Tags are put on the vendor's function. Provider and function are merged.
	Tags map[string]string `faas:"tags"`
	// Layers lists names of layers in layers, and the vendor's own: ARNs, on tencent name:version. A group lists the vendor's alone. The
	// layers in Go wrap the function in this order, the first outermost.
	Layers []string `faas:"layers"`
	// FileSystems mounts network file systems.
	FileSystems []FileSystem `faas:"fileSystems"`
	// Async says how asynchronous invocations (timers and other events) are retried, and where their results go.
	Async *Async `faas:"async"`
	// DeadLetter takes events that could not be handled.
	DeadLetter *DeadLetter `faas:"deadLetter"`
	// HTTP says who may call the http triggers, and how responses are sent.
	HTTP *HTTP `faas:"http"`
	// Architecture is the processor's: amd64, the default, or arm64.
	Architecture string `faas:"architecture,enum=amd64|arm64"`
	// Strict makes it an error when a target loses something of the function: what it does, but not in every way as the others.
	Strict *bool `faas:"strict"`
	// Places finds what a diagnostic points at by the key's dotted path below this level, such as vpc.id; a setting that
	// a directive made points there. It is empty for defaults.
	Places map[string]Place
}

// VPC is a private network.
type VPC struct {
	// ID is the network's id. AWS finds it by the subnets.
	ID string `faas:"id"`
	// Subnets lists the ids of the subnets (vSwitches on aliyun).
	Subnets []string `faas:"subnets"`
	// SecurityGroups lists the ids of the security groups.
	SecurityGroups []string `faas:"securityGroups"`
}

// Log is where the vendor keeps the logs, and for how long.
type Log struct {
	// Project holds the store: the SLS project on aliyun, the CLS log set on tencent.
	Project string `faas:"project"`
	// Store is the SLS logstore on aliyun, the CLS topic on tencent, the CloudWatch log group on aws.
	Store string `faas:"store"`
	// Retention is how many days logs are kept: 30d. A bare number is days. The default is the store's own. On aws the deployment
	// makes the log group then.
	Retention annotations.Days `faas:"retention"`
}

// Named reports whether a store is named, and not only how long logs are kept.
func (l *Log) Named() bool { return l != nil && (l.Project != "" || l.Store != "") }

// Tracing is the vendor's tracing.
type Tracing struct {
	// Enabled turns it on.
	Enabled *bool `faas:"enabled"`
	// Endpoint is where traces go on vendors that have no place of their own: a Jaeger endpoint on aliyun.
	Endpoint string `faas:"endpoint"`
}

// FileSystem is one network file system.
type FileSystem struct {
	// Source names it: an access point's ARN on aws, host:/path of a NAS mount target on aliyun, a CFS id on tencent.
	Source string `faas:"source,required"`
	// RemotePath is the folder of the file system that is mounted, on tencent. The default is its root.
	RemotePath string `faas:"remotePath"`
	// Path is where it is mounted.
	Path string `faas:"path,required"`
	// User is the numeric user id that files are accessed as.
	User *int `faas:"user"`
	// Group is the numeric group id that files are accessed as.
	Group *int `faas:"group"`
}

// Async says what becomes of asynchronous invocations.
type Async struct {
	// Retries is how often a failed invocation is tried again.
	Retries *int `faas:"retries"`
	// MaxAge is how long an event may wait to be handled. A bare number is seconds.
	MaxAge annotations.Duration `faas:"maxAge"`
	// OnSuccess is the ARN that gets the record of each invocation that succeeded.
	OnSuccess string `faas:"onSuccess"`
	// OnFailure is the ARN that gets the record of each invocation that failed for good.
	OnFailure string `faas:"onFailure"`
	// LongRunning makes invocations tasks of the vendor that may run for hours.
	LongRunning *bool `faas:"longRunning"`
}

// DeadLetter takes events that could not be handled.
type DeadLetter struct {
	// Type is queue or topic.
	Type string `faas:"type,enum=queue|topic"`
	// Target is the ARN of the queue or topic, on tencent its name.
	Target string `faas:"target"`
}

// HTTP says who may call the http triggers, from where, and how responses are sent.
type HTTP struct {
	// Auth is anonymous, the default: anyone may call; or iam: the vendor checks a signature of its own kind.
	Auth string `faas:"auth,enum=anonymous|iam"`
	// Internal lets only callers inside the vendor's network in.
	Internal *bool `faas:"internal"`
	// CORS says which pages of other origins may call.
	CORS *CORS `faas:"cors"`
	// Streaming has answers sent while they are still being made: results that are readers, events of web.Events.
	Streaming *bool `faas:"streaming"`
}

// Defaults are the settings of a function that sets none.
func Defaults() Settings {
	return Settings{
		MemorySize:   256,
		Timeout:      annotations.Duration(10e9),
		InitTimeout:  annotations.Duration(10e9),
		Concurrency:  1,
		Architecture: "amd64",
	}
}
