package tencent

import "github.com/faasgen/faasgen/gen/target"

// how says what the target does the settings with, for the portability report; the kinds say it of triggers.
func how() map[string]string {
	return map[string]string{
		target.FeatureInvoke:               "Invoke",
		target.FeatureNamespace:            "namespace",
		target.SettingMemorySize:           "memorySize",
		target.SettingDiskSize:             "diskSize",
		target.SettingTimeout:              "timeout",
		target.SettingInitTimeout:          "initTimeout",
		target.SettingConcurrency:          "instanceConcurrencyConfig",
		target.SettingProvisionedInstances: "provisionedNum",
		target.SettingRollout:              "traffic",
		target.SettingEnvironment:          "environment",
		target.SettingRole:                 "role",
		target.SettingVPC:                  "vpcConfig",
		target.SettingInternetAccess:       "publicAccess",
		target.SettingLog:                  "cls",
		target.SettingTracing:              "traceEnable",
		target.SettingTags:                 "tags",
		target.SettingLayers:               "layers",
		target.SettingFileSystems:          "cfs",
		target.SettingAsyncRetries:         "retryNum",
		target.SettingAsyncMaxAge:          "msgTTL",
		target.SettingAsyncLongRunning:     "asyncRunEnable",
		target.SettingDeadLetter:           "deadLetter",
		target.SettingHTTPAuth:             "authType",
		target.SettingHTTPInternal:         "netConfig",
		target.SettingHTTPStreaming:        "web function",
		target.SettingHTTPCORS:             "corsConfig",
		target.SettingArchitecture:         "amd64",
	}
}
