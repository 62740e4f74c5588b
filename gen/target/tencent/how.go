package tencent

// how says what the target does the settings with, for the portability report; the kinds say it of triggers.
func how() map[string]string {
	return map[string]string{
		"invoke":               "Invoke",
		"memorySize":           "memorySize",
		"diskSize":             "diskSize",
		"timeout":              "timeout",
		"initTimeout":          "initTimeout",
		"concurrency":          "instanceConcurrencyConfig",
		"provisionedInstances": "provisionedNum",
		"environment":          "environment",
		"role":                 "role",
		"vpc":                  "vpcConfig",
		"internetAccess":       "publicAccess",
		"log":                  "cls",
		"tracing":              "traceEnable",
		"tags":                 "tags",
		"layers":               "layers",
		"fileSystems":          "cfs",
		"async.retries":        "retryNum",
		"async.maxAge":         "msgTTL",
		"async.longRunning":    "asyncRunEnable",
		"deadLetter":           "deadLetter",
		"http.auth":            "authType",
		"http.internal":        "netConfig",
		"http.streaming":       "web function",
		"http.cors":            "corsConfig",
		"architecture":         "amd64",
		"namespace":            "namespace",
	}
}
