// Command nethttp is the http hello on bare net/http: what the http unit of faasgen is measured against.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/faasgen/faasgen/examples/hello"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		out, err := hello.Hello(r.Context(), hello.Request{Name: r.URL.Query().Get("name")})
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		body, err := json.Marshal(out)
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("FC_SERVER_PORT"), mux))
}
