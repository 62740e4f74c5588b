package aliyun

// how says what the target does the settings with, for the portability report; the kinds say it of triggers.
func how() map[string]string {
	return map[string]string{
		"invoke":               "InvokeFunction",
		"memorySize":           "memorySize",
		"cpu":                  "cpu",
		"diskSize":             "diskSize",
		"timeout":              "timeout",
		"initTimeout":          "instanceLifecycleConfig",
		"concurrency":          "instanceConcurrency",
		"reservedConcurrency":  "concurrencyConfig",
		"provisionedInstances": "provisionConfig",
		"environment":          "environmentVariables",
		"role":                 "role",
		"vpc":                  "vpcConfig",
		"internetAccess":       "internetAccess",
		"log":                  "logConfig",
		"tracing":              "tracingConfig",
		"tags":                 "tags",
		"layers":               "layers",
		"fileSystems":          "nasConfig",
		"async.retries":        "asyncInvokeConfig",
		"async.maxAge":         "asyncInvokeConfig",
		"async.onSuccess":      "asyncInvokeConfig",
		"async.onFailure":      "asyncInvokeConfig",
		"async.longRunning":    "asyncTask",
		"http.auth":            "authType",
		"http.cors":            "the framework",
		"http.streaming":       "always",
		"http.internal":        "disableURLInternet",
		"architecture":         "amd64",
		"domains":              "component fc3-domain",
	}
}
