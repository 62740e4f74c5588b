package aws

import "github.com/faasgen/faasgen/gen/target"

// how says what the target does the settings with, for the portability report; the kinds say it of triggers.
func how() map[string]string {
	return map[string]string{
		target.FeatureInvoke:               "Invoke",
		target.SettingMemorySize:           "MemorySize",
		target.SettingDiskSize:             "EphemeralStorage",
		target.SettingTimeout:              "Timeout",
		target.SettingInitTimeout:          "the framework",
		target.SettingConcurrency:          "one at a time",
		target.SettingReservedConcurrency:  "ReservedConcurrentExecutions",
		target.SettingProvisionedInstances: "ProvisionedConcurrencyConfig",
		target.SettingRollout:              "DeploymentPreference",
		target.SettingEnvironment:          "Environment",
		target.SettingRole:                 "Role",
		target.SettingVPC:                  "VpcConfig",
		target.SettingInternetAccess:       "always",
		target.SettingLog:                  "LoggingConfig",
		target.SettingTracing:              "Tracing",
		target.SettingTags:                 "Tags",
		target.SettingLayers:               "Layers",
		target.SettingFileSystems:          "FileSystemConfigs",
		target.SettingAsyncRetries:         "EventInvokeConfig",
		target.SettingAsyncMaxAge:          "EventInvokeConfig",
		target.SettingAsyncOnSuccess:       "EventInvokeConfig",
		target.SettingAsyncOnFailure:       "EventInvokeConfig",
		target.SettingAsyncLongRunning:     "never",
		target.SettingDeadLetter:           "DeadLetterQueue",
		target.SettingHTTPAuth:             "AWS_IAM or NONE",
		target.SettingHTTPInternal:         "never",
		target.SettingHTTPCORS:             "CorsConfiguration",
		target.SettingHTTPStreaming:        "function URL",
		target.SettingArchitecture:         "Architectures",
		target.FeatureDomains:              "Domain of the HTTP API",
	}
}
