package local

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// DefaultAddr is where the application listens unless FAAS_ADDR says otherwise.
const DefaultAddr = "127.0.0.1:8080"

// maxSettings bounds the file of FAAS_SETTINGS.
const maxSettings = 1 << 20

// settings are the variables that the package comment lists.
type settings struct {
	addr     string
	env      string
	codeDir  string
	settings string // of the functions
	dev      bool
	timers   bool
	control  string
	timeout  time.Duration
	drain    time.Duration
	listenFD uintptr // zero is none, as for the others: 0 to 2 are the standard streams
	parentFD uintptr
	resultFD uintptr
}

func readSettings(env func(string) string) (settings, error) {
	s := settings{
		addr:    cmp.Or(env("FAAS_ADDR"), DefaultAddr),
		env:     cmp.Or(env(framework.EnvironmentVariable), Name),
		codeDir: env("FAAS_CODE_DIR"),
		dev:     env("FAAS_DEV") == "1",
		timers:  env("FAAS_TIMERS") != "0",
		control: env("FAAS_CONTROL"),
	}
	for _, v := range []struct {
		name string
		fd   *uintptr
	}{{"FAAS_LISTEN_FD", &s.listenFD}, {"FAAS_PARENT_FD", &s.parentFD}, {"FAAS_RESULT_FD", &s.resultFD}} {
		text := env(v.name)
		if text == "" {
			continue
		}
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n < 3 {
			return s, fmt.Errorf("variable %s is %q, expected the number of an inherited file, 3 or more", v.name, text)
		}
		*v.fd = uintptr(n)
	}
	if text := env("FAAS_TIMEOUT"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return s, fmt.Errorf("variable FAAS_TIMEOUT is %q, expected a duration such as 30s", text)
		}
		s.timeout = d
	}
	if text := env("FAAS_DRAIN"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return s, fmt.Errorf("variable FAAS_DRAIN is %q, expected a duration such as 5s", text)
		}
		s.drain = d
	}
	if name := env("FAAS_SETTINGS"); name != "" {
		var err error
		if s.settings, err = readFile(name); err != nil {
			return s, fmt.Errorf("variable FAAS_SETTINGS: %w", err)
		}
	}
	if s.listenFD != 0 {
		return s, nil
	}
	return s, checkAddr(s.addr, s.dev)
}

// readFile reads a regular file that is not too large.
func readFile(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSettings {
		return "", fmt.Errorf("found %s, expected a regular file of at most %d MB", name, maxSettings>>20)
	}
	content, err := os.ReadFile(name)
	return string(content), err
}

// checkAddr refuses addresses that would be open to other machines unless the settings say so.
func checkAddr(addr string, dev bool) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" {
		return fmt.Errorf("variable FAAS_ADDR is %q, expected host:port such as %s", addr, DefaultAddr)
	}
	if host == "" {
		return fmt.Errorf("variable FAAS_ADDR is %q, which leaves open who may connect; write 127.0.0.1:%s for this machine only, 0.0.0.0:%s for every machine", addr, port, port)
	}
	if dev && !Loopback(host) {
		return fmt.Errorf("variable FAAS_ADDR is %q, but FAAS_DEV=1 shows error texts and so needs a loopback address such as 127.0.0.1:%s", addr, port)
	}
	return nil
}
