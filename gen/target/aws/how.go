package aws

// how says what the target does the settings with, for the portability report; the kinds say it of triggers.
func how() map[string]string {
	return map[string]string{
		"invoke":               "Invoke",
		"memorySize":           "MemorySize",
		"diskSize":             "EphemeralStorage",
		"timeout":              "Timeout",
		"initTimeout":          "the framework",
		"concurrency":          "one at a time",
		"reservedConcurrency":  "ReservedConcurrentExecutions",
		"provisionedInstances": "ProvisionedConcurrencyConfig",
		"environment":          "Environment",
		"role":                 "Role",
		"vpc":                  "VpcConfig",
		"internetAccess":       "always",
		"log":                  "LoggingConfig",
		"tracing":              "Tracing",
		"tags":                 "Tags",
		"layers":               "Layers",
		"fileSystems":          "FileSystemConfigs",
		"async.retries":        "EventInvokeConfig",
		"async.maxAge":         "EventInvokeConfig",
		"async.onSuccess":      "EventInvokeConfig",
		"async.onFailure":      "EventInvokeConfig",
		"async.longRunning":    "never",
		"deadLetter":           "DeadLetterQueue",
		"http.auth":            "AWS_IAM or NONE",
		"http.internal":        "never",
		"http.cors":            "CorsConfiguration",
		"http.streaming":       "function URL",
		"architecture":         "Architectures",
		"domains":              "Domain of the HTTP API",
	}
}
