package form_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/framework/trigger/web/form"
)

type address struct {
	Street string `json:"street"`
	Number int    `json:"number"`
}

// input is bound as generated code does it.
type input struct {
	Name   string
	Age    int
	Nick   *string
	Tags   []string
	Stars  []int
	Agree  bool
	Home   address
	Other  *address
	All    []address
	Avatar web.File
	Extra  *web.File
	Docs   []web.File
	Film   *web.Upload
}

func bind(r *web.Request) (input, error) {
	var in input
	b := web.NewBinder(r)
	form.Read(b, form.Part{Name: "avatar", Max: 1 << 10}, form.Part{Name: "extra"}, form.Part{Name: "doc"}, form.Part{Name: "film", Max: 8 << 20, Upload: true})
	form.Value(b, "name", &in.Name, web.String[string])
	form.Require(b, "name")
	form.Value(b, "age", &in.Age, web.Int[int])
	form.Optional(b, "nick", &in.Nick, web.String[string])
	form.List(b, "tag", &in.Tags, web.String[string])
	form.List(b, "star", &in.Stars, web.Int[int])
	form.Value(b, "agree", &in.Agree, form.Bool[bool])
	form.JSON(b, "home", &in.Home)
	form.OptionalJSON(b, "other", &in.Other)
	form.JSONList(b, "all", &in.All)
	form.File(b, "avatar", &in.Avatar)
	form.OptionalFile(b, "extra", &in.Extra)
	form.Files(b, "doc", &in.Docs)
	form.OptionalUpload(b, &in.Film)
	return in, b.Err()
}

// pairs and parts are requests with a form; the boundary of parts is b.
func pairs(body string) *web.Request {
	return &web.Request{Method: "POST", Header: web.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte(body)}
}

func parts(body string) *web.Request {
	return &web.Request{Method: "POST", Header: web.Header{"Content-Type": {`multipart/form-data; boundary="b"`}}, Body: []byte(body)}
}

// part is one part. Head is what follows the name.
func part(name, head, content string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + head + "\r\n\r\n" + content + "\r\n"
}

const end = "--b--\r\n"

// said is an error as one line: status, code, and each field or the message.
func said(err error) string {
	var e *framework.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e):
		return err.Error()
	case len(e.Fields) == 0:
		return fmt.Sprint(e.Status, " ", e.Message)
	}
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.In+" "+f.Name+": "+f.Message)
	}
	return fmt.Sprint(e.Status, " ", strings.Join(all, "; "))
}

func TestRead(t *testing.T) {
	const name, file = "name=n&", "; filename=\"f\"\r\nContent-Type: a/b"
	long := strings.Repeat("n", 20<<10)
	for _, tt := range []struct {
		name string
		in   *web.Request
		want string // said
	}{
		{"pairs", pairs(name + "age=3&nick=&tag=a&tag=&star=1&star=2&agree=on&home=%7B%22street%22%3A%22s%22%7D"), ""},
		{"nothing", pairs(""), "400 form name: found nothing, expected a value"},
		{"an empty value", pairs("name="), "400 form name: found nothing, expected a value"},
		{"fields that were not filled in", pairs(name + "age=&star=&agree=&home=&other=&all="), ""},
		{"separators", pairs("&&name=n&&"), ""},
		{"no value", pairs(name + "tag"), ""},
		{"two values", pairs(name + "name=m"), "400 form name: found 2 values, expected one"},
		{"two texts", pairs(name + "home={}&home={}"), "400 form home: found 2 values, expected one"},
		{"wrong encoding", pairs(name + "age=%zz&%=1"), `400 form age: found a value that is not correctly percent-encoded; form : found the field name "%", which is not correctly percent-encoded`},
		{"all that is wrong", pairs("age=x&star=1&star=y&agree=maybe&home=%7B%22number%22%3A%22x%22%7D&other={&all=1&all={}"),
			`400 form name: found nothing, expected a value; form age: found "x", expected an integer; form star[1]: found "y", expected an integer; form agree: found "maybe", expected true, false, on or off; ` +
				`form home.number: found "x", expected an integer; form other: found invalid JSON at line 1, column 1: unexpected end of JSON input; form all[0]: found 1, expected an object`},
		{"a list of elements", pairs(name + `all=[{"number":1},{"number":"x"}]`), `400 form all[1].number: found "x", expected an integer`},
		{"a JSON text that nests too deep", pairs(name + "home=" + strings.Repeat("[", 100000)), "400 form home: found arrays or objects more than 200 deep"},
		{"many fields", pairs(strings.Repeat("a=&", 1_000_000)), "413 the form has more than 1000 fields and files"},
		{"as many as may be", pairs(name + strings.Repeat("a=&", form.MaxValues-1)), ""},
		{"too large", pairs(name + "a=" + strings.Repeat("x", web.DefaultBodyLimit)), "413 the request body is larger than 33554432 bytes"},
		{"a huge name", pairs(name + strings.Repeat("x", 1<<20) + "=1"), ""},

		{"parts", parts(part("name", "", "n") + part("avatar", file, "png") + part("doc", file, "1") + part("doc", file, "2") + part("film", file, "film") + end), ""},
		{"no parts", parts(end), "400 form name: found nothing, expected a value"},
		{"no body", parts(""), "400 found the end of the body before the last boundary of its parts"},
		{"no end", parts(part("name", "", "n")), "400 found the end of the body before the last boundary of its parts"},
		{"cut in the head", parts("--b\r\nContent-Disposition: form-"), "400 found the end of the body before the last boundary of its parts"},
		{"cut in the content", parts("--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn"), "400 found the end of the body before the last boundary of its parts"},
		{"another boundary", parts("--c\r\n\r\n\r\n--c--\r\n"), "400 found the end of the body before the last boundary of its parts"},
		{"many parts", parts(strings.Repeat(part("a", "", ""), 10_000) + end), "413 the form has more than 1000 fields and files"},
		{"a huge name of a part", parts(part(long, "", "") + end), "400 found a part whose head has more than 16384 bytes"},
		{"many headers", parts("--b\r\n" + strings.Repeat("A: b\r\n", 9000) + "\r\n\r\n" + end), "400 found a part whose head has more than 16384 bytes"},
		{"more headers", parts("--b\r\n" + strings.Repeat("A: b\r\n", 20_000) + "\r\n\r\n" + end), "400 the body cannot be read as a form of parts"},
		{"no name", parts("--b\r\nContent-Disposition: form-data\r\n\r\n\r\n" + end), `400 found part 1 without the name of a field: expected Content-Disposition: form-data; name="..."`},
		{"no head", parts("--b\r\n\r\nx\r\n" + end), `400 found part 1 without the name of a field: expected Content-Disposition: form-data; name="..."`},
		{"an attachment", parts("--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n\r\n" + end), `400 found part 1 without the name of a field: expected Content-Disposition: form-data; name="..."`},
		{"nested", parts(part("name", "\r\nContent-Type: multipart/mixed; boundary=c", "--c\r\n\r\n--c--\r\n") + end), `400 found parts within field "name", expected one part for each file`},
		{"a transfer encoding", parts(part("name", "\r\nContent-Transfer-Encoding: base64", "bg==") + end), `400 found the transfer encoding "base64" of field "name", expected none`},
		{"another charset", parts(part("name", "\r\nContent-Type: text/plain; charset=latin1", "n") + end), `400 form name: found the charset "latin1", expected utf-8; form name: found nothing, expected a value`},
		{"text for a file", parts(part("name", "", "n") + part("avatar", "", "x") + end), "400 file avatar: found a text, expected a file"},
		{"two files", parts(part("name", "", "n") + part("avatar", file, "x") + part("avatar", file, "x") + end), "400 file avatar: found 2 files, expected one"},
		{"a file as large as may be", parts(part("name", "", "n") + part("avatar", file, strings.Repeat("x", 1024)) + end), ""},
		{"too large a file", parts(part("name", "", "n") + part("avatar", file, strings.Repeat("x", 1025)) + end), `413 the file of field "avatar" is larger than 1024 bytes`},
		{"a file of no field", parts(part("name", "", "n") + part("other", file, "x") + end), ""},
		{"a text as a file", parts(part("name", "; filename=\"blob\"\r\nContent-Type: text/plain", "n") + end), ""},
		{"a field after the upload", parts(part("film", file, "x") + part("name", "", "n") + end), "400 form name: found nothing, expected a value"},

		{"no type", &web.Request{Body: []byte("name=n")}, "415 found a body without a type, expected application/x-www-form-urlencoded or multipart/form-data"},
		{"another type", &web.Request{Header: web.Header{"Content-Type": {"text/plain"}}, Body: []byte("name=n")}, `415 found a body of type "text/plain", expected application/x-www-form-urlencoded or multipart/form-data`},
		{"neither body nor type", &web.Request{}, "400 form name: found nothing, expected a value"},
		{"a compressed body", &web.Request{Header: web.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Content-Encoding": {"gzip"}}, Body: []byte("x")}, `415 found the content encoding "gzip", expected none`},
		{"the charset of the body", &web.Request{Header: web.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=gbk"}}, Body: []byte("x")}, `415 found the charset "gbk", expected utf-8`},
		{"no boundary", &web.Request{Header: web.Header{"Content-Type": {"multipart/form-data"}}, Body: []byte("x")}, "400 found the type multipart/form-data without its boundary"},
		{"a long boundary", &web.Request{Header: web.Header{"Content-Type": {"multipart/form-data; boundary=" + strings.Repeat("b", 71)}}, Body: []byte("x")}, "400 found a boundary of 71 bytes, expected at most 70"},
		{"a body of many bytes", parts(part("name", "", "n") + part("other", file, strings.Repeat("x", web.DefaultBodyLimit)) + end), "413 the form is larger than 33554432 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			whole, streamed := *tt.in, *tt.in
			streamed.Body, streamed.Reader = nil, bytes.NewReader(tt.in.Body)
			want := tt.want
			if _, err := bind(&whole); said(err) != want {
				t.Errorf("found  %s\nwanted %s", said(err), want)
			}
			if tt.in.Body == nil {
				return
			}
			if _, err := bind(&streamed); said(err) != want {
				t.Errorf("streamed: found  %s\nwanted %s", said(err), want)
			}
		})
	}
}

func TestValues(t *testing.T) {
	const file = "; filename=\"C:\\\\dir/..\\\\a b.png\"\r\nContent-Type: image/png"
	body := part("name", "", "n\r\nm") + part("tag", "", "a") + part("tag", "", "") + part("star", "", "") + part("agree", "", "on") + part("other", "", `{"number":7}`) +
		part("all", "", `{"number":1}`) + part("all", "", `{"number":2}`) + part("avatar", file, "\x00png") +
		part("extra", `; filename=""`+"\r\nContent-Type: application/octet-stream", "") + part("doc", "; filename=..", "1") + part("doc", "; filename*=UTF-8''%C3%BC", "2") + part("film", file, "film") + end
	in, err := bind(parts(body))
	if err != nil {
		t.Fatal(said(err))
	}
	film, err := io.ReadAll(in.Film)
	got := fmt.Sprintf("%q %d %v %q %v %t %+v %+v %+v %s %v %s %s %s %q %v", in.Name, in.Age, in.Nick, in.Tags, in.Stars, in.Agree, in.Home, *in.Other, in.All, show(in.Avatar), in.Extra, show(in.Docs[0]), show(in.Docs[1]), in.Film.Name, film, err)
	const want = `"n\r\nm" 0 <nil> ["a" ""] [] true {Street: Number:0} {Street: Number:7} [{Street: Number:1} {Street: Number:2}] "a b.png" "image/png" 4 "\x00png" <nil> ` +
		`"" "" 1 "1" "ü" "" 1 "2" a b.png "film" <nil>`
	if got != want {
		t.Errorf("found\n%s\nwanted\n%s", got, want)
	}
}

func show(f web.File) string { return fmt.Sprintf("%q %q %d %q", f.Name, f.Type, f.Size, f.Content) }

// The upload is left to the handler, and ends as its form does.
func TestUpload(t *testing.T) {
	const file = "; filename=\"f\"\r\nContent-Type: a/b"
	name, film := part("name", "", "n"), strings.Repeat("0123456789", 100_000)
	upload := name + part("film", file, film)
	for _, tt := range []struct {
		name, body string
		read       int // bytes that are there before the error
		want       string
	}{
		{"whole", upload + end, len(film), ""},
		{"an epilogue", upload + end + "more", len(film), ""},
		{"empty", name + part("film", file, "") + end, 0, ""},
		{"no end", upload, len(film), "400 found the end of the body before the last boundary of its parts"},
		{"cut", upload[:len(upload)-20], len(film) - 18, "400 found the end of the body before the last boundary of its parts"},
		{"a field after it", upload + part("tag", "", "x") + end, len(film), `400 found field "tag" after the file of field "film", expected the file last: the handler gets the fields before it`},
		{"a second one", upload + part("film", file, film) + end, len(film), `400 found field "film" after the file of field "film", expected the file last: the handler gets the fields before it`},
		{"a long head after it", upload + part(strings.Repeat("x", 1<<20), "", "x") + end, len(film), `400 found more than 32768 bytes after the file of field "film", expected the end of the form`},
		{"too large", name + part("film", file, strings.Repeat("x", 9<<20)) + end, 8 << 20, `413 the file of field "film" is larger than 8388608 bytes`},
		{"not chosen", name + part("film", "; filename=\"\"\r\nContent-Type: application/octet-stream", "") + end, -1, ""},
		{"without a name", name + part("film", "; filename=\"\"\r\nContent-Type: application/octet-stream", "abc") + end, 3, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for way, r := range map[string]func() io.Reader{
				"whole":          func() io.Reader { return nil },
				"streamed":       func() io.Reader { return strings.NewReader(tt.body) },
				"byte for byte":  func() io.Reader { return iotest.OneByteReader(strings.NewReader(tt.body)) },
				"error with EOF": func() io.Reader { return iotest.DataErrReader(strings.NewReader(tt.body)) },
			} {
				q := parts(tt.body)
				if q.Reader = r(); q.Reader != nil {
					q.Body = nil
				}
				in, err := bind(q)
				if err != nil {
					t.Fatalf("%s: %s", way, said(err))
				}
				if in.Film == nil {
					if tt.read >= 0 {
						t.Errorf("%s: there is no upload", way)
					}
					continue
				}
				n, err := io.Copy(io.Discard, in.Film)
				if said(err) != tt.want || int(n) > tt.read+2 || tt.want == "" && int(n) != tt.read {
					t.Errorf("%s: read %d of %d bytes, then %s\nwanted %s", way, n, tt.read, said(err), tt.want)
				}
				if _, again := in.Film.Read(make([]byte, 1)); again == nil || tt.want != "" && said(again) != tt.want {
					t.Errorf("%s: the next Read: %v", way, again)
				}
			}
		})
	}
}

// What a broken connection says comes through.
func TestBrokenBody(t *testing.T) {
	r := parts("")
	r.Body, r.Reader = nil, io.MultiReader(strings.NewReader(part("name", "", "n")), iotest.ErrReader(framework.Errorf(413, "body_too_large", "too much")))
	if _, err := bind(r); said(err) != "413 too much" {
		t.Errorf("found %s", said(err))
	}
	if _, err := r.ReadBody(0); !strings.HasPrefix(said(err), "500") {
		t.Errorf("a body that was read as a form: %s", said(err))
	}
}

// A form that holds nothing but limits is not held in memory many times over.
func TestMemory(t *testing.T) {
	for name, body := range map[string]string{
		"a million of fields": strings.Repeat("a=&", 1_000_000),
		"a million of names":  strings.Repeat("%61%61=&", 1_000_000),
	} {
		r := pairs(body)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := bind(r)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; err == nil || used > uint64(len(body))*2 {
			t.Errorf("%s: %d bytes allocated for a body of %d, %v", name, used, len(body), err)
		}
	}
	head := "; filename=\"f\"\r\nContent-Type: a/b"
	content := strings.Repeat("x", 20<<20)
	r := parts("")
	r.Body, r.Reader = nil, strings.NewReader(part("name", "", "n")+part("film", head, content)+end)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	in, err := bind(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, in.Film); said(err) != `413 the file of field "film" is larger than 8388608 bytes` {
		t.Errorf("found %s", said(err))
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes allocated for an upload that is read as it arrives", used)
	}
}

// FuzzPairs compares with the standard library.
func FuzzPairs(f *testing.F) {
	for _, s := range []string{"name=n&tag=a&tag=b", "name=%41+b", "%=1&a=%zz", "a&b&&=c", "name=n;b=c", "name=\xff", "all=[{}]&home={\"street\":1}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		b := web.NewBinder(pairs(body))
		form.Read(b)
		want, err := url.ParseQuery(strings.ReplaceAll(body, ";", "%3B")) // which the standard library refuses
		if (err != nil) != (b.Err() != nil) && strings.Count(body, "&") < form.MaxValues {
			t.Fatalf("found %v, the standard library %v", b.Err(), err)
		}
		if err != nil || b.Err() != nil {
			return
		}
		got := b.Form().Values
		if len(got) != len(want) {
			t.Fatalf("found %q, want %q", got, want)
		}
		for name, values := range want {
			if !slices.Equal(got[name], values) {
				t.Fatalf("found %q, want %q", got, want)
			}
		}
		_, _ = bind(pairs(body))
	})
}

// FuzzParts reads any body whole and streamed, which must come to the same, and never to more than there is.
func FuzzParts(f *testing.F) {
	const file = "; filename=\"f\"\r\nContent-Type: a/b"
	for _, s := range []string{
		part("name", "", "n") + part("film", file, "x") + end, part("name", "", "n"), "--b--", "--b\r\n\r\n--b--\r\n", part("avatar", file, "x") + part("film", file, "--b") + "--b",
		part("film", file, "x") + part("name", "", "n") + end, strings.ReplaceAll(part("name", "", "n")+end, "\r\n", "\n"), "--b\r\nContent-Disposition: form-data; name=\"a\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		result := func(r *web.Request) string {
			in, err := bind(r)
			text := said(err)
			if in.Film != nil {
				content, err := io.ReadAll(in.Film)
				text += fmt.Sprintf(" %q %s", content, said(err))
			}
			film := in.Film
			in.Film, in.Nick, in.Other, in.Extra = nil, nil, nil, nil
			size := len(in.Name) + len(in.Avatar.Content)
			for _, d := range in.Docs {
				size += len(d.Content)
			}
			if size > len(body) {
				t.Fatalf("%d bytes from a body of %d", size, len(body))
			}
			return fmt.Sprintf("%s %t %+v", text, film != nil, in)
		}
		streamed := parts("")
		streamed.Body, streamed.Reader = nil, iotest.HalfReader(strings.NewReader(body))
		if a, b := result(parts(body)), result(streamed); body != "" && a != b {
			t.Fatalf("whole    %s\nstreamed %s", a, b)
		}
	})
}

func BenchmarkParts(b *testing.B) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("name", "n")
	_ = w.WriteField("age", "7")
	f, _ := w.CreateFormFile("avatar", "a.png")
	_, _ = f.Write(make([]byte, 1000))
	_ = w.Close()
	for b.Loop() {
		r := &web.Request{Header: web.Header{"Content-Type": {w.FormDataContentType()}}, Body: body.Bytes()}
		if _, err := bind(r); err != nil {
			b.Fatal(said(err))
		}
	}
}
