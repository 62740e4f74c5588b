package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// order is what the binder's tests decode into: every kind of field a user may have.
type order struct {
	ID       int               `json:"id"`
	Customer string            `json:"customer"`
	Small    int8              `json:"small"`
	Count    uint16            `json:"count"`
	Price    float32           `json:"price"`
	Paid     bool              `json:"paid"`
	Items    []item            `json:"items"`
	Labels   map[string]int    `json:"labels"`
	ByNumber map[int]string    `json:"byNumber"`
	Placed   time.Time         `json:"placed"`
	From     netip.Addr        `json:"from"`
	Level    level             `json:"level"`
	Raw      []byte            `json:"raw"`
	Quoted   int               `json:"quoted,string"`
	Pair     pair              `json:"pair"`
	Next     *order            `json:"next"`
	Any      any               `json:"any"`
	Fixed    [2]int            `json:"fixed"`
	Deep     map[string][]item `json:"deep"`
}

type item struct {
	SKU   string  `json:"sku"`
	Price float64 `json:"price"`
}

// level has its own text form.
type level int

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low":
		*l = 1
	case "high":
		*l = 2
	default:
		return fmt.Errorf("unknown level %q", text)
	}
	return nil
}

// pair decodes itself in the usual way, so that the offsets of its errors are relative to its own bytes.
type pair struct{ A, B int }

func (p *pair) UnmarshalJSON(data []byte) error {
	type plain pair
	return json.Unmarshal(data, (*plain)(p))
}

func TestDecodeListsEveryWrongField(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string // "name: message"
	}{
		{"accepted", `{"id":1,"items":[{"sku":"a","price":1}],"labels":{"x":1},"byNumber":{"1":"a"},"placed":"2026-01-02T03:04:05Z","from":"::1","level":"low","raw":"YQ==","quoted":"5","pair":{"A":1}}`, nil},
		{"null", `null`, nil},
		{"null members", `{"id":null,"items":null,"placed":null,"next":null}`, nil},
		{"unknown member", `{"other":1}`, nil},
		{"string for integer", `{"id":"abc"}`, []string{`id: found "abc", expected an integer`}},
		{"fraction for integer", `{"id":1.5}`, []string{`id: found 1.5, expected an integer`}},
		{"out of range", `{"small":128,"count":-1}`, []string{`small: found 128, expected an integer from -128 to 127`, `count: found -1, expected an integer from 0 to 65535`}},
		{"too long a number", `{"id":123456789012345678901234567890123456789012345}`, []string{`id: found 1234567890123456789012345678901234567890, expected an integer from -9223372036854775808 to 9223372036854775807`}},
		{"kinds", `{"customer":1,"paid":"yes","price":"x","items":{},"labels":[],"next":"n"}`, []string{
			`customer: found 1, expected a string`, `paid: found "yes", expected true or false`, `price: found "x", expected a number`,
			`items: found an object, expected an array`, `labels: found an array, expected an object`, `next: found "n", expected an object`}},
		{"nested", `{"items":[{"sku":1,"price":2},{"sku":"b","price":"free"},3],"next":{"items":[{"price":true}]}}`, []string{
			`items[0].sku: found 1, expected a string`, `items[1].price: found "free", expected a number`, `items[2]: found 3, expected an object`,
			`next.items[0].price: found true, expected a number`}},
		{"maps", `{"labels":{"a":1,"b":"x","two words":"y"},"deep":{"k":[{"sku":[]}]}}`, []string{
			`labels.b: found "x", expected an integer`, `labels["two words"]: found "y", expected an integer`, `deep.k[0].sku: found an array, expected a string`}},
		{"key", `{"byNumber":{"1":"a","x":"b"},"id":"q"}`, []string{`byNumber.x: found the key "x", expected an integer`, `id: found "q", expected an integer`}},
		{"time", `{"placed":"yesterday"}`, []string{`placed: found "yesterday", expected an RFC 3339 time such as 2006-01-02T15:04:05Z`}},
		{"time as number", `{"placed":5}`, []string{`placed: found 5, expected an RFC 3339 time such as 2006-01-02T15:04:05Z`}},
		{"own text form", `{"level":"medium","from":"nowhere","id":"x"}`, []string{
			`level: found "medium": unknown level "medium"`, `from: found "nowhere": ParseAddr("nowhere"): unable to parse IP`, `id: found "x", expected an integer`}},
		{"own text form from number", `{"level":7}`, []string{`level: found 7, expected a string`}},
		{"same text twice", `{"level":"x","next":{"level":"x"},"placed":"z"}`, []string{
			`level: found "x": unknown level "x"`, `next.level: found "x": unknown level "x"`, `placed: found "z", expected ` + timeText}},
		{"own json form", `{"id":1,"pair":{"A":"x","B":2}}`, []string{`pair.A: found "x", expected an integer`}},
		{"own json form, both", `{"id":"x","pair":{"A":"x","B":"y"}}`, []string{`id: found "x", expected an integer`, `pair.A: found "x", expected an integer`, `pair.B: found "y", expected an integer`}},
		{"base64", `{"raw":"***"}`, []string{`raw: found "***", expected base64`}},
		{"bytes from number", `{"raw":1}`, []string{`raw: found 1, expected base64`}},
		{"quoted", `{"quoted":5}`, []string{`quoted: found 5, expected a string that holds the value: "1" instead of 1`}},
		{"fixed array", `{"fixed":[1,"x"]}`, []string{`fixed[1]: found "x", expected an integer`}},
		{"short values before", `{"customer":1,"small":"","paid":0,"id":[]}`, []string{
			`customer: found 1, expected a string`, `small: found "", expected an integer`, `paid: found 0, expected true or false`, `id: found an array, expected an integer`}},
		{"next error ends where the last did", `{"fixed":["abcdefg","bb"]}`, []string{`fixed[0]: found "abcdefg", expected an integer`, `fixed[1]: found "bb", expected an integer`}},
		{"root", `[1]`, []string{`: found an array, expected an object`}},
		{"root string", ` "x" `, []string{`: found "x", expected an object`}},
		{"garbage", `{"id":1} x`, []string{`: found invalid JSON at line 1, column 10: invalid character 'x' after top-level value`}},
		{"two values", `{}{}`, []string{`: found invalid JSON at line 1, column 3: invalid character '{' after top-level value`}},
		{"cut short", "{\"id\":\n 1", []string{`: found invalid JSON at line 2, column 2: unexpected end of JSON input`}},
		{"syntax before types", `{"id":"x",}`, []string{`: found invalid JSON at line 1, column 11: invalid character '}' looking for beginning of object key string`}},
		{"byte order mark", "\xef\xbb\xbf{\"id\":7}", nil},
		{"long value", `{"id":"` + strings.Repeat("é", 100) + `"}`, []string{`id: found "` + strings.Repeat("é", 20) + `"..., expected an integer`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := fieldsOf(t, Decode([]byte(tt.body), new(order)))
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(tt.want, "\n\t"))
			}
		})
	}
}

// fieldsOf returns the body fields of an error as "name: message", and fails if err is not what Decode documents.
func fieldsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var fe *framework.Error
	if !errors.As(err, &fe) || fe.Status != 400 || fe.Code != "invalid_request" || len(fe.Fields) == 0 {
		t.Fatalf("got %#v, want a 400 invalid_request with fields", err)
	}
	var list []string
	for _, f := range fe.Fields {
		if f.In != "body" {
			t.Errorf("field %v is not of the body", f)
		}
		list = append(list, f.Name+": "+f.Message)
	}
	return list
}
