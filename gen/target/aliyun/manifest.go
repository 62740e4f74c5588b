package aliyun

// The s.yaml of Serverless Devs with the component fc3, every key of a function, of its triggers http and timer, and of
// what may stand next to them. Keys whose values may also be a word ("auto") are any.

// Manifest is s.yaml.
type Manifest struct {
	// Edition is the version of the format.
	Edition string `yaml:"edition"`
	// Name names the application.
	Name string `yaml:"name"`
	// Access names the credentials that s was configured with.
	Access string `yaml:"access"`
	// Vars are variables for ${vars.name}.
	Vars map[string]any `yaml:"vars,omitempty"`
	// Resources are the functions, and the domains.
	Resources map[string]*Resource `yaml:"resources"`
}

// Resource is one function.
type Resource struct {
	// Component is fc3.
	Component string `yaml:"component"`
	// Actions run before and after commands.
	Actions any `yaml:"actions,omitempty"`
	// Props describe the function.
	Props Props `yaml:"props"`
}

// Props describe a function. The component resets what they leave out.
type Props struct {
	// Region is one of the vendor's.
	Region string `yaml:"region"`
	// FunctionName is the deployed name.
	FunctionName string `yaml:"functionName"`
	// Description is shown in the console.
	Description string `yaml:"description,omitempty"`
	// Runtime is custom.debian12: an executable that serves HTTP.
	Runtime string `yaml:"runtime"`
	// Code is the zip, or a place in OSS.
	Code any `yaml:"code"`
	// Handler is for the built-in runtimes.
	Handler string `yaml:"handler,omitempty"`
	// Cpu is 0.05 to 16 in steps of 0.05, and memory in GB 1 to 4 times that.
	Cpu float64 `yaml:"cpu"`
	// MemorySize is in MB, 128 to 32768 in steps of 64.
	MemorySize int `yaml:"memorySize"`
	// DiskSize is in MB, 512 or 10240.
	DiskSize int `yaml:"diskSize"`
	// Timeout is in seconds, 1 to 86400.
	Timeout int `yaml:"timeout"`
	// InstanceConcurrency is 1 to 200.
	InstanceConcurrency int `yaml:"instanceConcurrency"`
	// ConcurrencyConfig reserves concurrency.
	ConcurrencyConfig *ConcurrencyConfig `yaml:"concurrencyConfig,omitempty"`
	// ProvisionConfig keeps instances warm.
	ProvisionConfig *ProvisionConfig `yaml:"provisionConfig,omitempty"`
	// ScalingConfig says how instances are added.
	ScalingConfig any `yaml:"scalingConfig,omitempty"`
	// CustomRuntimeConfig says how the executable is started.
	CustomRuntimeConfig *CustomRuntimeConfig `yaml:"customRuntimeConfig,omitempty"`
	// CustomContainerConfig is for images.
	CustomContainerConfig any `yaml:"customContainerConfig,omitempty"`
	// InstanceLifecycleConfig has the hooks of instances.
	InstanceLifecycleConfig *InstanceLifecycleConfig `yaml:"instanceLifecycleConfig,omitempty"`
	// EnvironmentVariables by name, 4 KB together.
	EnvironmentVariables map[string]string `yaml:"environmentVariables,omitempty"`
	// Role is the ARN of a RAM role.
	Role string `yaml:"role,omitempty"`
	// InternetAccess lets instances reach the internet.
	InternetAccess *bool `yaml:"internetAccess,omitempty"`
	// VpcConfig puts instances into a private network, or is auto.
	VpcConfig *VPCConfig `yaml:"vpcConfig,omitempty"`
	// VpcBinding lets only callers of some networks in.
	VpcBinding any `yaml:"vpcBinding,omitempty"`
	// CustomDNS has name servers of your own.
	CustomDNS any `yaml:"customDNS,omitempty"`
	// NasConfig mounts file systems, or is auto.
	NasConfig *NASConfig `yaml:"nasConfig,omitempty"`
	// OssMountConfig mounts buckets, or is auto.
	OssMountConfig any `yaml:"ossMountConfig,omitempty"`
	// LogConfig says where logs go, or is auto.
	LogConfig *LogConfig `yaml:"logConfig,omitempty"`
	// TracingConfig says where traces go.
	TracingConfig *TracingConfig `yaml:"tracingConfig,omitempty"`
	// Layers lists ARNs.
	Layers []string `yaml:"layers,omitempty"`
	// AsyncInvokeConfig says what becomes of asynchronous invocations.
	AsyncInvokeConfig *AsyncInvokeConfig `yaml:"asyncInvokeConfig,omitempty"`
	// GpuConfig gives instances a part of a GPU.
	GpuConfig any `yaml:"gpuConfig,omitempty"`
	// ResourceGroupId puts the function into a resource group.
	ResourceGroupId string `yaml:"resourceGroupId,omitempty"`
	// Endpoint replaces the vendor's address.
	Endpoint string `yaml:"endpoint,omitempty"`
	// EnableLongLiving keeps instances for long connections.
	EnableLongLiving *bool `yaml:"enableLongLiving,omitempty"`
	// InstanceIsolationMode says what is isolated from what.
	InstanceIsolationMode string `yaml:"instanceIsolationMode,omitempty"`
	// SessionAffinity and SessionAffinityConfig keep a client at its instance.
	SessionAffinity       string `yaml:"sessionAffinity,omitempty"`
	SessionAffinityConfig any    `yaml:"sessionAffinityConfig,omitempty"`
	// Annotations are headers for the vendor.
	Annotations any `yaml:"annotations,omitempty"`
	// Supplement is the component's own.
	Supplement any `yaml:"supplement,omitempty"`
	// Tags are put on the function.
	Tags []Tag `yaml:"tags,omitempty"`
	// Triggers are the triggers.
	Triggers []Trigger `yaml:"triggers,omitempty"`
	// CustomDomain serves the function under a domain of your own.
	CustomDomain any `yaml:"customDomain,omitempty"`
}

// ConcurrencyConfig reserves concurrency.
type ConcurrencyConfig struct {
	// ReservedConcurrency is what the account keeps for the function, and the most it gets.
	ReservedConcurrency int `yaml:"reservedConcurrency"`
}

// ProvisionConfig keeps instances warm. The component's schema requires all keys.
type ProvisionConfig struct {
	// DefaultTarget is how many.
	DefaultTarget int `yaml:"defaultTarget"`
	// AlwaysAllocateCPU and AlwaysAllocateGPU pay for idle processors.
	AlwaysAllocateCPU bool `yaml:"alwaysAllocateCPU"`
	AlwaysAllocateGPU bool `yaml:"alwaysAllocateGPU"`
	// ScheduledActions change the number at times.
	ScheduledActions []any `yaml:"scheduledActions"`
	// TargetTrackingPolicies change it with the load.
	TargetTrackingPolicies []any `yaml:"targetTrackingPolicies"`
}

// CustomRuntimeConfig says how the executable is started.
type CustomRuntimeConfig struct {
	// Command is the executable with its arguments.
	Command []string `yaml:"command"`
	// Args are further arguments.
	Args []string `yaml:"args,omitempty"`
	// Port is where it listens.
	Port int `yaml:"port"`
	// HealthCheckConfig probes instances.
	HealthCheckConfig any `yaml:"healthCheckConfig,omitempty"`
}

// InstanceLifecycleConfig has the hooks of instances.
type InstanceLifecycleConfig struct {
	// Initializer runs before the first invocation.
	Initializer *LifecycleHook `yaml:"initializer,omitempty"`
	// PreStop runs before an instance ends.
	PreStop *LifecycleHook `yaml:"preStop,omitempty"`
}

// LifecycleHook is one hook.
type LifecycleHook struct {
	// Handler is called in the executable; Command is run instead.
	Handler string   `yaml:"handler,omitempty"`
	Command []string `yaml:"command,omitempty"`
	// Timeout is in seconds.
	Timeout int `yaml:"timeout"`
}

// VPCConfig is a private network.
type VPCConfig struct {
	// VpcId is the network.
	VpcId string `yaml:"vpcId"`
	// VSwitchIds lists subnets.
	VSwitchIds []string `yaml:"vSwitchIds"`
	// SecurityGroupId is the one security group.
	SecurityGroupId string `yaml:"securityGroupId"`
}

// NASConfig mounts file systems.
type NASConfig struct {
	// UserId and GroupId are what files are accessed as.
	UserId  int `yaml:"userId"`
	GroupId int `yaml:"groupId"`
	// MountPoints lists them.
	MountPoints []MountPoint `yaml:"mountPoints"`
}

// MountPoint is one file system.
type MountPoint struct {
	// ServerAddr is host:/path of a mount target.
	ServerAddr string `yaml:"serverAddr"`
	// MountDir is where it is mounted.
	MountDir string `yaml:"mountDir"`
	// EnableTLS encrypts the way there.
	EnableTLS *bool `yaml:"enableTLS,omitempty"`
}

// LogConfig says where logs go.
type LogConfig struct {
	// Project and Logstore are SLS's.
	Project  string `yaml:"project"`
	Logstore string `yaml:"logstore"`
	// EnableRequestMetrics, EnableInstanceMetrics and EnableLlmMetrics send metrics there, too.
	EnableRequestMetrics  *bool `yaml:"enableRequestMetrics,omitempty"`
	EnableInstanceMetrics *bool `yaml:"enableInstanceMetrics,omitempty"`
	EnableLlmMetrics      *bool `yaml:"enableLlmMetrics,omitempty"`
	// LogBeginRule is None or DefaultRegex.
	LogBeginRule string `yaml:"logBeginRule,omitempty"`
}

// TracingConfig says where traces go.
type TracingConfig struct {
	// Type is Jaeger.
	Type string `yaml:"type"`
	// Params are for other types.
	Params string `yaml:"params,omitempty"`
	// JaegerConfig is for that type.
	JaegerConfig *JaegerConfig `yaml:"jaegerConfig,omitempty"`
}

// JaegerConfig is where a Jaeger collector is.
type JaegerConfig struct {
	Endpoint string `yaml:"endpoint"`
}

// AsyncInvokeConfig says what becomes of asynchronous invocations.
type AsyncInvokeConfig struct {
	// AsyncTask keeps their state, and lets them be stopped.
	AsyncTask *bool `yaml:"asyncTask,omitempty"`
	// MaxAsyncEventAgeInSeconds is 1 to 2592000.
	MaxAsyncEventAgeInSeconds int `yaml:"maxAsyncEventAgeInSeconds,omitempty"`
	// MaxAsyncRetryAttempts is 0 to 8.
	MaxAsyncRetryAttempts *int `yaml:"maxAsyncRetryAttempts,omitempty"`
	// DestinationConfig says where results go.
	DestinationConfig *DestinationConfig `yaml:"destinationConfig,omitempty"`
	// Qualifier is the version or alias.
	Qualifier string `yaml:"qualifier,omitempty"`
}

// DestinationConfig says where results go.
type DestinationConfig struct {
	OnSuccess *Destination `yaml:"onSuccess,omitempty"`
	OnFailure *Destination `yaml:"onFailure,omitempty"`
}

// Destination is the ARN of what gets results.
type Destination struct {
	Destination string `yaml:"destination"`
}

// Tag is one tag.
type Tag struct {
	Key   string `yaml:"key"`
	Value string `yaml:"value"`
}

// DomainResource is one domain.
type DomainResource struct {
	// Component is fc3-domain.
	Component string `yaml:"component"`
	// Props describe the domain.
	Props DomainProps `yaml:"props"`
}

// DomainProps describe a domain that leads to functions.
type DomainProps struct {
	// Region is that of the functions.
	Region string `yaml:"region"`
	// DomainName is the domain, or auto for one that the vendor gives for tests.
	DomainName string `yaml:"domainName"`
	// Protocol is HTTP, HTTPS or HTTP,HTTPS.
	Protocol string `yaml:"protocol"`
	// RouteConfig says which path leads where.
	RouteConfig RouteConfig `yaml:"routeConfig"`
	// CertConfig is the certificate.
	CertConfig *CertConfig `yaml:"certConfig,omitempty"`
	// TlsConfig chooses versions and cipher suites.
	TlsConfig any `yaml:"tlsConfig,omitempty"`
	// WafConfig turns on the firewall.
	WafConfig any `yaml:"wafConfig,omitempty"`
	// AuthConfig says who may call.
	AuthConfig any `yaml:"authConfig,omitempty"`
}

// RouteConfig says which path leads where.
type RouteConfig struct {
	// Routes are the paths; an exact one goes before one that ends in *, a longer one before a shorter.
	Routes []PathConfig `yaml:"routes"`
}

// PathConfig is one path.
type PathConfig struct {
	// Path is a path, or the start of one and *.
	Path string `yaml:"path"`
	// FunctionName is the deployed name.
	FunctionName string `yaml:"functionName"`
	// Qualifier is the version or alias, LATEST by default.
	Qualifier string `yaml:"qualifier"`
	// Methods lists what gets through; all by default.
	Methods []string `yaml:"methods,omitempty"`
	// RewriteConfig changes paths.
	RewriteConfig any `yaml:"rewriteConfig,omitempty"`
}

// CertConfig is a certificate: its id at the certificate service, or its name with files.
type CertConfig struct {
	CertId      string `yaml:"certId,omitempty"`
	CertName    string `yaml:"certName,omitempty"`
	Certificate string `yaml:"certificate,omitempty"`
	PrivateKey  string `yaml:"privateKey,omitempty"`
}

// Trigger is one trigger.
type Trigger struct {
	// TriggerName is unique in the function.
	TriggerName string `yaml:"triggerName"`
	// TriggerType is http, timer, oss, mns_topic, log, cdn_events, eventbridge or tablestore.
	TriggerType string `yaml:"triggerType"`
	// Description is shown in the console.
	Description string `yaml:"description,omitempty"`
	// Qualifier is the version or alias, LATEST by default.
	Qualifier string `yaml:"qualifier,omitempty"`
	// InvocationRole lets the source call the function.
	InvocationRole string `yaml:"invocationRole,omitempty"`
	// SourceArn is the source of other types.
	SourceArn string `yaml:"sourceArn,omitempty"`
	// TriggerConfig is *HTTPTrigger, *TimerTrigger, *OSSTrigger, and so on.
	TriggerConfig any `yaml:"triggerConfig"`
}

// HTTPTrigger configures a trigger of the type http. A function has at most one.
type HTTPTrigger struct {
	// AuthType is anonymous, function or jwt.
	AuthType string `yaml:"authType"`
	// Methods lists what gets through.
	Methods []string `yaml:"methods"`
	// DisableURLInternet keeps callers from the internet out.
	DisableURLInternet *bool `yaml:"disableURLInternet,omitempty"`
	// AuthConfig is for jwt.
	AuthConfig any `yaml:"authConfig,omitempty"`
}

// TimerTrigger configures a trigger of the type timer.
type TimerTrigger struct {
	// CronExpression has six fields, with CRON_TZ=zone in front if it is not UTC, or is @every and an interval.
	CronExpression string `yaml:"cronExpression"`
	// Enable lets it fire.
	Enable bool `yaml:"enable"`
	// Payload is handed over as text, 128 KB at most.
	Payload string `yaml:"payload,omitempty"`
}
