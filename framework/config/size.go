package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes. In configuration it is written with a unit, "10MB", "64KiB", "1.5 GiB", or as a bare number of
// bytes: KB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB powers of 1024. Upper and lower case are the same.
type Size int64

// The units of a Size.
const (
	Byte Size = 1
	KB        = 1000 * Byte
	MB        = 1000 * KB
	GB        = 1000 * MB
	TB        = 1000 * GB
	KiB       = 1024 * Byte
	MiB       = 1024 * KiB
	GiB       = 1024 * MiB
	TiB       = 1024 * GiB
)

type sizeUnit struct {
	name string
	size Size
}

// sizeUnits are in the order in which String tries them.
func sizeUnits() []sizeUnit {
	return []sizeUnit{{"TiB", TiB}, {"TB", TB}, {"GiB", GiB}, {"GB", GB}, {"MiB", MiB}, {"MB", MB}, {"KiB", KiB}, {"KB", KB}, {"B", Byte}}
}

// ErrSizeRange is wrapped by the error of [ParseSize] for what is too large.
var ErrSizeRange = errors.New("the size is too large")

// ParseSize reads a size as configuration has it. It is never negative, and a whole number of bytes.
func ParseSize(text string) (Size, error) {
	const expected = "expected a size such as 64KiB, 10MB or a number of bytes"
	number := strings.TrimRightFunc(text, func(r rune) bool { return r > '9' || r == ' ' })
	unit := Byte
	if name := strings.TrimLeft(text[len(number):], " "); name != "" {
		unit = 0
		for _, u := range sizeUnits() {
			if strings.EqualFold(name, u.name) {
				unit = u.size
			}
		}
		if unit == 0 {
			return 0, errors.New(expected)
		}
	}
	whole, fraction, dotted := strings.Cut(strings.ReplaceAll(number, "_", ""), ".")
	if !decimal(whole) || dotted && !decimal(fraction) {
		return 0, errors.New(expected)
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > math.MaxInt64/int64(unit) {
		return 0, ErrSizeRange
	}
	rest, ok := part(fraction, int64(unit))
	if !ok {
		return 0, fmt.Errorf("%s: this is not a whole number of bytes", expected)
	}
	total := n*int64(unit) + rest
	if total < 0 {
		return 0, ErrSizeRange
	}
	return Size(total), nil
}

// part is 0.fraction of unit, digit by digit, so that nothing is rounded; ok says that it is whole.
func part(fraction string, unit int64) (sum int64, ok bool) {
	for fraction = strings.TrimRight(fraction, "0"); fraction != ""; fraction = fraction[1:] {
		if unit%10 != 0 {
			return binaryPart(fraction, unit, sum)
		}
		unit /= 10
		sum += unit * int64(fraction[0]-'0')
	}
	return sum, true
}

// binaryPart is the rest of part where a digit is not a whole number of bytes: only all of them together can be.
func binaryPart(fraction string, unit, sum int64) (int64, bool) {
	if len(fraction) > 15 { // TiB has no more halves than that many digits could say
		return 0, false
	}
	digits, _ := strconv.ParseInt(fraction, 10, 64)
	scale := int64(1)
	for range fraction {
		scale *= 10
	}
	for unit%2 == 0 && scale%2 == 0 {
		unit, scale = unit/2, scale/2
	}
	if digits%scale != 0 || unit > math.MaxInt64/max(digits/scale, 1) {
		return 0, false
	}
	return sum + unit*(digits/scale), true
}

func decimal(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// String writes the size with the largest unit of which it is a whole number: 64KiB, 10MB, 1001B.
func (s Size) String() string {
	for _, u := range sizeUnits() {
		if s != 0 && s%u.size == 0 {
			return strconv.FormatInt(int64(s/u.size), 10) + u.name
		}
	}
	return "0B"
}

// MarshalText is String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is [ParseSize].
func (s *Size) UnmarshalText(text []byte) error {
	v, err := ParseSize(string(text))
	if err == nil {
		*s = v
	}
	return err
}
