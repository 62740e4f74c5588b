package tencent

// The serverless.yml of the component scf, every key of a function and of its triggers. The vendor
// publishes no schema: the keys are those of the component and of the toolkit below it.

// Component is one serverless.yml: one function.
type Component struct {
	// Component is scf.
	Component string `yaml:"component"`
	// Name names the instance of the component.
	Name string `yaml:"name"`
	// Org is the organisation; the account's id by default.
	Org string `yaml:"org,omitempty"`
	// App groups instances.
	App string `yaml:"app"`
	// Stage tells instances of one name apart; dev by default.
	Stage string `yaml:"stage,omitempty"`
	// Inputs describe the function.
	Inputs Inputs `yaml:"inputs"`
}

// Inputs describe a function.
type Inputs struct {
	// Name is the deployed name.
	Name string `yaml:"name"`
	// Type is event, the default, or web.
	Type string `yaml:"type"`
	// Description is shown in the console.
	Description string `yaml:"description,omitempty"`
	// Region is one of the vendor's.
	Region string `yaml:"region"`
	// Namespace holds functions; default by default.
	Namespace string `yaml:"namespace,omitempty"`
	// Src is the package, or {src, exclude, bucket, object}.
	Src any `yaml:"src"`
	// Runtime is CustomRuntime: an executable named bootstrap, or scf_bootstrap in a web function.
	Runtime string `yaml:"runtime"`
	// Handler is free text for that runtime.
	Handler string `yaml:"handler,omitempty"`
	// EntryFile is what a generated scf_bootstrap would start.
	EntryFile string `yaml:"entryFile,omitempty"`
	// Qualifier is the version or alias.
	Qualifier string `yaml:"qualifier,omitempty"`
	// Role is the name of the role.
	Role string `yaml:"role,omitempty"`
	// EnableRoleAuth makes the vendor's default role.
	EnableRoleAuth *bool `yaml:"enableRoleAuth,omitempty"`
	// MemorySize is in MB: 64, or 128 to 3072 in steps of 128.
	MemorySize int `yaml:"memorySize"`
	// DiskSize is in MB.
	DiskSize int `yaml:"diskSize,omitempty"`
	// NodeType and NodeSpec choose machines.
	NodeType string `yaml:"nodeType,omitempty"`
	NodeSpec string `yaml:"nodeSpec,omitempty"`
	// Timeout is in seconds, 1 to 900.
	Timeout int `yaml:"timeout"`
	// InitTimeout is in seconds, 3 to 300.
	InitTimeout int `yaml:"initTimeout"`
	// Environment holds the environment variables.
	Environment *Environment `yaml:"environment,omitempty"`
	// PublicAccess lets instances reach the internet.
	PublicAccess *bool `yaml:"publicAccess,omitempty"`
	// Eip gives them a fixed address there.
	Eip *bool `yaml:"eip,omitempty"`
	// VpcConfig puts instances into a private network.
	VpcConfig *VPCConfig `yaml:"vpcConfig,omitempty"`
	// Cfs mounts file systems.
	Cfs []CFS `yaml:"cfs,omitempty"`
	// Layers lists layers with their versions.
	Layers []Layer `yaml:"layers,omitempty"`
	// DeadLetter takes events that could not be handled.
	DeadLetter *DeadLetter `yaml:"deadLetter,omitempty"`
	// Cls says where logs go.
	Cls *CLS `yaml:"cls,omitempty"`
	// AsyncRunEnable makes invocations tasks that may run for hours. It is set at creation only, and needs Cls.
	AsyncRunEnable *bool `yaml:"asyncRunEnable,omitempty"`
	// TraceEnable keeps the state of such tasks.
	TraceEnable *bool `yaml:"traceEnable,omitempty"`
	// MsgTTL is how many seconds an event waits, RetryNum how often it is tried again; both with AsyncRunEnable only.
	MsgTTL   int  `yaml:"msgTTL,omitempty"`
	RetryNum *int `yaml:"retryNum,omitempty"`
	// ProvisionedNum is how many instances are kept warm.
	ProvisionedNum int `yaml:"provisionedNum,omitempty"`
	// Traffic is the share of $DEFAULT that $LATEST gets, 0 to 1; the version that was published last gets the rest.
	Traffic *float64 `yaml:"traffic,omitempty"`
	// InstanceConcurrencyConfig says how many requests an instance of a web function takes at once.
	InstanceConcurrencyConfig *InstanceConcurrency `yaml:"instanceConcurrencyConfig,omitempty"`
	// ProtocolType is WS for web sockets, with ProtocolParams.
	ProtocolType   string `yaml:"protocolType,omitempty"`
	ProtocolParams any    `yaml:"protocolParams,omitempty"`
	// Image is for functions that are images.
	Image any `yaml:"image,omitempty"`
	// InstallDependency installs packages of interpreted languages.
	InstallDependency *bool `yaml:"installDependency,omitempty"`
	// IgnoreTriggers leaves the triggers as they are.
	IgnoreTriggers *bool `yaml:"ignoreTriggers,omitempty"`
	// Tags are put on the function.
	Tags map[string]string `yaml:"tags,omitempty"`
	// Events are the triggers. An empty list is written: without one the component leaves those of the deployment before.
	Events []Event `yaml:"events"`
}

// Environment holds environment variables.
type Environment struct {
	// Variables by name, 4 KB together.
	Variables map[string]string `yaml:"variables"`
}

// VPCConfig is a private network.
type VPCConfig struct {
	VpcId    string `yaml:"vpcId"`
	SubnetId string `yaml:"subnetId"`
}

// CFS mounts one file system.
type CFS struct {
	// CfsId is the file system, MountInsId its mount target, which by default has the same id.
	CfsId      string `yaml:"cfsId"`
	MountInsId string `yaml:"mountInsId"`
	// LocalMountDir is where it is mounted, RemoteMountDir what of it.
	LocalMountDir  string `yaml:"localMountDir"`
	RemoteMountDir string `yaml:"remoteMountDir"`
	// UserId and UserGroupId are what files are accessed as; 10000 by default.
	UserId      string `yaml:"userId,omitempty"`
	UserGroupId string `yaml:"userGroupId,omitempty"`
}

// Layer is one version of a layer.
type Layer struct {
	Name    string `yaml:"name"`
	Version int    `yaml:"version"`
}

// DeadLetter takes events that could not be handled.
type DeadLetter struct {
	// Type is queue or topic.
	Type string `yaml:"type"`
	// Name is the queue's or topic's.
	Name string `yaml:"name"`
	// FilterType is how a topic filters.
	FilterType string `yaml:"filterType,omitempty"`
}

// CLS says where logs go.
type CLS struct {
	LogsetId string `yaml:"logsetId"`
	TopicId  string `yaml:"topicId"`
}

// InstanceConcurrency says how many requests an instance takes at once.
type InstanceConcurrency struct {
	// Enable turns it on.
	Enable bool `yaml:"enable"`
	// DynamicEnabled lets the vendor choose.
	DynamicEnabled bool `yaml:"dynamicEnabled"`
	// MaxConcurrency is 2 to 100.
	MaxConcurrency int `yaml:"maxConcurrency"`
}

// Event is one trigger; exactly one field is set.
type Event struct {
	// Timer is a schedule.
	Timer *Timer `yaml:"timer,omitempty"`
	// HTTP is the function's URL.
	HTTP *HTTP `yaml:"http,omitempty"`
	// COS is for objects of a bucket, CMQ for messages of a topic, CKafka for records of Kafka, CLS for logs.
	COS    *COS        `yaml:"cos,omitempty"`
	CMQ    *CMQ        `yaml:"cmq,omitempty"`
	CKafka *CKafka     `yaml:"ckafka,omitempty"`
	CLS    *CLSTrigger `yaml:"cls,omitempty"`
}

// Timer is a schedule.
type Timer struct {
	Parameters TimerParameters `yaml:"parameters"`
}

// TimerParameters describe a schedule.
type TimerParameters struct {
	// Name is unique in the function, with 60 characters at most. The component's default is the same for all.
	Name string `yaml:"name"`
	// Qualifier is the version or alias, $DEFAULT by default.
	Qualifier string `yaml:"qualifier,omitempty"`
	// CronExpression has seven fields, in UTC+8.
	CronExpression string `yaml:"cronExpression"`
	// Enable lets it fire; the vendor's default is false.
	Enable bool `yaml:"enable"`
	// Argument is handed over as text, 4 KB at most.
	Argument string `yaml:"argument,omitempty"`
}

// HTTP is the function's URL.
type HTTP struct {
	Parameters HTTPParameters `yaml:"parameters"`
}

// HTTPParameters describe the function's URL.
type HTTPParameters struct {
	// Name is the trigger's.
	Name string `yaml:"name"`
	// Qualifier is the version or alias, $DEFAULT by default.
	Qualifier string `yaml:"qualifier,omitempty"`
	// AuthType is NONE or CAM.
	AuthType string `yaml:"authType"`
	// NetConfig says from where it can be called.
	NetConfig NetConfig `yaml:"netConfig"`
	// CorsConfig answers preflight requests in the gateway.
	CorsConfig *CORS `yaml:"corsConfig,omitempty"`
}

// CORS says which pages of other origins may call a URL.
type CORS struct {
	// Enable turns it on.
	Enable bool `yaml:"enable"`
	// Origins, Methods and Headers are what requests may have, ExposeHeaders what pages may read.
	Origins       []string `yaml:"origins"`
	Methods       []string `yaml:"methods"`
	Headers       []string `yaml:"headers,omitempty"`
	ExposeHeaders []string `yaml:"exposeHeaders,omitempty"`
	// Credentials lets cookies through.
	Credentials bool `yaml:"credentials"`
	// MaxAge is in seconds.
	MaxAge int `yaml:"maxAge,omitempty"`
}

// NetConfig says from where a URL can be called. The vendor's default is from nowhere.
type NetConfig struct {
	// EnableIntranet lets the vendor's network in, EnableExtranet the internet.
	EnableIntranet bool `yaml:"enableIntranet"`
	EnableExtranet bool `yaml:"enableExtranet"`
}
