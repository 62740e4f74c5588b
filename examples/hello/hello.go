// Package hello is the smallest application: one function. The application in the folder event builds the same function
// for plain events, without http.
package hello

import "context"

// Request says whom to greet.
type Request struct {
	Name string `json:"name" query:"name"`
}

// Greeting is the response.
type Greeting struct {
	Message string `json:"message"`
}

// Hello greets.
//
//faas:handler hello
//faas:http GET /hello
func Hello(_ context.Context, in Request) (Greeting, error) {
	if in.Name == "" {
		in.Name = "world"
	}
	return Greeting{Message: "hello " + in.Name}, nil
}
