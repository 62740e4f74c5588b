// Package admin is an existing chi application, mounted as it is.
package admin

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/faasgen/faasgen/examples/bookstore/book"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// New returns the application. Nothing in it knows of functions or clouds.
//
//faas:handler admin
//faas:use admin
//faas:http ANY /admin/*
func New(store book.Store) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.NoCache)
	r.Get("/admin/stats", func(w http.ResponseWriter, r *http.Request) {
		books, err := store.List(r.Context(), "", 1000)
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		authors := map[string]int{}
		for _, b := range books {
			authors[b.Author]++
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"books": len(books), "authors": authors})
	})
	r.Delete("/admin/books/{id}", func(w http.ResponseWriter, r *http.Request) {
		switch err := store.Delete(r.Context(), chi.URLParam(r, "id")); {
		case errors.Is(err, book.ErrNotFound):
			http.Error(w, err.Error(), http.StatusNotFound)
		case err != nil:
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
	return r
}
