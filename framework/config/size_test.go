package config_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/config"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]config.Size{
		"0": 0, "7": 7, "1_000": 1000, "64KiB": 65536, "64 kib": 65536, "10MB": 10_000_000, "1.5GiB": 3 << 29, "0.5kb": 500, "1.25KiB": 1280,
		"2TB": 2e12, "1TiB": 1 << 40, "3B": 3, "9223372036854775807": math.MaxInt64, "8388607TiB": 8388607 << 40, "1.50": 0, "0.0009765625KiB": 1,
		"1.0": 1, "0.001KB": 1, "007": 7,
	} {
		got, err := config.ParseSize(text)
		if text == "1.50" {
			if err == nil {
				t.Errorf("%s: half a byte is %d", text, got)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "B", "-1", "+1", "1K", "1M", "10Mb/s", "1e3", "1.KB", ".5KB", "1..5", "KB1", "1 2", " 1", "0x10", "0.1KiB", "0.0001KB", "1\tB", "١KB", "NaN"} {
		if got, err := config.ParseSize(text); err == nil || errors.Is(err, config.ErrSizeRange) {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"9223372036854775808", "8388608TiB", "33554432TiB", "9223372036854775.999KB", "9223372036854775.807999KB", "99999999999999999999999TB"} {
		if got, err := config.ParseSize(text); text != "9223372036854775.807999KB" && !errors.Is(err, config.ErrSizeRange) || err == nil {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
}

func TestSizeIsWritten(t *testing.T) {
	for size, want := range map[config.Size]string{0: "0B", 1: "1B", 1000: "1KB", 1024: "1KiB", 65536: "64KiB", 10 * config.MB: "10MB", 1001: "1001B", 3 * config.TiB: "3TiB", -2048: "-2KiB"} {
		if got := size.String(); got != want {
			t.Errorf("%d is written %s, want %s", size, got, want)
		}
	}
}

func TestSizeIsRead(t *testing.T) {
	dir := folder(t, "config.default.yml", "order: {body: 64KiB, all: [1, 2KB], plain: 100, wrong: 64 bananas, half: 0.5, none: [1], large: 9999999TiB}\n")
	c, err := config.LoadWith(dir, "", variables("ORDER_VARIABLE", "1.5MB"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, c, "order.body", 64*config.KiB)
	want(t, c, "order.plain", config.Size(100))
	want(t, c, "order.variable", config.Size(1_500_000))
	if got, err := config.OrText[config.Size](c, "order.absent", "1GB"); got != config.GB || err != nil {
		t.Errorf("by default %d, %v", got, err)
	}
	if got, err := config.Get[[]config.Size](c, "order.all"); len(got) != 2 || got[1] != 2*config.KB || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	for key, want := range map[string]string{
		"order.wrong": "key order.wrong: expected a size such as 64KiB, 10MB or a number of bytes, found a text", "order.half": "found a number",
		"order.none": "found a list", "order.large": "key order.large: the size is too large",
	} {
		_, err := config.Get[config.Size](c, key)
		wantError(t, err, "config.default.yml:1:", want)
	}
}

func FuzzParseSize(f *testing.F) {
	for _, s := range []string{"0", "1.5GiB", "64 kib", "1_0KB", "", "9223372036854775807B", "0.0009765625KiB", "1.1TB", "5."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		size, err := config.ParseSize(text)
		if err != nil {
			if size != 0 || strings.Contains(err.Error(), text) && len(text) > 8 && !strings.Contains("expected a size such as 64KiB, 10MB or a number of bytes: this is not a whole number of bytes", text) {
				t.Fatalf("%q: %d, %v", text, size, err)
			}
			return
		}
		if again, err := config.ParseSize(size.String()); size < 0 || err != nil || again != size {
			t.Fatalf("%q is %d, written %s, which is %d, %v", text, size, size, again, err)
		}
		number := strings.TrimRight(strings.ReplaceAll(text, "_", ""), " kKmMgGtTiIbB")
		unit := strings.ToLower(strings.TrimLeft(text, "0123456789._ "))
		exact, ok := new(big.Rat).SetString(number)
		factor := map[string]config.Size{"": 1, "b": 1, "kb": config.KB, "mb": config.MB, "gb": config.GB, "tb": config.TB, "kib": config.KiB, "mib": config.MiB, "gib": config.GiB, "tib": config.TiB}[unit]
		if !ok || exact.Mul(exact, new(big.Rat).SetInt64(int64(factor))).Cmp(new(big.Rat).SetInt64(int64(size))) != 0 {
			t.Fatalf("%q is %d, not %v", text, size, exact)
		}
	})
}

func ExampleSize() {
	dir, _ := os.MkdirTemp("", "config")
	defer os.RemoveAll(dir)
	_ = os.WriteFile(filepath.Join(dir, "config.default.yml"), []byte("upload: {limit: 10MB, buffer: 64KiB}\n"), 0o600)

	c, _ := config.Load(dir, "")
	limit, _ := config.Get[config.Size](c, "upload.limit")
	buffer, _ := config.Get[config.Size](c, "upload.buffer")
	fmt.Println(int64(limit), int64(buffer), limit+buffer)
	// Output: 10000000 65536 10065536B
}
