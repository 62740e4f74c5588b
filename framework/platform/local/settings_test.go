package local

import (
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	env := map[string]string{"FAAS_ADDR": "0.0.0.0:80", "FAAS_ENV": "prod", "FAAS_CODE_DIR": "/c", "FAAS_TIMERS": "0", "FAAS_CONTROL": "x", "FAAS_TIMEOUT": "2s", "FAAS_DRAIN": "5s", "FAAS_PARENT_FD": "4", "FAAS_RESULT_FD": "5"}
	got, err := readSettings(func(name string) string { return env[name] })
	want := settings{addr: "0.0.0.0:80", env: "prod", codeDir: "/c", control: "x", timeout: 2 * time.Second, drain: 5 * time.Second, parentFD: 4, resultFD: 5}
	if err != nil || got != want {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	got, err = readSettings(func(string) string { return "" })
	if want := (settings{addr: "127.0.0.1:8080", env: "local", timers: true}); err != nil || got != want {
		t.Errorf("defaults: got  %+v, %v\nwant %+v", got, err, want)
	}
	// A listener that was handed over is the parent's business, dev or not.
	got, err = readSettings(func(name string) string {
		return map[string]string{"FAAS_ADDR": ":1", "FAAS_DEV": "1", "FAAS_LISTEN_FD": "3"}[name]
	})
	if err != nil || got.listenFD != 3 || !got.dev {
		t.Errorf("listener: got %+v, %v", got, err)
	}
}

func TestWrongSettings(t *testing.T) {
	for _, tc := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"FAAS_ADDR": ":8080"}, `variable FAAS_ADDR is ":8080", which leaves open who may connect; write 127.0.0.1:8080 for this machine only, 0.0.0.0:8080 for every machine`},
		{map[string]string{"FAAS_ADDR": "8080"}, `variable FAAS_ADDR is "8080", expected host:port such as 127.0.0.1:8080`},
		{map[string]string{"FAAS_ADDR": "localhost:"}, `variable FAAS_ADDR is "localhost:", expected host:port`},
		{map[string]string{"FAAS_ADDR": "0.0.0.0:8080", "FAAS_DEV": "1"}, `variable FAAS_ADDR is "0.0.0.0:8080", but FAAS_DEV=1 shows error texts and so needs a loopback address such as 127.0.0.1:8080`},
		{map[string]string{"FAAS_LISTEN_FD": "2"}, `variable FAAS_LISTEN_FD is "2", expected the number of an inherited file, 3 or more`},
		{map[string]string{"FAAS_PARENT_FD": "x"}, `variable FAAS_PARENT_FD is "x", expected`},
		{map[string]string{"FAAS_SETTINGS": "/no/where"}, `variable FAAS_SETTINGS: stat /no/where: no such file or directory`},
		{map[string]string{"FAAS_SETTINGS": "/dev/zero"}, `variable FAAS_SETTINGS: found /dev/zero, expected a regular file of at most 1 MB`},
		{map[string]string{"FAAS_TIMEOUT": "5"}, `variable FAAS_TIMEOUT is "5", expected a duration such as 30s`},
		{map[string]string{"FAAS_DRAIN": "-1s"}, `variable FAAS_DRAIN is "-1s", expected a duration such as 5s`},
		{map[string]string{"FAAS_DRAIN": "5"}, `variable FAAS_DRAIN is "5", expected a duration such as 5s`},
		{map[string]string{"FAAS_TIMEOUT": "-5s"}, `variable FAAS_TIMEOUT is "-5s", expected a duration such as 30s`},
	} {
		_, err := readSettings(func(name string) string { return tc.env[name] })
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v:\ngot  %v\nwant %s", tc.env, err, tc.want)
		}
	}
}
