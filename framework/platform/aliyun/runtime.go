package aliyun

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// listenTimeout is a little less than the two minutes that FC waits for the port, so that a start that hangs is still
// reported by the process itself.
const listenTimeout = 110 * time.Second

// Runtime returns what FC says of the process in its environment. The loop calls it once, at start.
func Runtime() *framework.Runtime {
	memory, _ := strconv.Atoi(os.Getenv("FC_FUNCTION_MEMORY_SIZE")) // zero is unknown
	return &framework.Runtime{
		Platform:    "aliyun",
		Provider:    "alibaba_cloud",
		Product:     "alibaba_cloud_fc",
		Function:    os.Getenv("FC_FUNCTION_NAME"),
		Version:     cmp.Or(os.Getenv("FC_FUNCTION_VERSION"), os.Getenv("FC_VER_ID"), os.Getenv("FC_QUALIFIER")),
		Region:      os.Getenv("FC_REGION"),
		Memory:      memory,
		CodeDir:     codeDir(),
		Env:         os.Getenv(framework.EnvironmentVariable),
		InitTimeout: listenTimeout,
		Logger:      platform.NewLogger(os.Stderr, platform.LogOptions{}),
		Stop:        platform.Stop,
	}
}

// codeDir is where the package was unpacked: where FC says, else its usual place, else next to the executable.
func codeDir() string {
	if dir := os.Getenv("FC_FUNC_CODE_PATH"); dir != "" {
		return dir
	}
	const usual = "/code"
	if info, err := os.Stat(usual); err == nil && info.IsDir() {
		return usual
	}
	if exe, err := os.Executable(); err == nil {
		return filepath.Dir(exe)
	}
	return ""
}
