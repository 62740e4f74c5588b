package target

import "strings"

// The settings that are features of the portability report, by their keys in f.yml. What is below one belongs to it.
const (
	SettingMemorySize           = "memorySize"
	SettingCPU                  = "cpu"
	SettingDiskSize             = "diskSize"
	SettingTimeout              = "timeout"
	SettingInitTimeout          = "initTimeout"
	SettingConcurrency          = "concurrency"
	SettingReservedConcurrency  = "reservedConcurrency"
	SettingProvisionedInstances = "provisionedInstances"
	SettingRollout              = "rollout"
	SettingEnvironment          = "environment"
	SettingRole                 = "role"
	SettingVPC                  = "vpc"
	SettingInternetAccess       = "internetAccess"
	SettingLog                  = "log"
	SettingTracing              = "tracing"
	SettingTags                 = "tags"
	SettingLayers               = "layers"
	SettingFileSystems          = "fileSystems"
	SettingAsyncRetries         = "async.retries"
	SettingAsyncMaxAge          = "async.maxAge"
	SettingAsyncOnSuccess       = "async.onSuccess"
	SettingAsyncOnFailure       = "async.onFailure"
	SettingAsyncLongRunning     = "async.longRunning"
	SettingDeadLetter           = "deadLetter"
	SettingHTTPAuth             = "http.auth"
	SettingHTTPInternal         = "http.internal"
	SettingHTTPCORS             = "http.cors"
	SettingHTTPStreaming        = "http.streaming"
	SettingArchitecture         = "architecture"
)

// settings are the settings that are features, in the order of the portability report.
func settings() []string {
	return []string{
		SettingMemorySize, SettingCPU, SettingDiskSize, SettingTimeout, SettingInitTimeout, SettingConcurrency,
		SettingReservedConcurrency, SettingProvisionedInstances, SettingRollout, SettingEnvironment, SettingRole, SettingVPC, SettingInternetAccess,
		SettingLog, SettingTracing, SettingTags, SettingLayers, SettingFileSystems, SettingAsyncRetries, SettingAsyncMaxAge,
		SettingAsyncOnSuccess, SettingAsyncOnFailure, SettingAsyncLongRunning, SettingDeadLetter, SettingHTTPAuth,
		SettingHTTPInternal, SettingHTTPCORS, SettingHTTPStreaming, SettingArchitecture,
	}
}

// settingOf is the feature that a key of settings belongs to, empty for anything else.
func settingOf(key string) string {
	key, _, _ = strings.Cut(key, " ") // architecture arm64
	key = strings.TrimSuffix(key, ":")
	for _, f := range settings() {
		if key == f || strings.HasPrefix(key, f+".") {
			return f
		}
	}
	return ""
}
