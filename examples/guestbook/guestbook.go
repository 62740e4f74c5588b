// Package guestbook is a web site of forms: guests sign in, write something, add a picture, and send films. It keeps what it is given as
// long as its process lives; where there are several, use a database and a bucket.
package guestbook

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"html/template"
	"io"
	"strconv"
	"sync"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Entry is what a guest leaves, by the form of the page or as JSON.
type Entry struct {
	Words string   `form:"words,required" json:"words"`
	Stars int      `form:"stars" json:"stars"`
	Tags  []string `form:"tag" json:"tags"`
	Home  Address  `form:"home" json:"home"`
	Photo web.File `file:"photo,max=2MB"`
}

// Address is where a guest lives. A script sends it as JSON in the form.
type Address struct {
	City string `json:"city"`
}

// Signed is an entry in the book.
type Signed struct {
	Entry
	ID    int
	Guest string
}

// Book has the entries.
//
//faas:provide
type Book struct {
	mu      sync.Mutex
	entries []Signed
}

//go:embed page.html
var page string

// Page is the page of the book.
//
//faas:provide
func Page() (*template.Template, error) { return template.New("page").Parse(page) }

// Guests serves the site.
type Guests struct {
	Book *Book              //faas:inject
	Page *template.Template //faas:inject
}

// Read shows the book.
//
//faas:handler
//faas:http GET /{$}
func (g *Guests) Read() (*web.Response, error) {
	g.Book.mu.Lock()
	defer g.Book.mu.Unlock()
	return web.Render(g.Page, g.Book.entries)
}

// Sign writes into the book. A browser gets the page again, by a GET, so that nothing is sent twice.
//
//faas:handler
//faas:http POST /entries
//faas:use session
func (g *Guests) Sign(ctx *framework.Context, in Entry) *web.Response {
	g.Book.mu.Lock()
	defer g.Book.mu.Unlock()
	g.Book.entries = append(g.Book.entries, Signed{in, len(g.Book.entries), guestOf(ctx)})
	return web.Redirect(303, "/")
}

// Which is an entry.
type Which struct {
	ID int `path:"id"`
}

// Photo sends the picture of an entry, once to each client.
//
//faas:handler
//faas:http GET /entries/{id}/photo
func (g *Guests) Photo(ctx *framework.Context, in Which) (*web.Response, error) {
	g.Book.mu.Lock()
	defer g.Book.mu.Unlock()
	if in.ID < 0 || in.ID >= len(g.Book.entries) || g.Book.entries[in.ID].Photo.Size == 0 {
		return nil, framework.Errorf(404, "no_photo", "entry %d has no photo", in.ID)
	}
	photo := &g.Book.entries[in.ID].Photo
	if err := web.From(ctx).Precondition(web.Version{ETag: strconv.Itoa(in.ID)}); err != nil {
		return nil, err
	}
	return web.Download(photo.Name, photo.Type, photo.Open()), nil
}

// Film is a film of any length.
type Film struct {
	Title string     `form:"title,required"`
	Film  web.Upload `file:"film,required"`
}

// Shown is what came of a film.
type Shown struct {
	Title string `json:"title"`
	Bytes int64  `json:"bytes"`
	Sum   string `json:"sum"`
}

// Show takes a film while it arrives. In a real application it goes on to a bucket.
//
//faas:handler
//faas:http POST /films status=201
func Show(in Film) (*Shown, error) {
	sum := sha256.New()
	n, err := io.Copy(sum, in.Film)
	if err != nil {
		return nil, err // a film that is cut short is a 400
	}
	return &Shown{in.Title, n, hex.EncodeToString(sum.Sum(nil))}, nil
}
