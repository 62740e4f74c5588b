package tencent

import (
	"os"
	"path/filepath"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// Runtime returns what SCF says of the process in its environment. The loops call it once, at start. current is the id of
// the request that runs, for log records that know none; nil where several run at once.
func Runtime(current func() string) *framework.Runtime {
	return &framework.Runtime{
		Platform: "tencent",
		Provider: "tencent_cloud",
		Product:  "tencent_cloud_scf",
		Function: os.Getenv("SCF_FUNCTIONNAME"),
		Version:  os.Getenv("SCF_FUNCTIONVERSION"),
		Region:   os.Getenv("TENCENTCLOUD_REGION"),
		CodeDir:  codeDir(),
		Env:      os.Getenv(framework.EnvironmentVariable),
		Logger:   platform.NewLogger(os.Stderr, platform.LogOptions{Current: current}),
		Stop:     platform.Stop,
	}
}

// codeDir is where the package was unpacked: where SCF says, else its usual place, else next to the executable.
func codeDir() string {
	if dir := os.Getenv("USER_CODE_ROOT"); dir != "" {
		return dir
	}
	const usual = "/var/user"
	if info, err := os.Stat(usual); err == nil && info.IsDir() {
		return usual
	}
	if exe, err := os.Executable(); err == nil {
		return filepath.Dir(exe)
	}
	return ""
}

// Process returns an invocation that holds what is the same for all calls of the process. The loops fill in the rest.
func Process() *Invocation {
	return &Invocation{
		Function:  os.Getenv("SCF_FUNCTIONNAME"),
		Version:   os.Getenv("SCF_FUNCTIONVERSION"),
		Namespace: os.Getenv("SCF_NAMESPACE"),
		Region:    os.Getenv("TENCENTCLOUD_REGION"),
		AppID:     os.Getenv("TENCENTCLOUD_APPID"),
		UIN:       os.Getenv("TENCENTCLOUD_UIN"),
	}
}
