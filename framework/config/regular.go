package config

import (
	"fmt"
	"io"
	"os"
)

// maxFile bounds a configuration file, far above any real one: a wrong name may lead to anything.
const maxFile = 16 << 20

// readRegular reads a regular file of at most limit bytes, or one that a symbolic link leads to.
func readRegular(file string, limit int64) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, fmt.Errorf("%s is not a regular file", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("%s has more than %d KiB", file, limit>>10)
	}
	return content, nil
}
