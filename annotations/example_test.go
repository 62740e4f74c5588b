package annotations_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"reflect"

	"github.com/faasgen/faasgen/annotations"
)

func ExampleCollect() {
	const src = `package order

type Controller struct {
	Store Store //faas:inject
}

//faas:handler order-create
//faas:http POST /orders staus=201
func (c *Controller) Create() {}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "order.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		fmt.Println(err)
		return
	}
	declarations, diagnostics := annotations.Collect(fset, file, []byte(src), annotations.Default())
	for _, d := range declarations {
		fmt.Println(d.Name)
		if handler, _ := annotations.Find[annotations.Handler](d); handler != nil {
			fmt.Println("  is the function", handler.Name)
		}
	}
	fmt.Print(diagnostics.Render(""))
	// Output:
	// Controller.Store
	// Controller.Create
	//   is the function order-create
	// order.go:8:26: unknown argument "staus" in //faas:http [directive-argument]
	// 	//faas:http POST /orders staus=201
	// 	                         ^^^^^
	// 	hint: did you mean "status"?
}

func ExampleParse() {
	d, problems, ok := annotations.Parse(token.NoPos, `//faas:timer   cron="0 3 * * *" "name=at three"  disabled`)
	fmt.Println(ok, len(problems))
	for _, a := range d.Arguments {
		fmt.Printf("%q %q\n", a.Key, a.Value)
	}
	fmt.Println(annotations.Print(d))
	// Output:
	// true 0
	// "cron" "0 3 * * *"
	// "name" "at three"
	// "" "disabled"
	// //faas:timer cron="0 3 * * *" name="at three" disabled
}

func ExampleNewRegistry() {
	// Queue calls the function with messages of a queue.
	type Queue struct {
		Name  string               `faas:"name,pos,required"`
		Batch int                  `faas:"batch"`
		Wait  annotations.Duration `faas:"wait"`
	}
	reg, err := annotations.NewRegistry(append(annotations.Standard(), annotations.Definition{
		Name: "queue", Marker: reflect.TypeFor[Queue](), Places: annotations.OnMethod | annotations.OnFunc,
		RequiresAny: []string{"handler"}, Repeat: true, RepeatBy: "name",
	})...)
	if err != nil {
		fmt.Println(err)
		return
	}
	d, _, _ := annotations.Parse(token.NoPos, "//faas:queue orders batch=10 wait=20")
	marker, _, problems := reg.Decode(d)
	queue := marker.(*Queue)
	fmt.Println(queue.Name, queue.Batch, queue.Wait, len(problems))
	// Output:
	// orders 10 20s 0
}

func ExampleFields() {
	for _, f := range annotations.Fields(reflect.TypeFor[annotations.HTTP]()) {
		fmt.Println(f.Name, f.Type, f.Positional, f.Required)
	}
	// Output:
	// method annotations.List true true
	// path string true true
	// host string false false
	// status annotations.Statuses false false
}

func ExampleRegistry_Help() {
	help, err := annotations.Default().Help("guard")
	fmt.Println(help, err)
	// Output:
	// //faas:guard [NAME] [scheme=...]
	//
	// Guard makes something that refuses invocations: func(*framework.Context) error,
	// or a struct with the method Guard(*framework.Context) error. It runs before the
	// input is bound, and its error is the response.
	//
	// It stands on a struct type or a function.
	//
	//   name
	//       Name is what //faas:use calls it; the default is package and identifier in
	//       kebab case.
	//   scheme
	//       Scheme is what callers show it, for the OpenAPI document: bearer, basic,
	//       or header:NAME, cookie:NAME, query:NAME. The default is
	//       header:Authorization.
	//  <nil>
}

func ExampleSuggest() {
	fmt.Println(annotations.Suggest("hanlder", annotations.Default().Names()))
	// Output:
	// handler
}

func ExampleScan() {
	fmt.Println(annotations.Scan([]byte("package p\n\n// faas:handler\nfunc F() {}\n")), annotations.Scan([]byte("package p\n")))
	// Output:
	// true false
}
