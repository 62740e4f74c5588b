package aliyun

import "github.com/faasgen/faasgen/gen/target"

// how says what the target does the settings with, for the portability report; the kinds say it of triggers.
func how() map[string]string {
	return map[string]string{
		target.FeatureInvoke:               "InvokeFunction",
		target.SettingMemorySize:           "memorySize",
		target.SettingCPU:                  "cpu",
		target.SettingDiskSize:             "diskSize",
		target.SettingTimeout:              "timeout",
		target.SettingInitTimeout:          "instanceLifecycleConfig",
		target.SettingConcurrency:          "instanceConcurrency",
		target.SettingReservedConcurrency:  "concurrencyConfig",
		target.SettingProvisionedInstances: "provisionConfig",
		target.SettingRollout:              "at once",
		target.SettingEnvironment:          "environmentVariables",
		target.SettingRole:                 "role",
		target.SettingVPC:                  "vpcConfig",
		target.SettingInternetAccess:       "internetAccess",
		target.SettingLog:                  "logConfig",
		target.SettingTracing:              "tracingConfig",
		target.SettingTags:                 "tags",
		target.SettingLayers:               "layers",
		target.SettingFileSystems:          "nasConfig",
		target.SettingAsyncRetries:         "asyncInvokeConfig",
		target.SettingAsyncMaxAge:          "asyncInvokeConfig",
		target.SettingAsyncOnSuccess:       "asyncInvokeConfig",
		target.SettingAsyncOnFailure:       "asyncInvokeConfig",
		target.SettingAsyncLongRunning:     "asyncTask",
		target.SettingHTTPAuth:             "authType",
		target.SettingHTTPCORS:             "the framework",
		target.SettingHTTPStreaming:        "always",
		target.SettingHTTPInternal:         "disableURLInternet",
		target.SettingArchitecture:         "amd64",
		target.FeatureDomains:              "component fc3-domain",
	}
}
