package aws

// The SAM template, every key of AWS::Serverless::Function and of the events that this target makes. Values that
// CloudFormation functions may stand for are any.

// Template is template.yaml.
type Template struct {
	// AWSTemplateFormatVersion is always 2010-09-09.
	AWSTemplateFormatVersion string `yaml:"AWSTemplateFormatVersion"`
	// Transform names SAM.
	Transform string `yaml:"Transform"`
	// Description is shown with the stack.
	Description string `yaml:"Description,omitempty"`
	// Resources holds *Function, *HTTPAPI and *Resource by logical name.
	Resources map[string]any `yaml:"Resources"`
	// Outputs are printed after a deployment.
	Outputs map[string]Output `yaml:"Outputs,omitempty"`
}

// Output is one value that a deployment prints.
type Output struct {
	// Description says what it is.
	Description string `yaml:"Description"`
	// Value is the value.
	Value any `yaml:"Value"`
}

// FunctionURL is a URL of a function's own.
type FunctionURL struct {
	// AuthType is NONE or AWS_IAM.
	AuthType string `yaml:"AuthType"`
	// InvokeMode is BUFFERED or RESPONSE_STREAM.
	InvokeMode string `yaml:"InvokeMode,omitempty"`
	// Cors answers preflight requests in the gateway.
	Cors *CORS `yaml:"Cors,omitempty"`
}

// HTTPAPI is a resource of the type AWS::Serverless::HttpApi.
type HTTPAPI struct {
	Type       string            `yaml:"Type"`
	Properties HTTPAPIProperties `yaml:"Properties"`
}

// HTTPAPIProperties are the properties of an HTTP API.
type HTTPAPIProperties struct {
	// AccessLogSettings says where and what the API logs.
	AccessLogSettings any `yaml:"AccessLogSettings,omitempty"`
	// Auth controls who may call the API.
	Auth *HTTPAPIAuth `yaml:"Auth,omitempty"`
	// CorsConfiguration answers preflight requests in the gateway.
	CorsConfiguration *CORS `yaml:"CorsConfiguration,omitempty"`
	// DefaultRouteSettings are those of every route: throttling, metrics.
	DefaultRouteSettings any `yaml:"DefaultRouteSettings,omitempty"`
	// DefinitionBody is the *OpenAPI document of the API.
	DefinitionBody any `yaml:"DefinitionBody,omitempty"`
	// DefinitionUri is where such a document is.
	DefinitionUri any `yaml:"DefinitionUri,omitempty"`
	// Description describes the API.
	Description string `yaml:"Description,omitempty"`
	// DisableExecuteApiEndpoint leaves only custom domains.
	DisableExecuteApiEndpoint any `yaml:"DisableExecuteApiEndpoint,omitempty"`
	// Domain is a custom domain.
	Domain *Domain `yaml:"Domain,omitempty"`
	// FailOnWarnings stops the deployment at warnings of the gateway.
	FailOnWarnings any `yaml:"FailOnWarnings,omitempty"`
	// Name is the API's name.
	Name string `yaml:"Name,omitempty"`
	// PropagateTags puts the tags on what SAM makes for the API.
	PropagateTags bool `yaml:"PropagateTags,omitempty"`
	// RouteSettings are settings by route.
	RouteSettings any `yaml:"RouteSettings,omitempty"`
	// StageName is the stage; $default has no place in the path.
	StageName string `yaml:"StageName,omitempty"`
	// StageVariables are variables of the stage.
	StageVariables any `yaml:"StageVariables,omitempty"`
	// Tags are put on the stage.
	Tags map[string]string `yaml:"Tags,omitempty"`
}

// CORS says which pages of other origins may call an HTTP API.
type CORS struct {
	// AllowOrigins, AllowMethods and AllowHeaders are what requests may have, ExposeHeaders what pages may read.
	AllowOrigins  []string `yaml:"AllowOrigins"`
	AllowMethods  []string `yaml:"AllowMethods"`
	AllowHeaders  []string `yaml:"AllowHeaders,omitempty"`
	ExposeHeaders []string `yaml:"ExposeHeaders,omitempty"`
	// AllowCredentials lets cookies through.
	AllowCredentials bool `yaml:"AllowCredentials,omitempty"`
	// MaxAge is in seconds.
	MaxAge int `yaml:"MaxAge,omitempty"`
}

// Domain is a domain that leads to an HTTP API.
type Domain struct {
	// DomainName is the domain.
	DomainName string `yaml:"DomainName"`
	// CertificateArn is the certificate's, in the region of the API.
	CertificateArn string `yaml:"CertificateArn"`
	// BasePath lists the paths below which the API is; the root by default.
	BasePath []string `yaml:"BasePath,omitempty"`
	// EndpointConfiguration is REGIONAL.
	EndpointConfiguration any `yaml:"EndpointConfiguration,omitempty"`
	// MutualTlsAuthentication requires certificates of clients.
	MutualTlsAuthentication any `yaml:"MutualTlsAuthentication,omitempty"`
	// OwnershipVerificationCertificateArn proves that the domain is yours.
	OwnershipVerificationCertificateArn any `yaml:"OwnershipVerificationCertificateArn,omitempty"`
	// Route53 makes the record set.
	Route53 any `yaml:"Route53,omitempty"`
	// SecurityPolicy is the oldest TLS version.
	SecurityPolicy any `yaml:"SecurityPolicy,omitempty"`
}

// HTTPAPIAuth controls who may call an HTTP API.
type HTTPAPIAuth struct {
	// Authorizers are authorizers by name.
	Authorizers any `yaml:"Authorizers,omitempty"`
	// DefaultAuthorizer is the one of routes that name none.
	DefaultAuthorizer string `yaml:"DefaultAuthorizer,omitempty"`
	// EnableIamAuthorizer allows routes to name AWS_IAM.
	EnableIamAuthorizer bool `yaml:"EnableIamAuthorizer,omitempty"`
}

// Function is a resource of the type AWS::Serverless::Function.
type Function struct {
	Type       string     `yaml:"Type"`
	Properties Properties `yaml:"Properties"`
}

// Properties are the properties of a function.
type Properties struct {
	// FunctionName is the deployed name.
	FunctionName string `yaml:"FunctionName"`
	// Description is shown in the console.
	Description string `yaml:"Description,omitempty"`
	// CodeUri is the zip.
	CodeUri string `yaml:"CodeUri"`
	// Runtime is provided.al2023: an executable named bootstrap.
	Runtime string `yaml:"Runtime"`
	// Handler is ignored by that runtime but must not be empty.
	Handler string `yaml:"Handler"`
	// Architectures is one of x86_64 and arm64.
	Architectures []string `yaml:"Architectures"`
	// MemorySize is in MB, 128 to 10240.
	MemorySize int `yaml:"MemorySize"`
	// Timeout is in seconds, 1 to 900.
	Timeout int `yaml:"Timeout"`
	// EphemeralStorage is the space in /tmp.
	EphemeralStorage *EphemeralStorage `yaml:"EphemeralStorage,omitempty"`
	// ReservedConcurrentExecutions is what the account keeps for the function, and the most it gets.
	ReservedConcurrentExecutions *int `yaml:"ReservedConcurrentExecutions,omitempty"`
	// AutoPublishAlias makes a version and moves this alias to it at each deployment.
	AutoPublishAlias string `yaml:"AutoPublishAlias,omitempty"`
	// AutoPublishAliasAllProperties makes a version when any property changes.
	AutoPublishAliasAllProperties bool `yaml:"AutoPublishAliasAllProperties,omitempty"`
	// AutoPublishCodeSha256 replaces the hash of CodeUri in the decision.
	AutoPublishCodeSha256 any `yaml:"AutoPublishCodeSha256,omitempty"`
	// ProvisionedConcurrencyConfig keeps instances of the alias warm.
	ProvisionedConcurrencyConfig *ProvisionedConcurrency `yaml:"ProvisionedConcurrencyConfig,omitempty"`
	// FunctionScalingConfig bounds the instances on capacity providers.
	FunctionScalingConfig any `yaml:"FunctionScalingConfig,omitempty"`
	// CapacityProviderConfig runs the function on instances of your own.
	CapacityProviderConfig any `yaml:"CapacityProviderConfig,omitempty"`
	// PublishToLatestPublished moves $LATEST.PUBLISHED at each deployment.
	PublishToLatestPublished any `yaml:"PublishToLatestPublished,omitempty"`
	// Environment holds the environment variables.
	Environment *Environment `yaml:"Environment,omitempty"`
	// KmsKeyArn encrypts the environment variables.
	KmsKeyArn any `yaml:"KmsKeyArn,omitempty"`
	// SourceKMSKeyArn encrypts the code.
	SourceKMSKeyArn any `yaml:"SourceKMSKeyArn,omitempty"`
	// Role is the ARN of the role; SAM makes one when it is missing.
	Role string `yaml:"Role,omitempty"`
	// RolePath is the path of the role that SAM makes.
	RolePath any `yaml:"RolePath,omitempty"`
	// Policies are attached to the role that SAM makes.
	Policies any `yaml:"Policies,omitempty"`
	// PermissionsBoundary bounds the role that SAM makes.
	PermissionsBoundary any `yaml:"PermissionsBoundary,omitempty"`
	// AssumeRolePolicyDocument says who may assume that role.
	AssumeRolePolicyDocument any `yaml:"AssumeRolePolicyDocument,omitempty"`
	// VpcConfig puts instances into a private network.
	VpcConfig *VPCConfig `yaml:"VpcConfig,omitempty"`
	// LoggingConfig says where and how logs are kept.
	LoggingConfig *LoggingConfig `yaml:"LoggingConfig,omitempty"`
	// Tracing is Active, PassThrough or Disabled.
	Tracing string `yaml:"Tracing,omitempty"`
	// Tags are put on the function.
	Tags map[string]string `yaml:"Tags,omitempty"`
	// PropagateTags puts them on what SAM makes for it, too.
	PropagateTags bool `yaml:"PropagateTags,omitempty"`
	// Layers lists ARNs of layer versions.
	Layers []string `yaml:"Layers,omitempty"`
	// FileSystemConfigs mounts an EFS access point.
	FileSystemConfigs []FileSystemConfig `yaml:"FileSystemConfigs,omitempty"`
	// EventInvokeConfig says what becomes of asynchronous invocations.
	EventInvokeConfig *EventInvokeConfig `yaml:"EventInvokeConfig,omitempty"`
	// DeadLetterQueue takes events that could not be handled.
	DeadLetterQueue *DeadLetterQueue `yaml:"DeadLetterQueue,omitempty"`
	// FunctionUrlConfig gives the function a URL of its own.
	FunctionUrlConfig *FunctionURL `yaml:"FunctionUrlConfig,omitempty"`
	// CodeSigningConfigArn requires signed code.
	CodeSigningConfigArn any `yaml:"CodeSigningConfigArn,omitempty"`
	// DeploymentPreference shifts traffic gradually.
	DeploymentPreference *DeploymentPreference `yaml:"DeploymentPreference,omitempty"`
	// DurableConfig makes executions durable.
	DurableConfig any `yaml:"DurableConfig,omitempty"`
	// ImageConfig, ImageUri, InlineCode and PackageType are for functions that are no zip.
	ImageConfig any `yaml:"ImageConfig,omitempty"`
	ImageUri    any `yaml:"ImageUri,omitempty"`
	InlineCode  any `yaml:"InlineCode,omitempty"`
	PackageType any `yaml:"PackageType,omitempty"`
	// RecursiveLoop says what becomes of functions that call themselves.
	RecursiveLoop any `yaml:"RecursiveLoop,omitempty"`
	// RuntimeManagementConfig says when the runtime is updated.
	RuntimeManagementConfig any `yaml:"RuntimeManagementConfig,omitempty"`
	// SnapStart starts instances from a snapshot.
	SnapStart any `yaml:"SnapStart,omitempty"`
	// TenancyConfig gives each tenant instances of its own.
	TenancyConfig any `yaml:"TenancyConfig,omitempty"`
	// VersionDeletionPolicy and VersionDescription belong to the versions that AutoPublishAlias makes.
	VersionDeletionPolicy any `yaml:"VersionDeletionPolicy,omitempty"`
	VersionDescription    any `yaml:"VersionDescription,omitempty"`
	// Events are the triggers.
	Events map[string]*Event `yaml:"Events,omitempty"`
}

// DeploymentPreference shifts traffic gradually.
type DeploymentPreference struct {
	// Type is the name of one of CodeDeploy's own ways, or a reference to one of the template.
	Type any `yaml:"Type"`
	// Alarms are names of CloudWatch alarms that roll back. SAM's schema has no plain text there.
	Alarms []any `yaml:"Alarms,omitempty"`
	// Enabled turns it off.
	Enabled any `yaml:"Enabled,omitempty"`
	// Hooks are functions that run before and after the shift.
	Hooks any `yaml:"Hooks,omitempty"`
	// PassthroughCondition puts the function's condition on what SAM makes for it, too.
	PassthroughCondition any `yaml:"PassthroughCondition,omitempty"`
	// Role is the one that shifts; SAM makes one when it is missing.
	Role any `yaml:"Role,omitempty"`
	// TriggerConfigurations notify of what happens.
	TriggerConfigurations any `yaml:"TriggerConfigurations,omitempty"`
}

// EphemeralStorage is the space in /tmp.
type EphemeralStorage struct {
	// Size is in MB, 512 to 10240.
	Size int `yaml:"Size"`
}

// ProvisionedConcurrency keeps instances warm.
type ProvisionedConcurrency struct {
	// ProvisionedConcurrentExecutions is how many.
	ProvisionedConcurrentExecutions int `yaml:"ProvisionedConcurrentExecutions"`
}

// Environment holds environment variables.
type Environment struct {
	// Variables by name.
	Variables map[string]string `yaml:"Variables"`
}

// VPCConfig is a private network.
type VPCConfig struct {
	// SecurityGroupIds lists security groups.
	SecurityGroupIds []string `yaml:"SecurityGroupIds"`
	// SubnetIds lists subnets.
	SubnetIds []string `yaml:"SubnetIds"`
}

// LoggingConfig says where and how logs are kept.
type LoggingConfig struct {
	// ApplicationLogLevel and SystemLogLevel filter logs of the format JSON.
	ApplicationLogLevel string `yaml:"ApplicationLogLevel,omitempty"`
	SystemLogLevel      string `yaml:"SystemLogLevel,omitempty"`
	// LogFormat is Text or JSON.
	LogFormat string `yaml:"LogFormat,omitempty"`
	// LogGroup is the CloudWatch log group: its name, or a reference to it.
	LogGroup any `yaml:"LogGroup,omitempty"`
}

// FileSystemConfig mounts one EFS access point.
type FileSystemConfig struct {
	// Arn is the access point's.
	Arn string `yaml:"Arn"`
	// LocalMountPath starts with /mnt/.
	LocalMountPath string `yaml:"LocalMountPath"`
}

// EventInvokeConfig says what becomes of asynchronous invocations.
type EventInvokeConfig struct {
	// MaximumEventAgeInSeconds is 60 to 21600.
	MaximumEventAgeInSeconds int `yaml:"MaximumEventAgeInSeconds,omitempty"`
	// MaximumRetryAttempts is 0 to 2.
	MaximumRetryAttempts *int `yaml:"MaximumRetryAttempts,omitempty"`
	// DestinationConfig says where records of results go.
	DestinationConfig *DestinationConfig `yaml:"DestinationConfig,omitempty"`
}

// DestinationConfig says where records of results go.
type DestinationConfig struct {
	OnSuccess *Destination `yaml:"OnSuccess,omitempty"`
	OnFailure *Destination `yaml:"OnFailure,omitempty"`
}

// Destination takes records of results.
type Destination struct {
	// Type is SQS, SNS, Lambda, EventBridge or S3Bucket.
	Type string `yaml:"Type"`
	// Destination is its ARN.
	Destination string `yaml:"Destination"`
}

// DeadLetterQueue takes events that could not be handled.
type DeadLetterQueue struct {
	// Type is SQS or SNS.
	Type string `yaml:"Type"`
	// TargetArn is its ARN.
	TargetArn string `yaml:"TargetArn"`
}

// Event is one trigger: ScheduleV2 with *ScheduleEvent, S3 with *S3Event, and so on.
type Event struct {
	Type       string `yaml:"Type"`
	Properties any    `yaml:"Properties"`
}

// ScheduleEvent is a schedule of EventBridge Scheduler.
type ScheduleEvent struct {
	// ScheduleExpression is cron(...), rate(...) or at(...).
	ScheduleExpression string `yaml:"ScheduleExpression"`
	// ScheduleExpressionTimezone is an IANA name.
	ScheduleExpressionTimezone string `yaml:"ScheduleExpressionTimezone,omitempty"`
	// State is ENABLED or DISABLED.
	State string `yaml:"State"`
	// Input is the event, in JSON.
	Input string `yaml:"Input"`
	// Description is shown in the console.
	Description string `yaml:"Description,omitempty"`
	// Name is the schedule's; OmitName leaves it to CloudFormation, whose names never collide.
	Name     any  `yaml:"Name,omitempty"`
	OmitName bool `yaml:"OmitName"`
	// DeadLetterConfig takes invocations that could not be delivered.
	DeadLetterConfig any `yaml:"DeadLetterConfig,omitempty"`
	// StartDate and EndDate bound the schedule.
	StartDate any `yaml:"StartDate,omitempty"`
	EndDate   any `yaml:"EndDate,omitempty"`
	// FlexibleTimeWindow allows delivery to be late.
	FlexibleTimeWindow any `yaml:"FlexibleTimeWindow,omitempty"`
	// GroupName is the schedule group.
	GroupName any `yaml:"GroupName,omitempty"`
	// KmsKeyArn encrypts the input.
	KmsKeyArn any `yaml:"KmsKeyArn,omitempty"`
	// PermissionsBoundary bounds the role that SAM makes.
	PermissionsBoundary any `yaml:"PermissionsBoundary,omitempty"`
	// RetryPolicy says how deliveries are retried.
	RetryPolicy any `yaml:"RetryPolicy,omitempty"`
	// RoleArn is the role that invokes the function.
	RoleArn any `yaml:"RoleArn,omitempty"`
}
